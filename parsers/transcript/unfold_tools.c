/*
 * Outputs of many machines as tools print them, as headers and plain lines.
 *
 * cite: ansible-core 2.16 plugins/callback/minimal.py, oneline.py, default.py;
 * Salt 3006 salt/output/nested.py; ClusterShell 1.9 clush(1), pdsh(1) 2.34,
 * dshbak(1)
 */
#include <stdlib.h>

#include "mark.h"
#include "unfold.h"
#include "words.h"

/* Machines whose lines are told apart between two marks; lines of others keep
 * their name in front. */
#define COLUMNS_MAX 256

/* What stands before a machine's lines. */
#define SALT_INDENT "    "
#define BOLT_INDENT 2

/* A resource's address before a line of terraform's. */
#define RESOURCE_MAX 200

/* "text\nmore" of ansible -o and of JSON: lines. quoted: other escapes, too. */
static void
escaped_add(struct unfold *out, struct view text, uint32_t number)
{
	char *copy = arena_copy(out->arena, text.data, text.len);
	char *line = copy;
	char *to = copy;
	for (const char *p = copy; *p != '\0'; p++) {
		bool escape = *p == '\\' && p[1] != '\0';
		if (!escape) {
			*to++ = *p;
			continue;
		}
		p++;
		if (*p == 'n') {
			unfold_add(out, view_of(line, (size_t)(to - line)),
				number);
			line = to;
		} else if (*p == 't') {
			*to++ = '\t';
		} else if (*p != 'r') {
			*to++ = *p;
		}
	}
	unfold_add(out, view_of(line, (size_t)(to - line)), number);
}

/* "web01 | CHANGED | rc=0 | (stdout) text\nmore (stderr) ..." */
static bool
oneline_take(struct view line, uint32_t number, struct unfold *out)
{
	size_t at = words_find(line, " | (stdout) ");
	size_t n = words_host_len(line);
	if (at == line.len || n == 0 || !view_begins(view_skip(line, n), " | "))
		return false;
	struct view text = view_skip(line, at + 12);
	text.len = words_find(text, " (stderr) ");
	unfold_add_with(
		out, "%s | CHANGED | rc=0 >>", view_of(line.data, n), number);
	escaped_add(out, text, number);
	return true;
}

/* A text between quotes. */
static bool
is_quoted(struct view v)
{
	return v.len > 1 && view_begins(v, "\"") && view_ends(v, "\"");
}

/* A machine's answer in a playbook's JSON. */
struct answer {
	bool open;
	bool told; /* its "stdout" was */
	bool list; /* "stdout_lines", which says the same */
};

/* A line of a playbook's JSON: the text of an entry of "stdout_lines", of
 * "stdout" or "msg"; other members are syntax. False: no such line. */
static bool
json_line_take(
	struct answer *a, struct view line, uint32_t number, struct unfold *out)
{
	line = view_trim(line);
	if (view_ends(line, ","))
		line.len--;
	size_t member = words_find(line, "\": ");
	if (line.len == 1 && byte_among(line.data[0], "{}[]"))
		return true;
	if (!view_begins(line, "\""))
		return false;
	struct view text = line;
	if (member < line.len) {
		struct view name = view_of(line.data, member);
		a->list = view_ends(name, "_lines");
		if (!view_ends(name, "stdout") && !view_ends(name, "msg"))
			return true;
		text = view_skip(line, member + 3);
		a->told = a->told || text.len > 2;
	} else if (a->list && a->told) {
		return true;
	}
	if (is_quoted(text))
		escaped_add(out, view_of(text.data + 1, text.len - 2), number);
	else if (view_begins(text, "\"")) /* the file's front ends in it */
		escaped_add(out, view_skip(text, 1), number);
	return true;
}

/* "web-01:" alone, with its output indented below: salt. */
static bool
salt_take(const struct unfold *in, size_t i, struct unfold *out)
{
	struct view line = in->list[i].text;
	size_t n = words_host_len(line);
	struct view next =
		i + 1 < in->count ? in->list[i + 1].text : view_of("", 0);
	if (n == 0 || line.len != n + 1 || line.data[n] != ':' ||
		!view_begins(next, "    "))
		return false;
	struct view name = view_of(line.data, n);
	if (words_find(name, "-") == n && words_find(name, ".") == n)
		return false;
	const char *made = arena_format(
		out->arena, "==== %.*s ====", (int)n, (const char *)line.data);
	if (mark_of(view_str(made)).kind != MARK_HEADER)
		return false;
	unfold_add(out, view_str(made), in->list[i].number);
	return true;
}

