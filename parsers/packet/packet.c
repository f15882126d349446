/*
 * The loop that peels one header after the other, and the tables' names.
 *
 * spec: each layer's own file. Promises: no recursion, no allocation, no state
 * between frames; at most PACKET_LAYERS_MAX headers are read.
 *
 * Cost: clearing the record and one indirect call a header. Ethernet, one VLAN
 * tag, IPv4 or IPv6 without extras and TCP, which is nearly every frame, are
 * recognised in fast_path.c and skip the loop.
 */
#include "parsers/packet/packet.h"

#include <assert.h>
#include <stddef.h>

#include "parsers/packet/fast_path.h"
#include "parsers/packet/walk.h"

static_assert(sizeof(struct packet) <= 128, "two cache lines");

#define LINKTYPE_ETHERNET 1

static const struct {
	const char *id;
	const char *meaning;
} kinds[PACKET_KIND_COUNT] = {
#define X(constant, id, meaning) [PACKET_##constant] = {id, meaning},
#include "parsers/packet/packet_kinds.def"
#undef X
};

struct link_layer {
	peel_fn *peel;
	const char *name;
};

static struct link_layer
link_layer_of(uint32_t link_type)
{
	switch (link_type) {
#define X(value, name, peel) \
	case value:          \
		return (struct link_layer){peel, name};
#include "parsers/packet/link_layers.def"
#undef X
	default:
		return (struct link_layer){NULL, "unknown"};
	}
}

peel_fn *
link_layer_find(uint32_t link_type)
{
	return link_layer_of(link_type).peel;
}

const char *
packet_link_type_name(uint16_t link_type)
{
	return link_layer_of(link_type).name;
}

const char *
packet_kind_id(enum packet_kind k)
{
	return kinds[k].id;
}

const char *
packet_kind_meaning(enum packet_kind k)
{
	return kinds[k].meaning;
}

static void
walk_run(struct walk *w)
{
	for (int layers = 0; w->next != NULL; layers++) {
		if (layers == PACKET_LAYERS_MAX) {
			walk_stop(w, PACKET_TOO_DEEP);
			return;
		}
		peel_fn *peel = w->next;
		w->next = NULL;
		peel(w);
	}
}

void
packet_decode(uint16_t link_type, struct view bytes, uint32_t wirelen,
	struct packet *p)
{
	uint32_t have =
		bytes.len < UINT32_MAX ? (uint32_t)bytes.len : UINT32_MAX;
	struct walk w = {
		.at = bytes.data,
		.have = have,
		.wire = wirelen != 0 ? wirelen : have,
		.p = p,
	};
	walk_limit(&w, w.wire);
	*p = (struct packet){.kind = PACKET_NON_IP};
	if (link_type == LINKTYPE_ETHERNET && fast_path_decode(&w))
		return;
	w.next = link_layer_find(link_type);
	if (w.next == NULL)
		walk_stop(&w, PACKET_UNKNOWN_LINK);
	walk_run(&w);
}
