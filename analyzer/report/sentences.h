/*
 * The sentences that the page and the terminal share.
 *
 * Made from the model's figures and the words that a verdict's rule has for it;
 * a verdict without such words is told by its name.
 */
#ifndef REPORT_SENTENCES_H
#define REPORT_SENTENCES_H

#include "render/words.h"
#include "report/report_model.h"

/* "syn-lost-in-network" as "SYN lost in network". */
const char *sentence_verdict(const char *verdict, char text[WORDS_MAX]);

/* The verdict in one sentence: how many failed, where to, and what happened to
 * most of them, in plain words. */
const char *sentence_conclusion(struct report *r, char text[WORDS_MAX]);

/* "4 attempts and 312 reported failures". */
const char *sentence_explains(
	int64_t attempts, int64_t reported, char text[WORDS_MAX]);

/* Who tells of how many failed connects, and when; rank 0 the one who tells of
 * most; "" beyond the last. */
const char *sentence_reported(struct report *r, int rank, char text[WORDS_MAX]);

/* What the conclusion leaves of the reported failures, sentence i: who else tells
 * of them, and what happened as far as such evidence says; "" behind the last. */
const char *sentence_told(struct report *r, int i, char text[WORDS_MAX]);

/* Why, when a finding says so with some confidence; else "". */
const char *sentence_cause(const struct report *r, char text[WORDS_MAX]);

/* Where to look for the cause of the commonest failure (rank 0), the next one
 * and so on, when no finding names it; "" when there is none, or when its
 * verdict is not known here. */
const char *sentence_look_next(
	const struct report *r, int rank, char text[WORDS_MAX]);

/* What happened to most of them, how many more kinds there are, and how sure
 * that is; "" when nothing failed. */
const char *sentence_main_verdict(struct report *r, char text[WORDS_MAX]);

/* Append ": SYN dropped by server or SYN-ACK lost in network", of a list of
 * verdicts as the database has it, where they are few enough to be an answer. */
void sentence_candidates(
	struct report *r, const char *candidates, char text[WORDS_MAX]);

/* What time all captures have in common; "" when there is no capture. */
const char *sentence_overlap(const struct report *r, char text[WORDS_MAX]);

/* The clock of a vantage in one sentence. */
const char *sentence_clock(const struct report *r,
	const struct report_vantage *v, char text[WORDS_MAX]);

/* "6 certain, 2 likely"; "" for undetermined ones. */
const char *sentence_sureness(
	const struct report_verdict *v, char text[WORDS_MAX]);

/* "SYN, network, client->server"; "" when neither is known. */
const char *sentence_where(
	const char *segment, const char *place, char text[WORDS_MAX]);

/* "frames 12, 40, 77", "no frames"; where the vantage has several files,
 * "frames 12, 40 of a.pcap0, 3 of a.pcap1". */
const char *sentence_frames(const struct report *r, const struct report_view *v,
	char text[WORDS_MAX]);

/* "packets" or "lines" with their number, or "". */
const char *sentence_volume(
	const struct report_source *s, char text[WORDS_MAX]);

/* What is missing, without its full stop: what it is about follows. */
const char *sentence_missing(
	const struct report_missing *item, char text[WORDS_MAX]);
/* "2 attempts to 198.51.100.20:443, numbers 7 and 8": what an item of
 * QUERY_MISSING is about. */
const char *sentence_about(const struct report *r,
	const struct report_missing *item, char text[WORDS_MAX]);

/* True when the model's kind of verdict is to be shown with an example. */
bool sentence_needs_example(const struct report_verdict *v);

#endif
