/*
 * The bracket counter behind json_scan.h.
 */
#include "parsers/flow/json_scan.h"

/* Members whose arrays hold elements; documented in the parsers that read
   them. */
static const char *const containers[] = {
	"records",   /* Azure, azure.c */
	"events",    /* aws logs filter-log-events, get-log-events */
	"logEvents", /* CloudWatch Logs subscription */
	"results",   /* aws logs get-query-results */
	"entries",   /* Google Cloud entries.list */
	"flow_logs", /* IBM Cloud, named_json.c */
};

static bool
names_container(struct view key)
{
	for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++)
		if (view_is(key, containers[i]))
			return true;
	return false;
}

static bool
in_object(const struct json_scan *s)
{
	return s->depth > 0 && (s->objects >> (s->depth - 1) & 1) != 0;
}

/* A byte of a string; false for one that no string may hold. */
static bool
string_byte(struct json_scan *s, struct view window, uint8_t c)
{
	if (c == '\n')
		return false;
	if (s->escaped) {
		s->escaped = false;
	} else if (c == '\\') {
		s->escaped = true;
	} else if (c == '"') {
		bool key = s->before == '{' || s->before == ',';
		s->in_string = false;
		if (!s->skipping && s->depth == 1 && key)
			s->container_key = names_container(
				view_of(window.data + s->string_at,
					s->at - s->string_at));
		s->before = 'v';
	}
	return true;
}

/* May a value that is an array or object stand here? */
static bool
value_allowed(const struct json_scan *s)
{
	if (s->depth == 0)
		return s->before == 0;
	if (in_object(s))
		return s->before == ':';
	return s->before == '[' || s->before == ',';
}

static bool
bracket_open(struct json_scan *s, uint8_t c)
{
	if (s->depth == JSON_DEPTH_MAX || !value_allowed(s))
		return false;
	uint64_t bit = UINT64_C(1) << s->depth++;
	s->objects = c == '{' ? s->objects | bit : s->objects & ~bit;
	s->before = c;
	return true;
}

static bool
bracket_close(struct json_scan *s, uint8_t c)
{
	if (s->depth == 0 || in_object(s) != (c == '}'))
		return false;
	s->depth--;
	s->before = 'v';
	return true;
}

/* A byte outside strings; false where a bracket cannot stand. */
static bool
plain_byte(struct json_scan *s, uint8_t c)
{
	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return true;
	case '"':
		s->in_string = true;
		s->string_at = s->at + 1;
		return true;
	case '{':
	case '[':
		s->values++;
		return bracket_open(s, c);
	case '}':
	case ']':
		return bracket_close(s, c);
	case ',':
		s->values++;
		s->container_key &= s->depth != 1;
		break;
	case ':':
		break;
	default:
		c = 'v';
		break;
	}
	s->before = c;
	return true;
}

/* Steps until something happens or limit bytes have been looked at. */
static enum json_step
scan(struct json_scan *s, struct view window, size_t limit)
{
	while (s->at < limit) {
		uint8_t c = window.data[s->at];
		if (s->in_string) {
			if (!string_byte(s, window, c))
				return JSON_STEP_DAMAGED;
			s->at++;
			continue;
		}
		bool enter = c == '[' && s->container_key && s->depth == 1 &&
			s->before == ':';
		if (!plain_byte(s, c))
			return JSON_STEP_DAMAGED;
		s->at++;
		if (enter && !s->skipping)
			return JSON_STEP_CONTAINER;
		if (s->depth == 0)
			return JSON_STEP_ELEMENT;
		if (s->values > JSON_VALUES_MAX && !s->skipping)
			return JSON_STEP_LONG;
	}
	return JSON_STEP_MORE;
}

enum json_step
json_scan_element(struct json_scan *s, struct view window)
{
	size_t limit =
		window.len < FLOW_ELEMENT_MAX ? window.len : FLOW_ELEMENT_MAX;
	enum json_step step = scan(s, window, limit);
	if (step == JSON_STEP_MORE && window.len > FLOW_ELEMENT_MAX)
		return JSON_STEP_LONG;
	return step;
}

enum json_step
json_scan_skip(struct json_scan *s, struct view window)
{
	s->skipping = true;
	return scan(s, window, window.len);
}

static void
hunt_string(struct json_hunt *h, uint8_t c)
{
	if (c == '\n' || (c == '"' && !h->escaped))
		h->in_string = false;
	h->escaped = c == '\\' && !h->escaped;
}

/* A byte between elements; true when it belongs to no JSON document. */
static bool
hunt_byte(struct json_hunt *h, uint8_t c)
{
	switch (c) {
	case '[':
		h->open++;
		return false;
	case ']':
	case '}':
		h->open -= h->open > 0;
		return false;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ',':
		return false;
	case '"':
		h->in_string = true;
		h->escaped = false;
		break;
	default:
		break;
	}
	return h->open == 0;
}

size_t
json_hunt_next(struct json_hunt *h, struct view window, bool *garbage)
{
	*garbage = false;
	for (size_t i = 0; i < window.len; i++) {
		uint8_t c = window.data[i];
		if (h->in_string) {
			hunt_string(h, c);
			continue;
		}
		if (c == '{')
			return i;
		if (hunt_byte(h, c) && !h->garbage) {
			h->garbage = true;
			*garbage = true;
			return i + 1;
		}
	}
	return window.len;
}
