/*
 * Blocks, little-endian:
 *
 *	 0                   1                   2                   3
 *	+---------------------------------------------------------------+
 *	|                          block type                           |
 *	|                      total length (bytes)                     |
 *	|                  body, padded to four bytes                   |
 *	|                      total length again                       |
 *	+---------------------------------------------------------------+
 *
 * Options in a body: code (16 bits), length (16 bits), value, padded likewise;
 * code 0 ends them.
 */
#include "ingest/pcapng_write.h"

#include <string.h>

#include "base/utf8.h"

/* cite: draft-ietf-opsawg-pcapng-02 section 11.1 (block types) */
#define BLOCK_SECTION UINT32_C(0x0a0d0d0a)
#define BLOCK_INTERFACE 1
#define BLOCK_STATISTICS 5
#define BLOCK_PACKET 6

/* cite: the same, sections 3.5 and 4 (option codes) */
#define OPTION_END 0
#define OPTION_COMMENT 1
#define SHB_USERAPPL 4
#define IF_NAME 2
#define IF_DESCRIPTION 3
#define IF_TSRESOL 9
#define IF_FILTER 11
#define IF_FCSLEN 13
#define EPB_FLAGS 2
#define ISB_STARTTIME 2
#define ISB_ENDTIME 3
#define ISB_IFDROP 5

/* Three texts, and what else a body has. */
#define BODY_MAX (3 * PCAPNG_WRITE_TEXT_MAX + 256)

/* A block's body but for a packet's bytes, which are not copied. */
struct body {
	uint8_t bytes[BODY_MAX];
	size_t len;
};

static void
put(struct body *b, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes && b->len < BODY_MAX; i++)
		b->bytes[b->len++] = (uint8_t)(value >> 8 * i);
}

static void
put_option(struct body *b, uint16_t code, const void *value, size_t len)
{
	if (b->len + len + 12 > BODY_MAX)
		return;
	put(b, code, 2);
	put(b, len, 2);
	memcpy(b->bytes + b->len, value, len);
	b->len += len;
	while (b->len % 4 != 0)
		put(b, 0, 1);
}

/* With an underscore for each code point that must not be shown as it is; cut
 * between two of them. */
static void
put_text(struct body *b, uint16_t code, const char *text)
{
	char clean[PCAPNG_WRITE_TEXT_MAX];
	size_t len = 0;
	for (struct view v = view_str(text);
		v.len > 0 && len + 4 <= sizeof clean;) {
		uint32_t c = utf8_take(&v);
		len += utf8_put(utf8_is_hidden(c) ? '_' : c, clean + len);
	}
	put_option(b, code, clean, len);
}

/* Times are two halves of 64 bits, the high one first. */
static void
put_time(struct body *b, int64_t ns)
{
	put(b, (uint64_t)ns >> 32, 4);
	put(b, (uint64_t)ns & UINT32_MAX, 4);
}

static void
put_time_option(struct body *b, uint16_t code, int64_t ns)
{
	struct body value = {.len = 0};
	put_time(&value, ns);
	put_option(b, code, value.bytes, value.len);
}

static void
write_u32(FILE *out, uint32_t value)
{
	uint8_t bytes[4];
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	fwrite(bytes, 1, sizeof bytes, out);
}

/* A block of head, data padded to four bytes, and tail. */
static void
write_block(FILE *out, uint32_t type, const struct body *head, struct view data,
	const struct body *tail)
{
	static const uint8_t zeros[4];
	size_t padding = (4 - data.len % 4) % 4;
	uint32_t total =
		(uint32_t)(12 + head->len + data.len + padding + tail->len);
	write_u32(out, type);
	write_u32(out, total);
	fwrite(head->bytes, 1, head->len, out);
	if (data.len > 0)
		fwrite(data.data, 1, data.len, out);
	fwrite(zeros, 1, padding, out);
	fwrite(tail->bytes, 1, tail->len, out);
	write_u32(out, total);
}

static void
write_body(FILE *out, uint32_t type, const struct body *b)
{
	const struct body none = {.len = 0};
	write_block(out, type, b, view_of(NULL, 0), &none);
}

