/*
 * Which format a file is, and the way to its parser.
 *
 * Content decides. Among formats whose signature is there, the one that the
 * file's name speaks for wins, then the one that stands first in
 * host_parsers.def; a weak signature (a bare number) counts for nothing without
 * the name.
 */
#include "parsers/host/host.h"

#include <assert.h>

#include "parsers/host/formats.h"

/* Signature lines are looked for among this many lines that are not blank: a
   prompt, a banner or messages of the tool may stand before them. */
#define SIGNATURE_LINES 48

static const struct {
	const char *id;
	const char *meaning;
	enum host_match (*recognise)(struct view head);
	void (*parse)(struct host_run *r);
} formats[HOST_KIND_COUNT] = {
	[HOST_NONE] = {"none", "not host state", NULL, NULL},
#define X(constant, id, recognise, parse, meaning) \
	[HOST_##constant] = {id, meaning, recognise, parse},
#include "parsers/host/host_parsers.def"
#undef X
};

static const struct {
	enum host_kind kind;
	const char *part;
} names[] = {
#define X(constant, part) {HOST_##constant, part},
#include "parsers/host/host_names.def"
#undef X
};

enum host_match
head_has(struct view head, bool (*is)(struct view line))
{
	struct view line;
	unsigned seen = 0;
	while (seen < SIGNATURE_LINES && line_next(&head, &line)) {
		if (view_trim(line).len == 0)
			continue;
		if (is(line))
			return HOST_MATCH_YES;
		seen++;
	}
	return HOST_MATCH_NO;
}

static bool
name_speaks_for(enum host_kind kind, const char *name)
{
	if (name == NULL)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].kind == kind && strstr(name, names[i].part))
			return true;
	return false;
}

static int
score_of(enum host_kind kind, struct view head, const char *name)
{
	bool named = name_speaks_for(kind, name);
	switch (formats[kind].recognise(head)) {
	case HOST_MATCH_YES:
		return named ? 3 : 1;
	case HOST_MATCH_WEAK:
		return named ? 2 : 0;
	case HOST_MATCH_NO:
		break;
	}
	return 0;
}

/* Windows tools put a byte order mark before UTF-8. */
static size_t
mark_len(struct view v)
{
	return view_begins(v, "\xef\xbb\xbf") ? 3 : 0;
}

enum host_kind
host_recognise(struct view head, const char *name)
{
	enum host_kind best = HOST_NONE;
	int best_score = 0;

	/* Nothing is what nft prints where there are no rules; such a file is
	   known by its name alone. */
	if (head.len == 0)
		return name_speaks_for(HOST_NFT, name) ? HOST_NFT : HOST_NONE;
	head = view_skip(head, mark_len(head));
	head = view_first(head, HOST_HEAD_BYTES);
	for (int kind = HOST_NONE + 1; kind < HOST_KIND_COUNT; kind++) {
		int score = score_of((enum host_kind)kind, head, name);
		if (score > best_score) {
			best = (enum host_kind)kind;
			best_score = score;
		}
	}
	return best;
}

void
host_parse(enum host_kind kind, struct view whole, const char *name,
	const struct host_sink *sink, struct host_result *result)
{
	assert(kind < HOST_KIND_COUNT);
	*result = (struct host_result){0};
	if (whole.len == 0)
		whole = view_str(""); /* so that it points somewhere */
	struct host_run r = {
		.whole = whole,
		.name = name != NULL ? name : "",
		.sink = sink,
		.result = result,
		.rest = view_skip(whole, mark_len(whole)),
	};
	if (formats[kind].parse != NULL)
		formats[kind].parse(&r);
	run_finish(&r);
	assert(result->lines == result->recognised + result->other);
	bool silent = result->counters + result->settings + result->sockets +
			result->conntracks + result->drops ==
		0;
	r.at = 0;
	if (silent && result->recognised == 0 && kind != HOST_NONE)
		run_note(&r, ANOMALY_SNAPSHOT_NOTHING_READ);
}

const char *
host_kind_id(enum host_kind kind)
{
	assert(kind < HOST_KIND_COUNT);
	return formats[kind].id;
}

const char *
host_kind_meaning(enum host_kind kind)
{
	assert(kind < HOST_KIND_COUNT);
	return formats[kind].meaning;
}
