/*
 * A name and base64 in one object, in either order.
 */
#include "parsers/json/attached.h"

#include <string.h>

#include "base/text.h"

/* Letters of a file's ending. */
#define ENDING_MAX 8

/* "\/" is the only escape that base64 may have. */
static bool
is_base64(struct view v)
{
	bool upper = false;
	bool lower = false;
	if (v.len < ATTACHED_MIN)
		return false;
	while (v.len > 0 && v.data[v.len - 1] == '=')
		v.len--;
	for (size_t i = 0; i < v.len; i++) {
		uint8_t byte = v.data[i];
		if (!byte_letter(byte) && !byte_digit(byte) &&
			!byte_among(byte, "+/\\"))
			return false;
		upper |= byte >= 'A' && byte <= 'Z';
		lower |= byte >= 'a' && byte <= 'z';
	}
	return upper && lower;
}

static bool
is_name_key(struct view key)
{
	static const char *const names[] = {"filename", "fileName", "file_name",
		"name", "title", "attachment_name"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (view_is(key, names[i]))
			return true;
	return false;
}

/* "db-02.pcap": something, a point, and an ending of a few letters. */
static bool
is_file_name(struct view v)
{
	size_t n = 0;
	while (n < v.len && n < ENDING_MAX &&
		(byte_letter(v.data[v.len - 1 - n]) ||
			byte_digit(v.data[v.len - 1 - n])))
		n++;
	return n > 0 && n + 1 < v.len && v.data[v.len - 1 - n] == '.';
}

void
attached_open(struct attached *a, struct view whole)
{
	*a = (struct attached){0};
	json_open(&a->j, whole);
}

static void
forget(struct attached *a, unsigned depth)
{
	a->name = a->coded = view_of(NULL, 0);
	a->depth = depth;
}

static void
take(struct attached *a)
{
	if (a->j.depth != a->depth)
		forget(a, a->j.depth);
	if (is_name_key(json_key(&a->j)) && is_file_name(a->j.value))
		a->name = a->j.value;
	else if (a->coded.len == 0 && is_base64(a->j.value))
		a->coded = a->j.value;
}

bool
attached_next(struct attached *a, struct attached_file *out)
{
	for (;;) {
		enum json_token token = json_next(&a->j);
		if (token == JSON_END)
			return false;
		if (token == JSON_STRING)
			take(a);
		if (token == JSON_CLOSE)
			forget(a, a->j.depth);
		if (a->name.len == 0 || a->coded.len == 0)
			continue;
		*out = (struct attached_file){a->name, a->coded};
		forget(a, a->j.depth);
		return true;
	}
}

bool
attached_is(struct view head)
{
	struct attached a;
	struct attached_file file;
	struct view front = head;
	while (front.len > 0 && byte_among(front.data[0], " \t\r\n"))
		front = view_skip(front, 1);
	if (!view_begins(front, "{") && !view_begins(front, "["))
		return false;
	attached_open(&a, front);
	if (attached_next(&a, &file))
		return true;
	if (a.j.trouble != JSON_CUT || a.j.depth != a.depth || a.name.len == 0)
		return false;
	/* The front ends in it. */
	struct view rest = view_skip(front, a.j.from);
	return view_begins(rest, "\"") && is_base64(view_skip(rest, 1));
}
