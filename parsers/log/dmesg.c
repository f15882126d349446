/*
 * Lines of dmesg in all its print-outs, and records of /dev/kmsg.
 *
 *	[ 1263.426672] text                      plain
 *	<6>[ 1263.426672] text                   -r
 *	kern  :info  : [ 1263.426672] text       -x, before any of the others
 *	[ 1263.426672 <    0.000332>] text       -d
 *	[Fri Nov 20 23:38:05 2026] text          -T, local zone
 *	2026-11-20T23:38:05,426672+00:00 text    --time-format iso, six digits
 *	[Nov20 23:38] text, [  +0.000332] text   -e, --time-format reltime
 *	[<    0.000332>] text                    --time-format delta
 *	6,1352,1263426672,-;text                 /dev/kmsg
 *
 * -T and iso are computed from the boot stamp when dmesg runs; after a suspend
 * they can be wrong (dmesg(1)). The plain boot stamp is the kernel's own word.
 *
 * spec: util-linux sys-utils/dmesg.c print_record; Linux
 * Documentation/ABI/testing/dev-kmsg
 */
#include "parsers/log/log_time.h"

#include <stdlib.h>

/* The facilities of dmesg -x: letters, digits, padded with spaces. */
static bool
decoded_prefix(struct cursor *c, struct log_record *r)
{
	struct view facility;
	struct view level;
	struct cursor at = *c;
	if (!byte_letter(cursor_peek(&at)) ||
		!cursor_until(&at, ':', &facility) || facility.len > 10 ||
		!cursor_until(&at, ':', &level) || level.len > 8)
		return false;
	while (level.len > 0 && level.data[level.len - 1] == ' ')
		level.len--;
	r->severity = severity_of(level);
	if (r->severity == LOG_SEVERITY_NONE || !cursor_take(&at, ' '))
		return false;
	*c = at;
	return true;
}

static void
prefix_skip(struct cursor *c, struct log_record *r)
{
	if (!cursor_pri(c, r) && !decoded_prefix(c, r))
		r->severity = LOG_SEVERITY_NONE;
}

/* " <    0.000332>": the time since the line before; passed over. */
static bool
delta_skip(struct cursor *c)
{
	struct log_time ignored;
	struct cursor at = *c;
	cursor_skip_spaces(&at);
	if (!cursor_take(&at, '<') || !time_boot(&at, &ignored) ||
		!cursor_take(&at, '>'))
		return false;
	*c = at;
	return true;
}

/* One space behind the stamp, or the bracket of the caller; then the text. */
static bool
text_take(struct cursor *c, struct log_record *r)
{
	if (cursor_left(c) > 0 && cursor_peek(c) != '[' && !cursor_take(c, ' '))
		return false;
	r->message = cursor_rest(c);
	r->tag = kernel_tag();
	struct log_time stamp = r->second;
	kernel_message(r);
	r->second = stamp;
	return true;
}

bool
dmesg_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	prefix_skip(&c, r);
	struct cursor at = c;
	if (!cursor_take(&at, '[')) {
		if (!time_iso(&at, &r->time) ||
			memchr(c.p, ',', (size_t)(at.p - c.p)) == NULL ||
			r->time.resolution_ns != NS_PER_US ||
			!r->time.offset_known)
			return false;
		delta_skip(&at);
		return text_take(&at, r);
	}
	struct cursor inside = at;
	if (!time_boot(&at, &r->time)) {
		at = inside;
		if (!time_asctime(&at, &r->time))
			return false;
	}
	delta_skip(&at);
	return cursor_take(&at, ']') && text_take(&at, r);
}

bool
dmesg_delta_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	prefix_skip(&c, r);
	if (!cursor_take(&c, '['))
		return false;
	struct cursor at = c;
	if (delta_skip(&at)) {
		at = c;
		cursor_take(&at, '<');
		if (!time_boot(&at, &r->time) || !cursor_take(&at, '>'))
			return false;
		r->time.kind = LOG_TIME_DELTA;
	} else if (byte_letter(cursor_peek(&c))) {
		at = c;
		if (!time_reltime(&at, &r->time))
			return false;
	} else {
		at = c;
		cursor_skip_spaces(&at);
		if (!cursor_take(&at, '+') || !time_boot(&at, &r->time))
			return false;
		r->time.kind = LOG_TIME_DELTA;
	}
	return cursor_take(&at, ']') && text_take(&at, r);
}

static int
hex_digit(uint8_t x)
{
	if (byte_digit(x))
		return x - '0';
	x |= 0x20; /* bits of ASCII: lower case */
	return x >= 'a' && x <= 'f' ? x - 'a' + 10 : -1;
}

/* Undo "\xNN". */
static struct view
kmsg_text(struct view text, struct log_scratch *s)
{
	if (text.len == 0 || memchr(text.data, '\\', text.len) == NULL)
		return text;
	struct view out = scratch_add(s, NULL, 0);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t x = text.data[i];
		if (x == '\\' && i + 3 < text.len && text.data[i + 1] == 'x' &&
			hex_digit(text.data[i + 2]) >= 0 &&
			hex_digit(text.data[i + 3]) >= 0) {
			x = (uint8_t)(hex_digit(text.data[i + 2]) * 16 +
				hex_digit(text.data[i + 3]));
			i += 3;
		}
		out.len += scratch_add(s, &x, 1).len;
	}
	return out;
}

/*
 * "LEVEL|FACILITY<<3,SEQUENCE,USEC,FLAGS[,...];TEXT". The lines with one space
 * in front that may follow belong to the record: log.c takes them in.
 */
bool
kmsg_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	struct cursor c = cursor_of(line);
	int64_t pri;
	int64_t sequence;
	int64_t usec;
	struct view flags;
	if (!cursor_number(&c, 7, &pri) || !cursor_take(&c, ',') ||
		!cursor_number(&c, 18, &sequence) || !cursor_take(&c, ',') ||
		!cursor_number(&c, 18, &usec) || !cursor_take(&c, ',') ||
		!cursor_until(&c, ';', &flags) || flags.len == 0 ||
		flags.len > 64)
		return false;
	r->time = time_count((uint64_t)usec, NS_PER_US, LOG_TIME_BOOT);
	r->severity = (uint8_t)(pri & 7);
	r->tag = kernel_tag();
	r->message = kmsg_text(cursor_rest(&c), s);
	return r->time.kind == LOG_TIME_BOOT;
}
