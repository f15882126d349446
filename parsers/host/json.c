/*
 * JSON, token by token, over borrowed bytes. See json.h.
 *
 * spec: RFC 8259. Commas and colons are not insisted on where the meaning is
 * plain: this reads evidence, it does not judge its writer.
 */
#include "parsers/host/json.h"

struct json
json_open(struct host_run *r)
{
	struct json j = {.run = r, .text = r->whole};
	r->quoted = true;
	j.at = r->whole.len - r->rest.len; /* behind a byte order mark */
	return j;
}

struct json
json_within(const struct json *j, struct view part)
{
	return (struct json){
		.run = j->run, .text = part, .counted = TEXT_NOWHERE};
}

struct view
json_key_at(const struct json *j, unsigned depth)
{
	if (depth > JSON_DEPTH_MAX || j->open[depth] != '{')
		return view_str("");
	return j->key[depth];
}

struct view
json_key(const struct json *j)
{
	return json_key_at(j, j->depth);
}

static void
stop(struct json *j, enum anomaly a)
{
	if (!j->stopped) {
		const uint8_t *here = j->text.data + j->at;
		j->run->at = (size_t)(here - j->run->whole.data);
		run_note(j->run, a);
	}
	j->stopped = true;
}

/* Number the line of what was just read. */
static void
count_lines(struct json *j)
{
	if (j->counted == TEXT_NOWHERE)
		return;
	run_claim_until(j->run, j->at + 1);
	j->counted = j->at;
}

static void
skip_space(struct json *j)
{
	while (j->at < j->text.len) {
		uint8_t c = j->text.data[j->at];
		/* 0x1e: record separator of RFC 7464. */
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r' &&
			c != ',' && c != 0x1e)
			break;
		j->at++;
	}
}

/* At the opening quote. */
static bool
string_read(struct json *j)
{
	size_t first = ++j->at;
	while (j->at < j->text.len && j->text.data[j->at] != '"') {
		if (j->text.data[j->at] == '\\')
			j->at++;
		j->at++;
	}
	if (j->at >= j->text.len) {
		j->at = j->text.len;
		return false;
	}
	j->value = view_of(j->text.data + first, j->at - first);
	j->at++;
	return true;
}

static enum json_token
bare_read(struct json *j)
{
	size_t first = j->at;
	while (j->at < j->text.len) {
		uint8_t c = j->text.data[j->at];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '+' || c == '.' || c == 'E';
		if (!word)
			break;
		j->at++;
	}
	j->value = view_of(j->text.data + first, j->at - first);
	if (j->value.len == 0) {
		stop(j, ANOMALY_SNAPSHOT_MALFORMED);
		return JSON_END;
	}
	uint8_t c = j->value.data[0];
	return c == '-' || (c >= '0' && c <= '9') ? JSON_NUMBER : JSON_WORD;
}

static enum json_token
bracket_open(struct json *j, uint8_t c)
{
	if (j->depth == JSON_DEPTH_MAX) {
		stop(j, ANOMALY_SNAPSHOT_NESTED);
		return JSON_END;
	}
	j->depth++;
	j->open[j->depth] = c;
	j->key[j->depth] = view_str("");
	j->at++;
	return JSON_OPEN;
}

static enum json_token
bracket_close(struct json *j, uint8_t c)
{
	if (j->depth == 0 || j->open[j->depth] != (c == '}' ? '{' : '[')) {
		stop(j, ANOMALY_SNAPSHOT_MALFORMED);
		return JSON_END;
	}
	j->depth--;
	j->at++;
	return JSON_CLOSE;
}

/*
 * A string came. In an object it is the value of the key before it, or the next
 * key, which a colon follows; false where the colon is missing.
 */
static bool
key_read(struct json *j)
{
	skip_space(j);
	if (j->at >= j->text.len || j->text.data[j->at] != ':') {
		stop(j,
			j->at >= j->text.len ? ANOMALY_SNAPSHOT_CUT
					     : ANOMALY_SNAPSHOT_MALFORMED);
		return false;
	}
	j->key[j->depth] = j->value;
	j->keyed = true;
	j->at++;
	return true;
}

/* One token; JSON_END also behind a key, when j->keyed tells to go on. */
static enum json_token
token_read(struct json *j)
{
	uint8_t c = j->text.data[j->at];
	bool value = j->keyed || j->depth == 0 || j->open[j->depth] == '[';
	j->keyed = false;
	if (c == '{' || c == '[')
		return bracket_open(j, c);
	if (c == '}' || c == ']')
		return bracket_close(j, c);
	if (c != '"')
		return bare_read(j);
	if (!string_read(j)) {
		stop(j, ANOMALY_SNAPSHOT_CUT);
		return JSON_END;
	}
	if (value)
		return JSON_STRING;
	key_read(j);
	return JSON_END;
}

enum json_token
json_next(struct json *j)
{
	while (!j->stopped) {
		skip_space(j);
		if (j->at >= j->text.len) {
			if (j->depth > 0)
				stop(j, ANOMALY_SNAPSHOT_CUT);
			return JSON_END;
		}
		count_lines(j);
		enum json_token t = token_read(j);
		if (!j->keyed)
			return t;
	}
	return JSON_END;
}

struct view
json_skip(struct json *j)
{
	size_t first = j->at - 1;
	unsigned outside = j->depth - 1;
	while (j->depth > outside && json_next(j) != JSON_END)
		continue;
	return view_of(j->text.data + first, j->at - first);
}

/* Lines that begin before the place where reading ended were understood; the
   one with the trouble was not, unless the file simply ends there. */
void
json_close(struct json *j)
{
	run_claim_until(j->run, j->at);
	if (j->stopped)
		j->run->claimed = false;
}
