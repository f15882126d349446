/*
 * The cards of one vantage: a short list, searched from the latest find.
 */
#include "ingest/cards.h"

#include <stdio.h>
#include <string.h>

#include "ingest/case_names.h"

void
cards_init(struct cards *x, struct vantage *v)
{
	*x = (struct cards){.vantage = v};
}

/* "" when nothing names the card. */
static void
name_of(const struct reading *r, const struct packet *p, char *out, size_t room)
{
	out[0] = '\0';
	if (p->ifindex != 0) {
		snprintf(out, room, "interface %u", p->ifindex);
		return;
	}
	const char *name =
		capture_interface_name(r->reader, r->packet.interface_id);
	if (name[0] != '\0')
		snprintf(out, room, "%s", name);
	else
		case_name_card(r->piece->file->name, out, room);
}

/* The vantage's card of this name; 0 without a name, or when all are taken. */
static uint8_t
card_named(struct vantage *v, const char *name)
{
	if (name[0] == '\0')
		return 0;
	for (uint32_t i = 0; i < v->cards_count; i++)
		if (strcmp(v->cards[i].name, name) == 0)
			return (uint8_t)(i + 1);
	if (v->cards_count == VANTAGE_CARDS_MAX)
		return 0;
	snprintf(v->cards[v->cards_count].name, VANTAGE_CARD_NAME_MAX, "%s",
		name);
	return (uint8_t)++v->cards_count;
}

uint8_t
cards_find(struct cards *x, const struct reading *r, const struct packet *p)
{
	bool told = p->ifindex != 0;
	struct card_key key = {told ? NULL : r->piece,
		told ? p->ifindex : r->packet.interface_id};
	/* Nearly every packet is of the card of the one before it. */
	if (x->count > 0 && x->keys[x->latest].piece == key.piece &&
		x->keys[x->latest].number == key.number)
		return x->card[x->latest];
	for (uint32_t at = 0; at < x->count; at++) {
		if (x->keys[at].piece != key.piece ||
			x->keys[at].number != key.number)
			continue;
		x->latest = at;
		return x->card[at];
	}
	if (x->count == VANTAGE_CARDS_MAX)
		return 0;
	char name[VANTAGE_CARD_NAME_MAX];
	name_of(r, p, name, sizeof name);
	x->latest = x->count++;
	x->keys[x->latest] = key;
	x->card[x->latest] = card_named(x->vantage, name);
	return x->card[x->latest];
}
