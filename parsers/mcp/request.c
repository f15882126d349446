/*
 * Token by token; what is not asked for is passed over, whatever it holds.
 */
#include "parsers/mcp/request.h"

#include <string.h>

#include "base/text.h"
#include "parsers/json/json.h"

/* Text that does not fit is none that is known here. */
static void
take_name(char name[MCP_NAME_MAX], struct view v)
{
	name[0] = '\0';
	if (v.len >= MCP_NAME_MAX)
		return;
	name[json_unescape(v, name)] = '\0';
}

static void
take_value(struct mcp_request *r, struct mcp_argument *a, enum json_token t,
	struct view v)
{
	a->kind = MCP_OTHER;
	if (t == JSON_STRING) {
		char *text = arena_take(&r->arena, v.len + 1);
		text[json_unescape(v, text)] = '\0';
		a->kind = MCP_TEXT;
		a->text = text;
	} else if (t == JSON_NUMBER &&
		number_read(v, 10, &a->number) == NUMBER_GOOD) {
		a->kind = MCP_INT;
	} else if (view_is(v, "true") || view_is(v, "false")) {
		a->kind = MCP_BOOL;
		a->number = view_is(v, "true");
	}
}

/* A member of the message itself. */
static void
on_message(struct mcp_request *r, const struct json *j, enum json_token t,
	bool *versioned)
{
	struct view key = json_key(j);
	if (view_is(key, "jsonrpc"))
		*versioned = t == JSON_STRING && view_is(j->value, "2.0");
	else if (view_is(key, "method") && t == JSON_STRING)
		take_name(r->method, j->value);
	else if (view_is(key, "id")) {
		r->has_id = true;
		take_value(r, &r->id, t, j->value);
	}
}

static void
on_params(struct mcp_request *r, const struct json *j, enum json_token t)
{
	if (view_is(json_key(j), "name") && t == JSON_STRING)
		take_name(r->tool, j->value);
	else if (view_is(json_key(j), "protocolVersion") && t == JSON_STRING)
		take_name(r->protocol, j->value);
}

static void
on_argument(struct mcp_request *r, const struct json *j, enum json_token t)
{
	if (r->arguments_count == MCP_ARGUMENTS_MAX) {
		r->error = MCP_INVALID_PARAMS;
		return;
	}
	struct mcp_argument *a = &r->arguments[r->arguments_count++];
	take_name(a->name, json_key(j));
	take_value(r, a, t, j->value);
}

static bool
is_arguments(const struct json *j)
{
	return j->depth == 3 && view_is(json_key_at(j, 1), "params") &&
		view_is(json_key_at(j, 2), "arguments");
}

/* An object or an array is no id. */
static void
on_odd_id(struct mcp_request *r)
{
	r->has_id = true;
	r->id.kind = MCP_OTHER;
}

static void
on_value(struct mcp_request *r, const struct json *j, enum json_token t,
	bool *versioned)
{
	if (j->depth == 1)
		on_message(r, j, t, versioned);
	else if (j->depth == 2 && view_is(json_key_at(j, 1), "params"))
		on_params(r, j, t);
	else if (is_arguments(j))
		on_argument(r, j, t);
}

void
mcp_request_read(struct mcp_request *r, struct view line)
{
	struct json j;
	bool versioned = false;
	enum json_token t;
	*r = (struct mcp_request){.error = MCP_FINE};
	json_open(&j, line);
	bool object = json_next(&j) == JSON_OPEN && j.open[1] == '{';
	while (object && j.depth > 0 && (t = json_next(&j)) != JSON_END) {
		if (t == JSON_STRING || t == JSON_NUMBER || t == JSON_WORD)
			on_value(r, &j, t, &versioned);
		else if (t == JSON_OPEN && j.depth == 2 &&
			view_is(json_key_at(&j, 1), "id"))
			on_odd_id(r);
	}
	if (j.trouble != JSON_FINE || (object && json_next(&j) != JSON_END)) {
		r->error = MCP_PARSE_ERROR;
		r->has_id = false;
	} else if (!object || !versioned || r->method[0] == '\0' ||
		(r->has_id && r->id.kind != MCP_TEXT &&
			r->id.kind != MCP_INT)) {
		r->error = MCP_INVALID_REQUEST;
	}
}

void
mcp_request_release(struct mcp_request *r)
{
	arena_release(&r->arena);
}
