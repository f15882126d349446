/*
 * The evidence of a finding as people read it: like lines are one with a count,
 * one message that several logs hold is one, what decides comes first.
 *
 * All of it, line by line, is in report.json.
 */
#ifndef REPORT_EVIDENCE_H
#define REPORT_EVIDENCE_H

#include "report/report_model.h"

/* Pieces of one finding that are told apart; more are only counted. */
#define EVIDENCE_GROUPS_MAX 48
/* Inputs of one piece that are named. */
#define EVIDENCE_SOURCES_MAX 4
/* Of one line, in bytes; longer ones are cut here and whole in report.json. */
#define EVIDENCE_TEXT_MAX 600

struct evidence_group {
	const char *weighs;           /* confirms, supports, contradicts */
	char text[EVIDENCE_TEXT_MAX]; /* the first, without its stamp of time */
	int64_t count;                /* like lines, in the input with most */
	struct {
		int64_t id;
		const char *name;
		bool is_capture;
		int64_t line; /* of the first; -1: none */
		int64_t count;
	} sources[EVIDENCE_SOURCES_MAX];
	int source_count;          /* 0: from no single input */
	int64_t first_ns, last_ns; /* or CLOCK_UNKNOWN_NS */
};

struct evidence {
	struct evidence_group groups[EVIDENCE_GROUPS_MAX];
	int count;
	int64_t more; /* lines beyond the groups */
};

/* Read the evidence of a finding; what weighs most and says most comes first.
 * Texts live as long as the report. */
void evidence_read(struct report *r, int64_t finding, struct evidence *e);

/* Append to text where something stands: "dmesg.txt:3", "capture.pcap frame 7",
 * "ticket.txt:447 (conntrack -S)" of a transcript's part. line -1: none. */
void evidence_stands(const char *source, int64_t line, bool is_capture,
	char text[WORDS_MAX]);

/* The same of all its inputs; "" when it has none. */
const char *evidence_place(
	const struct evidence_group *g, char text[WORDS_MAX]);

/* A line of a log without the stamp and host that it begins with. */
const char *evidence_words(const char *line);

#endif