/* "changed: [web-01] => changed=true", with members below, and their texts four
 * blanks deep: ansible's YAML.
 * cite: ansible-core 2.16 plugins/callback, result_format=yaml */
static bool
is_yaml_header(struct view text)
{
	return mark_of(text).kind == MARK_HEADER &&
		words_find(text, "] => changed=") < text.len;
}

/* A line below such a header; false behind the last one. */
static bool
yaml_line_take(struct view text, uint32_t number, struct unfold *out)
{
	if (!view_begins(text, "  "))
		return false;
	if (view_begins(text, "    "))
		unfold_add(out, view_skip(text, 4), number);
	return true;
}

void
unfold_tools(const struct unfold *in, struct unfold *out)
{
	struct answer json = {0}; /* below "ok: [web-01] => {" */
	bool yaml = false;        /* below "ok: [web-01] => changed=false" */
	size_t indent = 0;        /* below a machine's name: of salt, of Bolt */
	for (size_t i = 0; i < in->count; i++) {
		struct view text = in->list[i].text;
		uint32_t number = in->list[i].number;
		if (oneline_take(text, number, out))
			continue;
		if (salt_take(in, i, out)) {
			indent = strlen(SALT_INDENT);
			continue;
		}
		yaml = yaml && yaml_line_take(text, number, out);
		if (yaml)
			continue;
		yaml = is_yaml_header(text);
		if (!view_begins(
			    text, SALT_INDENT + strlen(SALT_INDENT) - indent))
			indent = 0;
		text = view_skip(text, indent);
		if (view_begins(text, "Finished on "))
			indent = BOLT_INDENT;
		if (json.open && json_line_take(&json, text, number, out))
			continue;
		json = (struct answer){
			.open = mark_of(text).kind == MARK_HEADER &&
				view_ends(view_trim(text), "=> {")};
		unfold_add(out, text, number);
	}
}

struct column {
	struct view name;
	struct view text;
};

/* "aws_instance.web (remote-exec): LINE", "module.m.null_resource.x[0]
 * (remote-exec): LINE": terraform's; the label with its index is the machine. */
static bool
resource_of(struct view line, struct column *c)
{
	static const char sign[] = " (remote-exec): ";
	size_t at = words_find(view_first(line, RESOURCE_MAX), sign);
	if (at >= RESOURCE_MAX || at == 0 || !view_has(line, sign))
		return false;
	size_t from = at;
	while (from > 0 && line.data[from - 1] != '.')
		from--;
	c->name = view_of(line.data + from, at - from);
	if (!words_names_host(c->name))
		c->name = view_of(line.data, at);
	c->text = view_skip(line, at + strlen(sign));
	return from > 0 && words_names_host(c->name);
}

/* Behind "out: " and "run: " of Fabric. */
static struct view
stream_skip(struct view text)
{
	static const char *const names[] = {
		"out: ", "err: ", "run: ", "sudo: "};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (view_begins(text, names[i]))
			return view_skip(text, strlen(names[i]));
	return view_is(text, "out:") ? view_skip(text, 4) : text;
}

/* "[root@web-01:22] out: LINE", "[web-01:1-exec:09:31:00] LINE": Fabric's and
 * Rundeck's. cite: Fabric 1.14 fabric/io.py; Rundeck "Log output format" */
static bool
bracket_of(struct view line, struct column *c)
{
	size_t end = words_find(line, "]");
	if (!view_begins(line, "[") || end == line.len)
		return false;
	struct view inner = view_of(line.data + 1, end - 1);
	size_t at = words_find(inner, "@");
	if (at < inner.len)
		inner = view_skip(inner, at + 1);
	c->name = view_of(inner.data, words_host_len(inner));
	struct view rest = view_skip(inner, c->name.len);
	if (!view_begins(rest, ":") || !words_names_host(c->name) ||
		byte_digit(c->name.data[0]))
		return false;
	c->text = view_skip(line, end + 1);
	if (c->text.len > 0 && c->text.data[0] == ' ')
		c->text = view_skip(c->text, 1);
	c->text = stream_skip(c->text);
	return true;
}

/* "web-01.example.com LINE" of a command that is known to print so: knife ssh. */
static bool
spaced_of(struct view line, struct column *c)
{
	size_t n = words_host_len(line);
	c->name = view_of(line.data, n);
	c->text = view_skip(line, n);
	if (!words_names_host(c->name) || byte_digit(c->name.data[0]) ||
		!view_begins(c->text, " "))
		return false;
	c->text = view_skip(c->text, 1);
	return true;
}

