/*
 * Tags that switch chips put into Ethernet frames for their host processor.
 *
 * spec: linktypes.html (BRCM_TAG, DSA_TAG); Linux net/dsa/tag_brcm.c and
 * tag_dsa.c (6.12).
 *
 *	| destination 6 | source 6 | tag 4 | type 2 | ...     281, 284
 *	| destination 6 | source 6 | dada 2, zero 2, tag 4 | type 2 | ...   285
 *	| tag 4 | destination 6 | source 6 | type 2 | ...     282
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

#define ADDRESSES 12
#define TAG 4

/* cite: Linux net/dsa/tag_dsa.c (6.12), "DSA frame: bits" */
#define DSA_TAGGED 0x20 /* byte 0: the frame had a VLAN tag */
#define DSA_VLAN_OFFSET 2

static void
type_follows(struct walk *w)
{
	const uint8_t *type = walk_take(w, 2);
	if (type == NULL)
		return;
	ethertype_next(w, load_be16(type));
}

static void
dsa_tag_peel(struct walk *w, uint32_t before)
{
	const uint8_t *header = walk_take(w, before + TAG);
	if (header == NULL)
		return;
	const uint8_t *tag = header + before;
	if (tag[0] & DSA_TAGGED)
		w->p->vlan = load_be16(tag + DSA_VLAN_OFFSET) & VLAN_ID_MASK;
	type_follows(w);
}

void
broadcom_peel(struct walk *w)
{
	if (walk_take(w, ADDRESSES + TAG) != NULL)
		type_follows(w);
}

void
broadcom_prepended_peel(struct walk *w)
{
	if (walk_take(w, TAG) != NULL)
		w->next = ethernet_peel;
}

void
dsa_peel(struct walk *w)
{
	dsa_tag_peel(w, ADDRESSES);
}

void
edsa_peel(struct walk *w)
{
	dsa_tag_peel(w, ADDRESSES + 4);
}
