/*
 * Event patterns: which log messages mean something, as data.
 *
 * A pattern file is a YAML list; README.md beside the files is for those who
 * write them. A message becomes at most one event: that of the first pattern,
 * in the order in which files were added and patterns stand in them, whose
 * `where` allows the line, one of whose `contains` words is in the message and
 * whose regex (and parser) accepts it.
 *
 * A set is filled, sealed, and then read-only: threads may share it, each with
 * a matcher of its own. Nothing here reads files; the caller brings the text.
 *
 *	struct pattern_set *set = pattern_set_new();
 *	pattern_set_add(set, "my.yaml", text, &problems);    users' come first
 *	pattern_set_add_embedded(set, &problems);
 *	pattern_set_seal(set);
 *
 * Cost: about 5 ms to load our own files; a regex is compiled (up to 1 ms) when
 * a line first needs it.
 */
#ifndef PARSERS_PATTERNS_PATTERN_H
#define PARSERS_PATTERNS_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/problems.h"
#include "parsers/log/log.h"

/* Patterns in one set; several times what our own files have. */
#define PATTERNS_MAX 1024

/* Words of `contains` in one set, those of fragments counted each time; more
   than twice what our own files have. A file beyond it is refused. */
#define PATTERN_SET_WORDS_MAX 4096

/* Fields of one event; the named groups of one regex, at most. */
#define LOG_EVENT_FIELDS_MAX 24

/* Bytes of a message that regexes look at; longer ones are cut. No line of
   interest comes near it. */
#define PATTERN_SUBJECT_MAX ((size_t)16 * 1024)

/* What a person is told of a pattern; borrowed from the set. */
struct pattern_facts {
	const char *event; /* stable id, kebab-case */
	const char *meaning;
	const char *cite;    /* where the wording comes from */
	const char *caution; /* what it does not prove; "" where nothing */
	const char *file;    /* as given to pattern_set_add */
	struct place at;
	/* the number of lines is a lower bound of what happened */
	bool floor;
};

struct log_field {
	const char *name; /* of the group; static in the set */
	struct view value;
};

/* The groups that have a column of their own in the store. */
#define EVENT_SRC 0x01u /* our own bits of log_event.has */
#define EVENT_DST 0x02u
#define EVENT_SPORT 0x04u
#define EVENT_DPORT 0x08u
#define EVENT_PROTOCOL 0x10u
#define EVENT_IP_ID 0x20u
#define EVENT_SEQ 0x40u

struct log_event {
	const struct pattern_facts *pattern;
	const struct log_record *record;
	/* how many the line stands for: repeats times a "count" field; >= 1 */
	uint64_t count;
	struct ip_addr src, dst;
	uint32_t seq;
	uint16_t sport, dport, ip_id;
	uint8_t protocol; /* IP protocol number */
	uint8_t has;      /* EVENT_* */
	uint8_t fields_count;
	/* every group that took part, the ones above included */
	struct log_field fields[LOG_EVENT_FIELDS_MAX];
};

struct pattern_set;
struct pattern_matcher;

/* Without a pattern; our fragments ({{timed-out}}) are in it already. */
struct pattern_set *pattern_set_new(void);
void pattern_set_free(struct pattern_set *set);

/*
 * Add the patterns of one file. False, with every problem added to problems,
 * when any is bad: then the set is of no use but to find more problems. text
 * and file are not needed afterwards.
 */
bool pattern_set_add(struct pattern_set *set, const char *file,
	struct view text, struct problems *problems);

/* The files that travel inside the program. */
bool pattern_set_add_embedded(
	struct pattern_set *set, struct problems *problems);

/* Those files alone, sealed; tests prove that none is bad. Free with
 * pattern_set_free. */
struct pattern_set *pattern_set_ours(void);

/* No more are added: build what matching needs. */
void pattern_set_seal(struct pattern_set *set);

/*
 * Hold the first count patterns of a sealed set against their own samples and
 * rejects, as whole lines through the envelope parsers. False, with every
 * problem listed.
 */
bool pattern_set_check(
	const struct pattern_set *set, size_t count, struct problems *problems);

size_t pattern_set_count(const struct pattern_set *set);
const struct pattern_facts *pattern_facts_at(
	const struct pattern_set *set, size_t i);

/* The event of that name's first pattern, or NULL. */
const struct pattern_facts *pattern_facts_find(
	const struct pattern_set *set, const char *event);

/* For one thread; set must be sealed and outlive it. */
struct pattern_matcher *pattern_matcher_new(const struct pattern_set *set);
void pattern_matcher_free(struct pattern_matcher *m);

/*
 * The event of a record, or false. Records are brought in their order: what one
 * names, others below it may be about (pattern_matcher_remembers). event's views point into the record's
 * message or into the matcher, until the next call.
 */
bool pattern_match(struct pattern_matcher *m, const struct log_record *record,
	struct log_event *event);

/* Before the first record: the command that printed them names whom it tries. */
void pattern_match_command(struct pattern_matcher *m, const char *command);

/* Is the next record needed, whatever its words are? A line above names what it
   may be about. */
bool pattern_matcher_remembers(const struct pattern_matcher *m);

/* Regexes given up at a limit (a hostile line or a bad pattern), so far. */
uint64_t pattern_matcher_limits(const struct pattern_matcher *m);

#endif