void
pcapng_write_begin(struct pcapng_write *w, FILE *out, const char *tool,
	const char *comment, const char *filter)
{
	struct body b = {.len = 0};
	*w = (struct pcapng_write){.out = out, .filter = filter};
	put(&b, UINT32_C(0x1a2b3c4d), 4); /* byte order */
	put(&b, 1, 2);                    /* version 1.0 */
	put(&b, 0, 2);
	put(&b, UINT64_MAX, 8); /* length of the section: not said */
	put_text(&b, OPTION_COMMENT, comment);
	put_option(&b, SHB_USERAPPL, tool, strlen(tool));
	put(&b, OPTION_END, 4);
	write_body(out, BLOCK_SECTION, &b);
}

/* The interface for a link type of the present vantage, described when it is
 * new; -1: no room. */
static int
interface_of(struct pcapng_write *w, uint16_t link_type, uint8_t fcs_len)
{
	static const uint8_t nanoseconds = 9;
	for (int i = 0; i < w->count; i++)
		if (w->interfaces[i].link_type == link_type &&
			w->interfaces[i].fcs_len == fcs_len &&
			w->interfaces[i].name == w->name)
			return i;
	if (w->count == PCAPNG_WRITE_INTERFACES_MAX)
		return -1;
	w->interfaces[w->count].link_type = link_type;
	w->interfaces[w->count].fcs_len = fcs_len;
	w->interfaces[w->count].name = w->name;
	struct body b = {.len = 0};
	put(&b, link_type, 2);
	put(&b, 0, 2);
	put(&b, 0, 4); /* snaplen: packets are as long as they are */
	if (w->name != NULL)
		put_text(&b, IF_NAME, w->name);
	if (w->description != NULL)
		put_text(&b, IF_DESCRIPTION, w->description);
	put_option(&b, IF_TSRESOL, &nanoseconds, 1);
	if (fcs_len > 0)
		put_option(&b, IF_FCSLEN, &fcs_len, 1);
	if (w->filter != NULL) {
		/* Kind 0: a text. */
		char text[256];
		int n = snprintf(text, sizeof text, "%c%s", 0, w->filter);
		size_t len =
			(size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
		put_option(&b, IF_FILTER, text, len);
	}
	put(&b, OPTION_END, 4);
	write_body(w->out, BLOCK_INTERFACE, &b);
	return w->count++;
}

bool
pcapng_write_packet(struct pcapng_write *w, const struct capture_packet *p,
	struct captured_time t, const char *comment)
{
	int id = interface_of(w, p->link_type, p->fcs_len);
	struct body head = {.len = 0};
	struct body tail = {.len = 0};
	if (id < 0)
		return false;
	put(&head, (uint64_t)id, 4);
	put_time(&head, t.ns);
	put(&head, p->caplen, 4);
	put(&head, p->wirelen, 4);
	if (p->direction != CAPTURE_DIRECTION_UNKNOWN) {
		/* Bits 0 and 1: 1 inbound, 2 outbound. */
		const uint8_t flags[4] = {
			p->direction == CAPTURE_DIRECTION_IN ? 1 : 2};
		put_option(&tail, EPB_FLAGS, flags, sizeof flags);
	}
	if (comment != NULL)
		put_text(&tail, OPTION_COMMENT, comment);
	if (tail.len > 0)
		put(&tail, OPTION_END, 4);
	write_block(w->out, BLOCK_PACKET, &head, view_of(p->data, p->caplen),
		&tail);
	return true;
}

void
pcapng_write_interface(struct pcapng_write *w, uint16_t link_type)
{
	interface_of(w, link_type, 0);
}

void
pcapng_write_end(struct pcapng_write *w, struct captured_time started,
	struct captured_time ended, int64_t dropped)
{
	for (int i = 0; i < w->count; i++) {
		struct body b = {.len = 0};
		put(&b, (uint64_t)i, 4);
		put_time(&b, ended.ns == CLOCK_UNKNOWN_NS ? 0 : ended.ns);
		if (started.ns != CLOCK_UNKNOWN_NS)
			put_time_option(&b, ISB_STARTTIME, started.ns);
		if (ended.ns != CLOCK_UNKNOWN_NS)
			put_time_option(&b, ISB_ENDTIME, ended.ns);
		/* The loss is one of the whole capture: stated once. */
		if (dropped >= 0) {
			struct body count = {.len = 0};
			put(&count, i == 0 ? (uint64_t)dropped : 0, 8);
			put_option(&b, ISB_IFDROP, count.bytes, count.len);
		}
		put(&b, OPTION_END, 4);
		write_body(w->out, BLOCK_STATISTICS, &b);
	}
}
