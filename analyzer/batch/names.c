/*
 * Names of captures, taken apart from behind: packing, ending, piece, end, incident.
 *
 * Nothing is opened, and nothing but ASCII is given a meaning. A short word for an
 * end (c, s) counts only with its partner; who calls decides on that.
 */
#include "batch/names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SEPARATORS "-_. "

static const struct {
	const char *word;
	const char *role;
	bool full;
	/* full: a word that says its end by itself. The others are too short to be
 * believed without a partner. */
} ends[] = {
	{"client", "client", true},
	{"cli", "client", false},
	{"c", "client", false},
	{"server", "server", true},
	{"srv", "server", false},
	{"s", "server", false},
};

static const char *const packed[] = {".gz", ".zst", ".xz"};
static const char *const captures[] = {
	".pcapng", ".pcap", ".cap", ".snoop", ".dmp"};

/* Take a known ending off the name, in capitals or not; false when the name
 * does not end so. */
static bool
strip_suffix(const char *text, size_t *len, const char *suffix)
{
	size_t n = strlen(suffix);
	if (*len < n || strncasecmp(text + *len - n, suffix, n) != 0)
		return false;
	*len -= n;
	return true;
}

/* Take digits off the end, as in client2 or server-01. Says whether there were
 * any: a role with a number is a role still. */
static bool
strip_digits(const char *text, size_t *len)
{
	size_t n = *len;
	while (n > 0 && isdigit((unsigned char)text[n - 1]))
		n--;
	bool any = n < *len;
	*len = n;
	return any;
}

/* Length of the name without what says "a capture", or 0 when nothing does.
 * Pieces of a rotated one count behind it: .pcap3, .pcap.3 */
static size_t
stem_length(const char *file)
{
	size_t len = strlen(file);
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		if (strip_suffix(file, &len, packed[i]))
			break;
	if (strip_digits(file, &len) && len > 0 && file[len - 1] == '.')
		len--;
	for (size_t i = 0; i < sizeof captures / sizeof *captures; i++)
		if (strip_suffix(file, &len, captures[i]))
			return len;
	return 0;
}

bool
name_is_capture(const char *file)
{
	return stem_length(file) > 0;
}

static bool
is_separator(char c)
{
	return c != '\0' && strchr(SEPARATORS, c) != NULL;
}

/* Is this word one for an end? */
static bool
match_end(const char *word, size_t len, struct name_parts *parts)
{
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (strlen(ends[i].word) != len ||
			strncasecmp(ends[i].word, word, len) != 0)
			continue;
		parts->role = ends[i].role;
		parts->full_word = ends[i].full;
		return true;
	}
	return false;
}

/* The incident's name, cut to its bound: it is compared with others, and never
 * opened. */
static void
keep(struct name_parts *parts, const char *text, size_t len)
{
	if (len >= sizeof parts->incident)
		len = sizeof parts->incident - 1;
	memcpy(parts->incident, text, len);
	parts->incident[len] = '\0';
}

/* Does the name end with a role, as in incident-client? The rest is the
 * incident's name. A role alone names no incident. */
static bool
ends_with_end(const char *file, size_t len, struct name_parts *parts)
{
	size_t at = len;
	while (at > 0 && !is_separator(file[at - 1]))
		at--;
	if (at <= 1 || !match_end(file + at, len - at, parts))
		return false;
	keep(parts, file, at - 1);
	return true;
}

/* Does the name begin with a role, as in client-incident? The rest, which may
 * be nothing, is the incident's name. */
static bool
begins_with_end(const char *file, size_t len, struct name_parts *parts)
{
	size_t n = 0;
	while (n < len && !is_separator(file[n]))
		n++;
	if (!match_end(file, n, parts))
		return false;
	parts->leads = true;
	keep(parts, file + n + (n < len), len - n - (n < len));
	return true;
}

/* The end may stand behind the incident's name or before it, in that order of
 * trust; a name that says no end is all incident. */
void
name_split(const char *file, struct name_parts *parts)
{
	*parts = (struct name_parts){0};
	size_t len = stem_length(file);
	if (len == 0)
		len = strlen(file);
	if (ends_with_end(file, len, parts) ||
		begins_with_end(file, len, parts))
		return;
	/* The number of a piece may stand before the extension. */
	size_t shorter = len;
	if (strip_digits(file, &shorter) && shorter > 1 &&
		is_separator(file[shorter - 1]) &&
		ends_with_end(file, shorter - 1, parts))
		return;
	keep(parts, file, len);
}

/* By the name alone: what is in it is the analysis's business. */
bool
name_is_archive(const char *file)
{
	static const char *const endings[] = {".zip", ".7z", ".tar", ".cpio",
		".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".tar.gz", ".tar.bz2",
		".tar.xz", ".tar.zst", ".tar.lz4"};
	size_t len = strlen(file);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t n = strlen(endings[i]);
		if (len > n && strcasecmp(file + len - n, endings[i]) == 0)
			return true;
	}
	return false;
}

/* "client", "client-2" are parts of a case for sure; "client-checkout" may be
 * one, or a case of its own that is called so. */
enum folder_name
name_of_folder(const char *name)
{
	size_t n = strcspn(name, "-_./0123456789 ");
	bool client = n == 6 && strncmp(name, "client", n) == 0;
	bool server = n == 6 && strncmp(name, "server", n) == 0;
	if (strcmp(name, "network") == 0)
		return FOLDER_NETWORK;
	if (!client && !server)
		return FOLDER_OTHER;
	bool alone =
		strspn(name + n, SEPARATORS "0123456789") == strlen(name + n);
	if (client)
		return alone ? FOLDER_CLIENT : FOLDER_CLIENT_WORD;
	return alone ? FOLDER_SERVER : FOLDER_SERVER_WORD;
}

/* Only full words: "x-c.log" may be about anything. */
const char *
name_evidence_of(const char *file, const char *incident)
{
	struct name_parts parts = {0};
	size_t n = strlen(incident);
	if (n == 0 || strncmp(file, incident, n) != 0 || !is_separator(file[n]))
		return NULL;
	const char *word = file + n + 1;
	size_t len = strcspn(word, SEPARATORS);
	if (!match_end(word, len, &parts) || !parts.full_word)
		return NULL;
	return parts.role;
}
