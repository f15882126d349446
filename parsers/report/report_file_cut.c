/*
 * Leaving the attempts out: everything between the brackets of the top level's
 * "attempts".
 *
 * A state machine over the bytes with one counter of depth: no recursion, no
 * memory. It knows strings, escapes and brackets and nothing else of JSON;
 * jansson judges what is left. What is cut out is never looked at again.
 *
 * spec: RFC 8259 section 2 (structure), section 7 (strings)
 */
#include "parsers/report/report_file.h"

#include <string.h>

static const char attempts_key[] = "attempts";

/* Behind the string that begins at text[at]; len when it does not end. */
static size_t
string_end(const char *text, size_t len, size_t at)
{
	for (at++; at < len && text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at < len ? at + 1 : len;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Is the string at text[from .. to) the key of the list, and where does its
 * bracket open? 0: it is not. Bracket 0 of a report is its first byte. */
static size_t
list_after(const char *text, size_t len, size_t from, size_t to)
{
	if (to - from != sizeof attempts_key + 1 ||
		memcmp(text + from + 1, attempts_key,
			sizeof attempts_key - 1) != 0)
		return 0;
	while (to < len && is_blank(text[to]))
		to++;
	if (to >= len || text[to] != ':')
		return 0;
	for (to++; to < len && is_blank(text[to]);)
		to++;
	return to < len && text[to] == '[' ? to : 0;
}

/* The bracket that closes the one at text[at]; len when there is none. */
static size_t
list_end(const char *text, size_t len, size_t at)
{
	int depth = 0;
	while (at < len) {
		if (text[at] == '"') {
			at = string_end(text, len, at);
			continue;
		}
		if (text[at] == '[' || text[at] == '{')
			depth++;
		if (depth > REPORT_FILE_DEPTH_MAX)
			return len;
		if ((text[at] == ']' || text[at] == '}') && --depth == 0)
			return at;
		at++;
	}
	return len;
}

bool
report_file_cut(char *text, size_t *len)
{
	int depth = 0;
	size_t at = 0;
	while (at < *len) {
		if (text[at] == '"') {
			size_t end = string_end(text, *len, at);
			size_t open = depth == 1
				? list_after(text, *len, at, end)
				: 0;
			at = open > 0 ? open : end;
			if (open == 0)
				continue;
			size_t close = list_end(text, *len, open);
			if (close == *len)
				return false;
			memmove(text + open + 1, text + close, *len - close);
			*len -= close - open - 1;
			at = open + 2;
			continue;
		}
		depth += (text[at] == '[' || text[at] == '{') -
			(text[at] == ']' || text[at] == '}');
		if (depth < 0 || depth > REPORT_FILE_DEPTH_MAX)
			return false;
		at++;
	}
	return depth == 0;
}
