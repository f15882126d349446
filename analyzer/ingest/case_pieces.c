/*
 * Pieces are proven by what is in them: none begins before the one before it
 * ended, and senders that both show look the same in both, by their link address
 * and by how many hops they are away. Captures that were made at the same time
 * are of several places.
 *
 * Where names differ in a number as machines' names do (app_1, app_2), the time
 * between two must be no longer than pauses within them as well.
 */
#include "ingest/case_pieces.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/case_names.h"
#include "ingest/reading.h"
#include "parsers/packet/packet.h"

/* Senders that are kept of a capture; the first ones do. */
#define ENDS_MAX 64

/* Packets of several queues stand out of order by less. */
#define DISORDER_NS (10 * NS_PER_MS)

/* A program that opens its next file may miss so much. */
#define PAUSE_NS NS_PER_S

/* LINKTYPE_ETHERNET; destination and source at its front.
 * cite: IEEE 802.3-2022 3.1.1 */
#define LINK_ETHERNET 1
#define LINK_ADDRESSES 12

/* How a sender looks where the capture was made. */
struct end {
	struct ip_addr ip;
	uint8_t link[LINK_ADDRESSES]; /* zeros without Ethernet */
	uint8_t ttl;
};

/* Captures of one series that are looked into; of more their names must do. */
#define SERIES_MAX 256

/* A capture whose machine is asked. */
struct piece {
	size_t file;        /* index in the case's list */
	const char *series; /* its machine's name without a number; "" none */
	const char *name;   /* its machine's name, or NULL */
	size_t of;        /* index of the piece that its capture begins with */
	int64_t first_ns; /* INT64_MAX: no packet has a time */
	int64_t last_ns;
	int64_t pause_ns; /* the longest time without a packet */
	bool whole;       /* all of it was read */
	size_t count;
	struct end ends[ENDS_MAX];
};

static void
discard(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

static struct end *
end_find(struct piece *p, struct ip_addr ip)
{
	for (size_t i = 0; i < p->count; i++)
		if (ip_equal(p->ends[i].ip, ip))
			return &p->ends[i];
	return NULL;
}

static void
note_end(struct piece *p, const struct capture_packet *c)
{
	struct packet k;
	packet_decode(
		c->link_type, view_of(c->data, c->caplen), c->wirelen, &k);
	if (k.kind != PACKET_TCP || k.tunnel_depth > 0 ||
		p->count == ENDS_MAX || end_find(p, k.src) != NULL)
		return;
	struct end *e = &p->ends[p->count++];
	*e = (struct end){.ip = k.src, .ttl = k.ttl};
	if (c->link_type == LINK_ETHERNET && c->caplen >= LINK_ADDRESSES)
		memcpy(e->link, c->data, LINK_ADDRESSES);
}

static void
note_time(struct piece *p, struct captured_time t)
{
	if (!clock_believable(t.ns))
		return;
	if (p->first_ns == INT64_MAX)
		p->first_ns = p->last_ns = t.ns;
	if (t.ns - p->last_ns > p->pause_ns)
		p->pause_ns = t.ns - p->last_ns;
	if (t.ns > p->last_ns)
		p->last_ns = t.ns;
}

/* Read as much of a capture as it takes: up to a packet behind until_ns, and the
 * senders that there are up to it. */
static void
skim(const struct case_files *c, struct piece *p, int64_t until_ns)
{
	const struct case_file *f = &c->list[p->file];
	struct anomaly_sink sink = {discard, NULL};
	struct capture_packet packet;
	struct stream s;
	p->first_ns = INT64_MAX;
	if (!case_file_stays(f) || !case_file_open(f, &s, sink, NULL))
		return;
	struct capture_reader *r = capture_new(sink);
	enum capture_status status;
	do {
		status = capture_next(r, &s.window, s.at_eof, &packet);
		if (status == CAPTURE_MORE)
			stream_fill(&s, capture_need(r));
		if (status != CAPTURE_PACKET)
			continue;
		note_time(p, packet.time);
		note_end(p, &packet);
	} while (status != CAPTURE_END && !s.timed_out &&
		s.unpacked_bytes < CASE_PIECE_SKIM_BYTES &&
		(p->first_ns == INT64_MAX || p->last_ns <= until_ns));
	p->whole = status == CAPTURE_END && s.at_eof;
	capture_free(r);
	stream_close(&s);
}

/* Senders that both show, and how many look the same in both. */
static size_t
ends_shared(struct piece *a, const struct piece *b, size_t *same)
{
	size_t shared = 0;
	*same = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct end *e = end_find(a, b->ends[i].ip);
		shared += e != NULL;
		*same += e != NULL && e->ttl == b->ends[i].ttl &&
			memcmp(e->link, b->ends[i].link, LINK_ADDRESSES) == 0;
	}
	return shared;
}

