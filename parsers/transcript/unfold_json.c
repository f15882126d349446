/*
 * Outputs that stand as a text in a document of JSON: what an API of a cloud, of
 * a chat or a tracker answers, and what ansible's callbacks write.
 *
 *	{"InstanceId": "i-0ab", "StandardOutputContent": "tcp  0 ...\nTotal: 9\n"}
 * becomes
 *	== i-0ab ==
 *	tcp  0 ...
 *	Total: 9
 *
 * Only under the names that outputs and messages of people have: the message of a
 * log's line is the log's. A document without such a text stays as it is.
 *
 * cite: AWS Systems Manager API, GetCommandInvocation; ansible-core 2.16
 * plugins/callback/json (posix.json); Slack, "Formatting text for app surfaces"
 * (three characters are escaped, links stand in angles); Jira REST API 3, GitHub
 * REST API (body)
 */
#include "mark.h"
#include "parsers/json/json.h"
#include "unfold.h"
#include "words.h"

/* Documents that turn out to be none; a text with more is a listing. */
#define FAILURES_MAX 32

/* A machine's name and a command that become a header; longer ones do not. */
#define COMMAND_MAX 400

static bool
key_among(struct view key, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words_same(key, list[i]))
			return true;
	return false;
}

#define KEY(VIEW, LIST) key_among(VIEW, LIST, sizeof LIST / sizeof *LIST)

/* What programs print, and what people write: theirs is an output only with two
 * line ends. */
static const char *const printed[] = {
	"stdout", "stderr", "StandardOutputContent", "StandardErrorContent"};
static const char *const written[] = {
	"output", "text", "body", "content", "description", "comment"};
static const char *const hosts[] = {"InstanceId", "host", "hostname", "node",
	"minion", "server", "instance", "target"};
static const char *const commands[] = {"cmd", "command", "_raw_params"};

/* The ends of lines in a string with its escapes. */
static size_t
ends_in(struct view v)
{
	size_t ends = 0;
	for (size_t i = 0; i + 1 < v.len; i++) {
		if (v.data[i] != '\\')
			continue;
		ends += v.data[i + 1] == 'n';
		i++;
	}
	return ends;
}

static bool
is_output(struct view key)
{
	return KEY(key, printed) || KEY(key, written);
}

/* What Azure puts before what a script printed.
 * cite: Azure "Run scripts in your VM by using action Run Commands" */
#define PRINTED_SIGN "[stdout]\\n"

/* A text under this key is an output: by the key's name, a machine's answer under
 * its own name (salt --out=json), or by Azure's sign in it. */
static bool
is_told(struct view key, struct view text)
{
	return is_output(key) || (words_names_host(key) && ends_in(text) > 1) ||
		view_has(text, PRINTED_SIGN);
}

static bool
holds_output(struct view key, struct view text)
{
	size_t least = KEY(key, printed) ? 1 : 2;
	return is_told(key, text) && ends_in(text) >= least;
}

/* The output in which a document breaks off, or an empty view: its front is
 * looked at first, and a paste may end anywhere. */
static struct view
cut_output(const struct json *j)
{
	struct view rest = view_skip(j->text, j->from);
	if (j->trouble != JSON_CUT || !view_begins(rest, "\"") ||
		!holds_output(json_key(j), rest))
		return view_of(rest.data, 0);
	return view_skip(rest, 1);
}

/* Read one document; its length, 0 where it is none. holds: an output. */
static size_t
document_len(struct view v, bool *holds)
{
	struct json j;
	*holds = false;
	json_open(&j, v);
	if (json_next(&j) != JSON_OPEN)
		return 0;
	while (j.depth > 0) {
		enum json_token token = json_next(&j);
		if (token == JSON_END) {
			*holds = *holds || cut_output(&j).len > 0;
			return *holds && j.trouble == JSON_CUT ? v.len : 0;
		}
		*holds = *holds ||
			(token == JSON_STRING &&
				holds_output(json_key(&j), j.value));
	}
	return j.at;
}

struct telling {
	struct unfold *out;
	uint32_t lines_max; /* of out: a document has two bytes for one */
	struct view host;
	struct view command;
	bool headed; /* these two stand above what was told last */
};

static void
tell_header(struct telling *t, uint32_t number)
{
	if (t->headed)
		return;
	bool known =
		t->command.len <= COMMAND_MAX && command_of(t->command).known;
	if (t->host.len == 0 && !known)
		return;
	t->headed = true;
	const char *text =
		arena_format(t->out->arena, "%.*s%s%.*s", (int)t->host.len,
			t->host.len == 0 ? "" : (const char *)t->host.data,
			t->host.len > 0 && known ? ": " : "",
			known ? (int)t->command.len : 0,
			known ? (const char *)t->command.data : "");
	unfold_add(t->out, view_of("", 0), number);
	unfold_add_with(t->out, "== %s ==", view_str(text), number);
}

