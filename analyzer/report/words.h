/*
 * The sentences that the page and the terminal share.
 *
 * Made from the model's figures and the verdicts' own words; nothing here knows
 * a verdict by name but `undetermined`.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "report/report_model.h"

/* Room for a sentence; longer ones are cut by names, which are capped. */
#define WORDS_MAX 1024

/* "syn-lost-in-network" as "SYN lost in network". */
const char *words_verdict(const char *verdict, char text[WORDS_MAX]);

/* How many failed, and where to. */
const char *words_conclusion(const struct report *r, char text[WORDS_MAX]);

/* What happened to most of them, how many more kinds there are, and how sure
 * that is; "" when nothing failed. */
const char *words_main_verdict(const struct report *r, char text[WORDS_MAX]);

/* The clock of a vantage in one sentence. */
const char *words_clock(const struct report_vantage *v, char text[WORDS_MAX]);

/* "6 certain, 2 likely"; "" when all counts are 0. */
const char *words_sureness(
	const struct report_verdict *v, char text[WORDS_MAX]);

/* "SYN, network, client->server"; "" when neither is known. */
const char *words_where(
	const char *segment, const char *place, char text[WORDS_MAX]);

/* "10.1.0.2:80", "[2001:db8::2]:80". */
const char *words_endpoint(const char *ip, int64_t port, char text[WORDS_MAX]);

/* "12, 40, 77"; "none" for none. */
const char *words_frames(const struct report_view *v, char text[WORDS_MAX]);

/* What a key of sighting.times stands for; unknown keys stand for themselves.
 * *from_client says which way the segment goes. */
const char *words_segment(const char *kind, bool *from_client);

/* "packets" or "lines" with their number, or "". */
const char *words_volume(const struct report_source *s, char text[WORDS_MAX]);

/* True when the model's kind of verdict is to be shown with an example. */
bool words_needs_example(const struct report_verdict *v);

#endif