/* One place: but for one in ten, whose way may have changed meanwhile. */
static bool
is_one_place(struct piece *a, const struct piece *b)
{
	size_t same;
	size_t shared = ends_shared(a, b, &same);
	return shared > 0 && same * 10 >= shared * 9;
}

/* Made at the same time, and what both show looks otherwise. */
static bool
is_apart(struct piece *a, const struct piece *b)
{
	size_t same;
	return b->first_ns != INT64_MAX && a->last_ns > b->first_ns &&
		ends_shared(a, b, &same) > 0 && !is_one_place(a, b);
}

static bool
continues(struct piece *a, const struct piece *b)
{
	int64_t longest = PAUSE_NS;
	if (a->first_ns == INT64_MAX || b->first_ns == INT64_MAX ||
		b->first_ns < a->last_ns - DISORDER_NS || !is_one_place(a, b))
		return false;
	if (a->series[0] == '\0')
		return true;
	longest = a->pause_ns > longest ? a->pause_ns : longest;
	longest = b->pause_ns > longest ? b->pause_ns : longest;
	return a->whole && b->first_ns - a->last_ns <= longest;
}

/* The name without a number behind it, which may count machines or pieces. */
static const char *
series_of(struct arena *a, const char *name)
{
	size_t n = name == NULL ? 0 : strlen(name);
	while (n > 0 && isdigit((unsigned char)name[n - 1]))
		n--;
	while (n > 0 && strchr("-_. (#", name[n - 1]) != NULL)
		n--;
	return n == 0 ? "" : arena_copy(a, name, n);
}

static int
by_series_and_time(const void *a, const void *b)
{
	const struct piece *x = a;
	const struct piece *y = b;
	int order = strcasecmp(x->series, y->series);
	if (order != 0)
		return order;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

/* Up to where a capture is read: behind the next one's first packet. */
static int64_t
read_to(const struct piece *p, size_t i, size_t count)
{
	return i + 1 == count || p[i + 1].first_ns == INT64_MAX
		? INT64_MAX
		: p[i + 1].first_ns + PAUSE_NS;
}

/* Captures of one series, in the order of their first packets: each continues the
 * one capture that it can; of several it may be neither's. ends: the latest piece
 * of each. */
static void
join(const struct case_files *c, struct piece *p, size_t count)
{
	size_t ends[SERIES_MAX];
	size_t ends_count = 0;
	for (size_t i = 0; i < count; i++) {
		size_t found = 0;
		size_t at = ends_count;
		skim(c, &p[i], read_to(p, i, count));
		for (size_t k = 0; k < ends_count; k++)
			if (continues(&p[ends[k]], &p[i])) {
				found++;
				at = k;
			}
		at = found == 1 ? at : ends_count;
		p[i].of = found == 1 ? p[ends[at]].of : i;
		ends_count += found != 1;
		ends[at] = i;
	}
}

static size_t
captures_of(const struct piece *p, size_t count)
{
	size_t captures = 0;
	for (size_t i = 0; i < count; i++)
		captures += p[i].of == i;
	return captures;
}

/* Names differ, and there are few enough to look at what they do not tell. */
static bool
is_open(const struct piece *p, size_t count)
{
	bool differ = p[0].name == NULL;
	for (size_t i = 1; i < count; i++)
		differ = differ || strcasecmp(p[i].name, p[0].name) != 0;
	return differ && count > 1 && count <= SERIES_MAX;
}

/* What a capture without a machine's name is called: as its file is. */
static const char *
file_name(struct case_files *c, size_t file)
{
	const char *place = c->list[file].place;
	return strlen(place) <= CASE_ROLE_MAX
		? place
		: arena_format(&c->arena, "capture %zu", file + 1);
}

/* The machine of a series' i-th capture. A lone one without a name is nobody's
 * beside others that have names. */
static const char *
machine_name(struct case_files *c, const struct piece *p, size_t i,
	size_t count, size_t all)
{
	bool joined = captures_of(p, count) < count;
	if (p[i].name != NULL) {
		size_t pieces = 0;
		for (size_t k = 0; k < count; k++)
			pieces += p[k].of == p[i].of;
		return pieces > 1 && is_open(p, count) ? p[i].series
						       : p[i].name;
	}
	if (captures_of(p, count) == 1 && (joined || all > 2))
		return "";
	return file_name(c, p[p[i].of].file);
}

static void
place_series(struct case_files *c, struct piece *p, size_t count, size_t all)
{
	bool open = is_open(p, count);
	for (size_t i = 0; i < count; i++)
		p[i].of = p[0].name == NULL ? 0 : i;
	if (open)
		join(c, p, count);
	for (size_t i = 0; i < count; i++) {
		const char *name = machine_name(c, p, i, count, all);
		c->list[p[i].file].host_at = case_host_named(c, name,
			open && captures_of(p, count) < count
				? "packets show that files are pieces of one "
				  "capture"
				: "named by file names");
		if (p[i].name == NULL)
			c->hosts[c->list[p[i].file].host_at - 1].unnamed = true;
	}
}

/* Captures that no machine has yet. Those of a machine's interfaces have no
 * name, and are none's pieces: they are placed here. */
static size_t
loose_captures(struct case_files *c, struct piece *p, size_t all)
{
	char card[CAPTURE_INTERFACE_NAME_MAX];
	size_t count = 0;
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		if (f->kind != CASE_FILE_CAPTURE || f->host_at != 0)
			continue;
		const char *name = case_name_machine(&c->arena, f->place);
		if (name != NULL && strlen(name) > CASE_ROLE_MAX)
			name = NULL;
		if (name == NULL &&
			case_name_card(f->place, card, sizeof card)) {
			f->host_at = case_host_named(c,
				all > 2 ? "" : file_name(c, i),
				"named by file names");
			continue;
		}
		p[count++] = (struct piece){.file = i,
			.name = name,
			.series = series_of(&c->arena, name),
			.first_ns = INT64_MAX};
	}
	return count;
}