/* What a chat escapes, and the angles of its links; in place. */
static size_t
unescape_chat(uint8_t *text, size_t len)
{
	static const struct {
		const char *name;
		char sign;
	} names[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}};
	size_t out = 0;
	for (size_t i = 0; i < len;) {
		struct view v = view_of(text + i, len - i);
		size_t n = 0;
		for (size_t k = 0; v.data[0] == '&' && n == 0 && k < 3; k++) {
			if (!view_begins(v, names[k].name))
				continue;
			n = strlen(names[k].name);
			text[out++] = (uint8_t)names[k].sign;
		}
		if (view_begins(v, "<http")) {
			struct view link =
				view_first(view_skip(v, 1), COMMAND_MAX);
			size_t end = 0;
			while (end < link.len &&
				!byte_among(link.data[end], "|> \n"))
				end++;
			size_t close = words_find(link, ">");
			n = close < link.len ? close + 2 : 0;
			if (n > 0)
				memmove(text + out, link.data, end);
			out += n > 0 ? end : 0;
		}
		if (n == 0)
			text[out++] = text[i];
		i += n > 0 ? n : 1;
	}
	return out;
}

static void
tell_text(struct telling *t, struct view coded, uint32_t number)
{
	uint8_t *text = arena_take(t->out->arena, coded.len + 1);
	size_t len = json_unescape(coded, (char *)text);
	struct view rest = view_of(text, unescape_chat(text, len));
	struct view line;
	tell_header(t, number);
	while (t->out->count < t->lines_max && line_next(&rest, &line))
		unfold_add(t->out, line, number);
}

/* A machine's name as a value, or as the key of what it answered. */
static void
take_host(struct telling *t, struct view name)
{
	if (!words_host(name))
		return;
	t->host = name;
	t->headed = false;
}

/* Behind Azure's sign, on the machine whose name the key may be. */
static void
take_output(
	struct telling *t, struct view key, struct view text, uint32_t number)
{
	size_t sign = words_find(text, PRINTED_SIGN);
	if (!is_output(key) && words_names_host(key))
		take_host(t, key);
	if (sign < text.len)
		text = view_skip(text, sign + strlen(PRINTED_SIGN));
	text.len = words_find(text, "\\n[stderr]");
	tell_text(t, text, number);
}

static void
take_string(struct telling *t, const struct json *j, uint32_t number)
{
	struct view key = json_key(j);
	if (KEY(key, hosts)) {
		take_host(t, j->value);
	} else if (KEY(key, commands)) {
		t->command = j->value;
		t->headed = false;
	} else if (is_told(key, j->value) && j->value.len > 0) {
		take_output(t, key, j->value, number);
	}
}

/* The texts of a document that holds some. */
static void
tell_document(
	struct view v, uint32_t number, uint32_t lines_max, struct unfold *out)
{
	struct telling t = {.out = out, .lines_max = lines_max};
	struct json j;
	size_t counted = 0;
	json_open(&j, v);
	for (;;) {
		enum json_token token = json_next(&j);
		number += (uint32_t)lines_count(
			view_of(v.data + counted, j.from - counted));
		counted = j.from;
		if (token == JSON_END)
			break;
		if (token == JSON_OPEN && j.depth > 1 &&
			words_names_host(json_key_at(&j, j.depth - 1)))
			take_host(&t, json_key_at(&j, j.depth - 1));
		else if (token == JSON_STRING)
			take_string(&t, &j, number);
	}
	struct view rest = cut_output(&j);
	if (rest.len > 0)
		take_output(&t, json_key(&j), rest, number);
}

static bool
may_begin(struct view line)
{
	line = view_trim(line);
	return view_begins(line, "{") || view_is(line, "[") ||
		view_begins(line, "[{");
}

/* Behind blanks and a comma, where another document may begin on the same line. */
static struct view
between_skip(struct view v)
{
	while (v.len > 0 && byte_among(v.data[0], " \t\r,"))
		v = view_skip(v, 1);
	return v;
}

struct reading {
	struct unfold *out;
	uint32_t lines_max;
	uint32_t number; /* of the line that rest begins in */
	int failures;
};

/* The documents with outputs at the front, one behind the other; what follows. */
static struct view
tell_documents(struct reading *r, struct view rest)
{
	for (;;) {
		struct view at = between_skip(rest);
		bool holds = false;
		size_t len = 0;
		if (r->failures < FAILURES_MAX &&
			(view_begins(at, "{") || view_begins(at, "["))) {
			len = document_len(at, &holds);
			r->failures += len == 0;
		}
		if (!holds || len == 0)
			return rest;
		struct view document = view_of(at.data, len);
		tell_document(document, r->number, r->lines_max, r->out);
		r->number += (uint32_t)lines_count(document);
		rest = view_skip(at, len);
	}
}

void
unfold_json(struct view text, uint32_t lines_max, struct unfold *out)
{
	struct reading r = {.out = out, .lines_max = lines_max};
	struct view rest = text;
	struct view line;
	for (r.number = 1; r.number <= lines_max; r.number++) {
		struct view at = rest;
		if (!line_next(&rest, &line))
			return;
		if (may_begin(line)) {
			struct view behind = tell_documents(&r, at);
			bool told = behind.data != at.data;
			rest = told ? behind : rest;
			if (told && !line_next(&rest, &line))
				return;
			if (told && view_trim(line).len == 0)
				continue;
		}
		unfold_add(out, line, r.number);
	}
}