/* "web-01: LINE", "web-1  | LINE", "[pod/web-1/nginx] LINE". */
static bool
column_of(struct view line, struct column *c)
{
	if (resource_of(line, c) || bracket_of(line, c))
		return true;
	if (view_begins(line, "[pod/")) {
		size_t end = words_find(line, "] ");
		struct view pod = view_skip(line, 5);
		c->name = view_of(pod.data, words_host_len(pod));
		c->text = view_skip(line, end + (end < line.len ? 2 : 0));
		return c->name.len > 0 && end < line.len;
	}
	size_t n = words_host_len(line);
	struct view rest = view_skip(line, n);
	c->name = view_of(line.data, n);
	if (view_begins(rest, ":")) {
		rest = view_skip(rest, 1);
		if (rest.len > 0 && rest.data[0] != ' ')
			return false;
	} else {
		size_t bar = words_find(rest, "| ");
		if (bar == 0 || bar == rest.len ||
			view_trim(view_of(rest.data, bar)).len > 0)
			return false;
		rest = view_skip(rest, bar + 1);
	}
	c->text = rest.len > 0 ? view_skip(rest, 1) : rest;
	return words_names_host(c->name);
}

/* Lines between two marks, all of them with a column. */
static bool
all_columns(const struct unfold *in, size_t from, size_t to, bool sure)
{
	size_t lines = 0;
	size_t columns = 0;
	for (size_t i = from; i < to; i++) {
		struct column c;
		if (view_trim(in->list[i].text).len == 0)
			continue;
		lines++;
		columns += column_of(in->list[i].text, &c) ||
			(sure && spaced_of(in->list[i].text, &c));
	}
	return sure ? columns > 0 && columns * 2 >= lines
		    : columns > 1 && columns == lines;
}

/* Lines of one name, in their order. */
struct bucket {
	struct view name;
	size_t first; /* line + 1 */
	size_t last;
};

/* The bucket of a name, which is new or known; NULL when there are too many. */
static struct bucket *
bucket_of(struct bucket *list, size_t *count, struct view name)
{
	for (size_t k = 0; k < *count; k++)
		if (view_equal(list[k].name, name))
			return &list[k];
	if (*count == COLUMNS_MAX)
		return NULL;
	list[*count] = (struct bucket){.name = name};
	return &list[(*count)++];
}

/* What no machine said first, then each machine's lines behind its header. */
static void
columns_sort(const struct unfold *in, size_t from, size_t to, bool sure,
	struct unfold *out)
{
	struct bucket list[COLUMNS_MAX];
	size_t count = 0;
	size_t *next = memory_take(to - from + 1, sizeof *next);
	for (size_t i = from; i < to; i++) {
		struct column c;
		struct bucket *b = column_of(in->list[i].text, &c) ||
				(sure && spaced_of(in->list[i].text, &c))
			? bucket_of(list, &count, c.name)
			: NULL;
		if (b == NULL)
			unfold_add(out, in->list[i].text, in->list[i].number);
		else if (b->first == 0)
			b->first = i + 1;
		else
			next[b->last - 1 - from] = i + 1;
		if (b != NULL)
			b->last = i + 1;
	}
	for (size_t k = 0; k < count; k++) {
		unfold_add_with(out, "==== %s ====", list[k].name,
			in->list[list[k].first - 1].number);
		for (size_t i = list[k].first; i > 0; i = next[i - 1 - from]) {
			struct column c = {0};
			if (!column_of(in->list[i - 1].text, &c))
				spaced_of(in->list[i - 1].text, &c);
			unfold_add(out, c.text, in->list[i - 1].number);
		}
	}
	free(next);
}

void
unfold_columns(const struct unfold *in, struct unfold *out)
{
	bool sure = false;    /* the command prints so */
	bool command = false; /* any is known */
	for (size_t i = 0; i < in->count;) {
		struct mark m = mark_of(in->list[i].text);
		if (m.kind != MARK_NONE) {
			if (m.kind != MARK_BANNER) {
				sure = m.command.many;
				command = m.command.text.len > 0;
			}
			unfold_add(out, in->list[i].text, in->list[i].number);
			i++;
			continue;
		}
		size_t to = i;
		while (to < in->count &&
			mark_of(in->list[to].text).kind == MARK_NONE)
			to++;
		if ((sure || !command) && all_columns(in, i, to, sure))
			columns_sort(in, i, to, sure, out);
		else
			for (size_t k = i; k < to; k++)
				unfold_add(out, in->list[k].text,
					in->list[k].number);
		i = to;
	}
}