void
case_pieces_place(struct case_files *c)
{
	size_t all = 0;
	for (size_t i = 0; i < c->count; i++)
		all += c->list[i].kind == CASE_FILE_CAPTURE &&
			c->list[i].host_at == 0;
	if (all == 0)
		return;
	struct piece *p = memory_take(all, sizeof *p);
	size_t count = loose_captures(c, p, all);
	for (size_t i = 0; all > 1 && i < count; i++)
		p[i].first_ns = reading_first_time(&c->list[p[i].file]);
	qsort(p, count, sizeof *p, by_series_and_time);
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count &&
			strcasecmp(p[i].series, p[i + n].series) == 0;)
			n++;
		place_series(c, &p[i], n, all);
	}
	free(p);
}

/* A capture below a folder whose name is no machine's. Cards of one machine look
 * like machines, so that of captures called after cards those of one card are
 * asked, the first's, whose name is kept in card. */
static bool
is_nameless(struct case_files *c, const struct case_file *f, const char *folder,
	size_t skip, char card[CAPTURE_INTERFACE_NAME_MAX])
{
	char own[CAPTURE_INTERFACE_NAME_MAX];
	if (f->kind != CASE_FILE_CAPTURE ||
		strncmp(f->place, folder, skip) != 0 ||
		case_name_machine(&c->arena, f->place) != NULL)
		return false;
	if (!case_name_card(f->place, own, sizeof own))
		return true;
	if (strchr(f->place + skip, '/') == NULL)
		return false; /* of that folder's own machine */
	if (card[0] == '\0')
		memcpy(card, own, sizeof own);
	return strcmp(card, own) == 0;
}

bool
case_pieces_apart(struct case_files *c, const char *folder, size_t skip)
{
	size_t count = 0;
	char card[CAPTURE_INTERFACE_NAME_MAX] = "";
	folder = arena_copy(&c->arena, folder, skip);
	struct piece *p = memory_take(SERIES_MAX, sizeof *p);
	for (size_t i = 0; count < SERIES_MAX && i < c->count; i++)
		if (is_nameless(c, &c->list[i], folder, skip, card))
			p[count++] = (struct piece){.file = i,
				.series = "",
				.first_ns = reading_first_time(&c->list[i])};
	qsort(p, count, sizeof *p, by_series_and_time);
	bool apart = false;
	for (size_t i = 0; count > 1 && !apart && i < count; i++) {
		skim(c, &p[i], read_to(p, i, count));
		apart = i > 0 && is_apart(&p[i - 1], &p[i]);
	}
	free(p);
	return apart;
}
