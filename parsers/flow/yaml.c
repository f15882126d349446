/*
 * Log entries of Google Cloud as `gcloud logging read` prints them: one YAML
 * document each, "---" before it.
 *
 *	---
 *	insertId: 1a2b3c
 *	jsonPayload:
 *	  connection:
 *	    dest_ip: 198.51.100.20
 *	  disposition: DENIED
 *	logName: projects/p/logs/compute.googleapis.com%2Ffirewall
 *	timestamp: '2026-11-20T23:41:22.501Z'
 *
 * Of YAML only what gcloud writes is read: maps of maps and scalars, told by
 * their indentation. Lists are passed over: no field of a flow stands in one.
 * The result is the object that the same entry is in JSON (gcp.c).
 *
 * cite: cloud.google.com/sdk/gcloud/reference/logging/read, --format, default
 * yaml; YAML 1.2, 8.2.2 block mappings
 */
#include "parsers/flow/reader.h"

#include "base/arena.h"

/* First window that is asked for. */
#define YAML_NEED_LEAST ((size_t)16384)

/* Maps within maps; an entry has four. */
#define DEPTH_MAX 8

/* Names and values beyond this are no part of a flow. */
#define SCALAR_MAX 512

/* Where the document at the front ends: before the next "---" or at the end. */
static bool
document_end(struct view w, bool at_eof, size_t *len)
{
	const uint8_t *p =
		w.len <= 3 ? NULL : memmem(w.data + 3, w.len - 3, "\n---", 4);
	*len = p == NULL ? w.len : (size_t)(p - w.data) + 1;
	return p != NULL || at_eof;
}

static struct view
unquoted(struct view v)
{
	while (v.len > 0 && byte_among(v.data[v.len - 1], " \r"))
		v.len--;
	if (v.len >= 2 && byte_among(v.data[0], "'\"") &&
		v.data[v.len - 1] == v.data[0])
		return view_of(v.data + 1, v.len - 2);
	return v;
}

/* The maps that are open, outermost first. */
struct maps {
	json_t *map[DEPTH_MAX];
	size_t indent[DEPTH_MAX];
	size_t count;
};

static json_t *
owned(json_t *value)
{
	if (value == NULL)
		memory_exhausted();
	return value;
}

/* One line "name: value" or "name:", which opens a map. */
static void
line_take(struct maps *m, struct view line)
{
	char name[SCALAR_MAX];
	size_t indent = 0;
	while (indent < line.len && line.data[indent] == ' ')
		indent++;
	line = view_skip(line, indent);
	const uint8_t *colon =
		line.len == 0 ? NULL : memchr(line.data, ':', line.len);
	if (colon == NULL || line.data[0] == '-' || line.data[0] == '#')
		return;
	size_t n = (size_t)(colon - line.data);
	struct view value = view_skip(line, n + 1);
	while (value.len > 0 && value.data[0] == ' ')
		value = view_skip(value, 1);
	value = unquoted(value);
	while (m->count > 1 && indent <= m->indent[m->count - 1])
		m->count--;
	if (n == 0 || n >= sizeof name || value.len >= SCALAR_MAX ||
		memchr(line.data, 0, n) != NULL)
		return;
	memcpy(name, line.data, n);
	name[n] = '\0';
	json_t *parent = m->map[m->count - 1];
	if (value.len > 0) {
		/* Not valid UTF-8: no value of a flow is that. */
		json_t *text =
			json_stringn((const char *)value.data, value.len);
		if (text != NULL)
			json_object_set_new(parent, name, text);
	} else if (m->count < DEPTH_MAX) {
		json_t *map = owned(json_object());
		if (json_object_set_new(parent, name, map) != 0)
			return;
		m->map[m->count] = map;
		m->indent[m->count++] = indent;
	}
}

/* A document as an object; owned by the caller. */
static json_t *
document_read(struct view text)
{
	struct maps m = {.count = 1};
	json_t *root = owned(json_object());
	m.map[0] = root;
	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t n = end == NULL ? text.len : (size_t)(end - text.data);
		line_take(&m, view_of(text.data, n));
		text = view_skip(text, end == NULL ? n : n + 1);
	}
	return root;
}

bool
yaml_begins(struct view head)
{
	static const char *const begins[] = {
		"---\n", "---\r\n", "insertId: ", "jsonPayload:"};
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (view_begins(head, begins[i]))
			return true;
	return false;
}

enum flow_status
yaml_next(struct flow_reader *r, struct view *window, bool at_eof,
	struct flow_record *record)
{
	for (;;) {
		size_t len;
		uint64_t at = r->offset;
		if (window->len == 0 && at_eof)
			return FLOW_END;
		if (!document_end(*window, at_eof, &len)) {
			if (window->len <= FLOW_ELEMENT_MAX)
				return reader_more(r, window->len,
					YAML_NEED_LEAST, FLOW_ELEMENT_MAX + 1);
			reader_count_lost(r, ANOMALY_FLOW_TOO_LONG, at);
			reader_skip(r, window, window->len);
			continue;
		}
		json_decref(r->element);
		r->element = document_read(view_of(window->data, len));
		enum flow_entry entry = gcp_read(r->element, record);
		/* "---" alone, at the end of what a tool joined. */
		if (json_object_size(r->element) == 0)
			entry = FLOW_ENTRY_BLANK;
		reader_skip(r, window, len);
		if (reader_count(r, entry, at, record))
			return FLOW_RECORD;
	}
}
