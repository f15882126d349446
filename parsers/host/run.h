/*
 * One run of a parser over one file: its lines, their accounting, and the way
 * records leave.
 *
 *	while (run_next(r)) {
 *		... r->line ...; run_claim(r) when it was understood
 *	}
 *
 * A line that nobody claims is "other". Parsers that read on after the last
 * line, or that stop early, are finished by host_parse.
 */
#ifndef PARSERS_HOST_RUN_H
#define PARSERS_HOST_RUN_H

#include "parsers/host/endpoint.h"
#include "parsers/host/host.h"
#include "parsers/host/scratch.h"
#include "base/text.h"

struct host_run {
	struct view whole;
	const char *name; /* of the file, never NULL */
	const struct host_sink *sink;
	struct host_result *result;
	struct view rest; /* lines not read yet */
	struct view line; /* the current one, without its end */
	size_t at;        /* its offset in the file */
	uint32_t number;  /* its number, from 1; stays at UINT32_MAX */
	bool open;        /* a line is current and not yet accounted for */
	bool claimed;
	/* a single line needs no end: /proc/sys, conntrack -C */
	bool bare;
	bool quoted;          /* JSON: a text's end shows */
	struct scratch scope; /* room for a scope that outlives a line */
	struct scratch text;  /* room for a name that is put together */
};

/* What a number among words may look like. */
enum value_flags {
	VALUE_COUNTER = 0, /* base 10, counts up: never negative */
	VALUE_GAUGE = 1,   /* a level: may be negative */
	VALUE_HEX = 2,     /* base 16 */
};

bool run_next(struct host_run *r);
/* The next line that is there whole and not blank; blank ones are claimed, a last
 * one without an end is noted and left. */
bool run_next_whole(struct host_run *r);
/* The current line was understood. */
static inline void
run_claim(struct host_run *r)
{
	r->claimed = true;
}
void run_note(struct host_run *r, enum anomaly a);
/* The line began like the format and could not be read: note it. */
void run_malformed(struct host_run *r);
/* Claims blank lines; true if this was one. */
bool run_blank(struct host_run *r);
/* Put all lines that begin before an offset on the account as understood. */
void run_claim_until(struct host_run *r, size_t at);
/* Account for all lines that are left. */
void run_finish(struct host_run *r);
/* Does v end where a file ends that lacks its last line end? */
bool run_is_cut(const struct host_run *r, struct view v);
/* Is the current line the last of a file and without an end? What stands at its
   end may be missing. */
bool run_line_is_cut(const struct host_run *r);

/*
 * May values be paired with their headings, one by one? Only if there are as
 * many, or if the end of the values was cut off; otherwise notes that the line
 * is malformed: nobody knows which column is missing.
 */
bool run_columns_fit(struct host_run *r, struct view names, struct view values);

void emit_counter(struct host_run *r, struct view scope, struct view name,
	int64_t value, bool gauge);
/*
 * The number written in word, if it is one. Notes and leaves out what is out of
 * range or may be cut. A gauge by flags or by host_gauges.def. True if word was
 * a number, even one that was left out.
 */
bool emit_value(struct host_run *r, struct view scope, struct view name,
	struct view word, unsigned flags);
void emit_setting(struct host_run *r, struct view scope, struct view name,
	struct view value);
void emit_socket(struct host_run *r, struct host_socket *s);
void emit_conntrack(struct host_run *r, struct host_conntrack *c);
void emit_drop(struct host_run *r, struct host_drop *d);
/* A count as printed: 12, 1130K, 4M; thousands are noted as rounded. False if it
 * is none, out of range or cut. */
bool run_count(struct host_run *r, struct view word, int64_t *out);
/* Text as a view; notes when it was cut. */
struct view run_text(struct host_run *r, const struct scratch *t);

#endif
