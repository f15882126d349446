/*
 * The inside of a pattern set, for the files of this room only.
 */
#ifndef PARSERS_PATTERNS_SET_H
#define PARSERS_PATTERNS_SET_H

/* cite: pcre2api(3), 8-bit library */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/embedded.h"
#include "base/tree.h"
#include "parsers/patterns/fragments.h"
#include "parsers/patterns/literals.h"
#include "parsers/patterns/pattern.h"
#include "parsers/patterns/subject.h"

/* Words of `where` and `contains` in one pattern, those of fragments counted. */
#define PATTERN_WORDS_MAX 72

/* Bytes, not characters: no line is refused for its encoding. */
#define REGEX_OPTIONS                                         \
	(PCRE2_DUPNAMES | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | \
		PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY)

/* A code parser that a pattern can ask for with `parser:`. */
enum pattern_parser {
	PARSER_NONE,
	PARSER_NETFILTER,
	/* a firewall's fields, one for each enum firewall_action */
	PARSER_FIREWALL_SEEN,
	PARSER_FIREWALL_STOPPED,
	PARSER_FIREWALL_PASSED,
	PARSER_FIREWALL_UNANSWERED,
};

/* A line of `samples` or `rejects`. */
struct pattern_sample {
	struct view line;
	struct place at;
	const struct tree_node *fields; /* map of expected fields, or NULL */
	bool reject;
	struct pattern_sample *next;
};

struct pattern {
	struct pattern_facts facts;
	const char **where;    /* both in the set's arena */
	struct view *contains; /* PATTERN_WORDS_MAX of each at most */
	size_t where_count;
	size_t contains_count;
	enum pattern_parser parser;
	struct subject_rule subject;
	/* an address that the line's JSON object names is the event's */
	bool beside;
	const char *regex; /* NULL: the literal and the parser decide */
	/* those that are still to be put into the regex, when it is compiled */
	const struct fragment *fragments;
	_Atomic(pcre2_code *) code; /* NULL: not yet compiled; owned */
	struct pattern_sample *samples;
};

struct pattern_set {
	struct arena arena;               /* facts, samples, trees */
	struct pattern *patterns;         /* PATTERNS_MAX; owned */
	const struct fragment *fragments; /* in the arena */
	size_t count;
	size_t contains_count;          /* words of all patterns */
	pcre2_compile_context *compile; /* owned */
	/* Regexes are compiled when a line first needs them: most never are. */
	bool lazy;
	/* sealed: */
	struct literals *literals; /* owned */
	size_t literals_count;
	struct view *words; /* of the literals; owned */
	/* the same and how JSON writes them, for finding lines only; NULL: nobody
	   has asked yet; owned */
	_Atomic(struct literals *) escaped;
	/* words_of_patterns bits for each literal: who contains it; owned */
	uint64_t *users;
	size_t pattern_words; /* 64-bit words that hold a bit a pattern */
};

/* Number of the first literal that is no pattern's: "last message repeated". */
#define LITERAL_REPEATED "last message repeated "

/*
 * The pattern's regex, compiled; NULL when it has none. Any thread may ask, of
 * a sealed set too. In a set that is not lazy it is always there.
 */
pcre2_code *pattern_code(const struct pattern_set *set, struct pattern *p);

/* The words of a sealed set, and how JSON writes them. Any thread may ask. */
const struct literals *pattern_escaped(const struct pattern_set *set);

/* Add a file of ours as the build has read it, without its samples: tests have
 * found nothing wrong with it. */
void pattern_set_trust(struct pattern_set *set, const struct embedded *ours);

/* Does pattern i alone accept the record? */
bool pattern_try(struct pattern_matcher *m, size_t i,
	const struct log_record *record, struct log_event *event);

#endif
