/*
 * The shared sentences; see sentences.h.
 *
 * Each function fills the caller's room (WORDS_MAX) and cuts nothing but names; all
 * text from evidence is escaped by whoever writes it, not here.
 */
#include "report/sentences.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "model/verdict.h"

/* The words of a verdict's id, its segment in capitals. An id that nobody knows
 * reads as well as any. */
const char *
sentence_verdict(const char *verdict, char text[WORDS_MAX])
{
	static const struct {
		const char *id, *word;
	} segments[] = {
		{"syn-", "SYN "}, {"synack-", "SYN-ACK "}, {"ack-", "ACK "}};
	text[0] = '\0';
	for (size_t i = 0; i < sizeof segments / sizeof segments[0]; i++) {
		size_t len = strlen(segments[i].id);
		if (strncmp(verdict, segments[i].id, len) != 0)
			continue;
		words_append(text, "%s", segments[i].word);
		verdict += len;
		break;
	}
	size_t start = strlen(text);
	words_append(text, "%s", verdict);
	for (char *p = text + start; *p; p++)
		if (*p == '-')
			*p = ' ';
	/* The name of a segment within the words. */
	char *ack = strstr(text + start, " ack");
	if (ack && ack[4] == '\0')
		memcpy(ack, " ACK", 4);
	return text;
}

/* A clean attempt is its own example. */
bool
sentence_needs_example(const struct report_verdict *v)
{
	return v->first_attempt > 0 &&
		(v->failed > 0 ||
			strcmp(v->verdict, VERDICT_UNDETERMINED) == 0);
}

/* One word where all are as sure, else how many of each. */
const char *
sentence_sureness(const struct report_verdict *v, char text[WORDS_MAX])
{
	const struct {
		int64_t count;
		const char *word;
	} levels[] = {{v->certain, "certain"}, {v->likely, "likely"},
		{v->possible, "possible"}};
	text[0] = '\0';
	if (strcmp(v->verdict, VERDICT_UNDETERMINED) == 0)
		return text;
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		/* All of them are as sure: the number would only repeat the
		 * row's. */
		if (levels[i].count == v->count && v->count > 0)
			words_append(text, "%s", levels[i].word);
		else if (levels[i].count > 0)
			words_append(text, "%s%" PRId64 " %s",
				text[0] ? ", " : "", levels[i].count,
				levels[i].word);
	}
	return text;
}

/* Both are the rules' own words. */
const char *
sentence_where(const char *segment, const char *place, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (segment)
		words_append(text, "%s", segment);
	if (place)
		words_append(text, "%s%s", text[0] ? ", " : "", place);
	return text;
}

/* A file is named behind the last of its frames, so that those of one file
 * stand together. */
const char *
sentence_frames(const struct report *r, const struct report_view *v,
	char text[WORDS_MAX])
{
	const char *file = NULL;
	text[0] = '\0';
	if (v->frame_count == 0)
		words_append(text, "no frames");
	for (int i = 0; i < v->frame_count; i++) {
		int64_t frame = v->frames[i];
		const char *in = report_frame_file(r, v->vantage, &frame);
		if (i > 0 && in != file)
			words_append(text, " of %s", file);
		file = in;
		words_append(text, "%s%" PRId64,
			i > 0                        ? ", "
				: v->frame_count > 1 ? "frames "
						     : "frame ",
			frame);
	}
	if (file)
		words_append(text, " of %s", file);
	return text;
}

/* Exact seconds with microseconds, rounded half away from zero. */
static void
add_seconds(char text[WORDS_MAX], int64_t ns)
{
	uint64_t us = ((ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns) + 500) / 1000;
	words_append(text, "%" PRIu64 ".%06" PRIu64 " s", us / 1000000,
		us % 1000000);
}

/* Numbers are attempts' ids, the first and the last: between them may lie
 * others. */
const char *
sentence_missing(const struct report_missing *item, char text[WORDS_MAX])
{
	text[0] = '\0';
	words_append(text, "%s", item->detail);
	size_t len = strlen(text);
	if (len > 0 && text[len - 1] == '.')
		text[len - 1] = '\0';
	return text;
}

const char *
sentence_about(const struct report *r, const struct report_missing *item,
	char text[WORDS_MAX])
{
	char name[WORDS_MAX];
	const struct report_services *x = &r->services;
	text[0] = '\0';
	if (item->services == 0) {
		words_append(text, "%s reported failure%s",
			words_number(item->count, name),
			words_plural(item->count));
		return text;
	}
	words_append(text, "%s attempt%s", words_number(item->count, name),
		words_plural(item->count));
	if (item->services == 1) {
		for (int i = 0; i < x->count; i++)
			if (x->list[i].server == item->server &&
				x->list[i].port == item->port)
				words_append(text, " to %s",
					words_endpoint(x->list[i].ip,
						item->port, name));
	} else {
		words_append(text, " to %s services",
			words_number(item->services, name));
	}
	if (item->count == 1)
		words_append(text, ", number %" PRId64, item->first_attempt);
	else
		words_append(text, ", numbers %" PRId64 "%s%" PRId64,
			item->first_attempt,
			item->count == 2 ? " and " : " to ",
			item->last_attempt);
	return text;
}

/* A time that follows another one: without its date where that is the same. */
static const char *
time_behind(const char *from, const char *to)
{
	const char *day = strchr(from, 'T');
	size_t date = day ? (size_t)(day + 1 - from) : 0;
	return strncmp(from, to, date) == 0 ? to + date : to;
}

/* The times are on the reference clock, to the millisecond. */
const char *
sentence_overlap(const struct report *r, char text[WORDS_MAX])
{
	/* Without a moment that all captures cover, no segment can be missing
	 * at one end for sure: that is said as plainly as a time. */
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	text[0] = '\0';
	if (r->vantage_count == 0)
		return text;
	if (r->overlap_first_ns == CLOCK_UNKNOWN_NS) {
		words_append(text,
			r->vantage_count > 1
				? "No moment is covered by all captures."
				: "The capture is empty.");
		return text;
	}
	/* Before the call, for its arguments come in no order. */
	clock_format(r->overlap_first_ns, 3, from);
	clock_format(r->overlap_last_ns, 3, to);
	words_append(text, "%s %s to %s.",
		r->vantage_count > 1 ? "All captures cover"
				     : "The capture covers",
		from, time_behind(from, to));
	return text;
}

/* What is said of a clock rests on segments that were seen at both ends, and
 * says on how many; a statement of a person's that they contradict is told with
 * it. */
const char *
sentence_clock(const struct report *r, const struct report_vantage *v,
	char text[WORDS_MAX])
{
	text[0] = '\0';
	if (!v->clock_known) {
		words_append(text, "not compared with any other clock");
		return text;
	}
	/* Offsets are of this clock against the reference: ahead is positive.
	 * */
	if (strcmp(v->reference, v->name) == 0) {
		words_append(
			text, "the reference clock; every time here is on it");
		return text;
	}
	if (!v->offset_known) {
		words_append(text, "taken to agree with the clock of %s",
			v->reference);
	} else {
		add_seconds(text, v->offset_ns);
		words_append(text, " %s %s",
			v->offset_ns < 0 ? "behind" : "ahead of", v->reference);
		if (v->uncertainty_known) {
			words_append(text, ", +- ");
			add_seconds(text, v->uncertainty_ns);
		}
	}
	words_append(text, " (%s, from %" PRId64 " attempt%s seen at both)",
		v->method, v->pairs, words_plural(v->pairs));
	/* Which of the two clocks was set cannot be told from their difference.
	 * */
	for (size_t i = 0; i < r->step_count; i++)
		if (r->steps[i].vantage == v->id) {
			words_append(text, "; it or the reference was set by ");
			if (r->steps[i].by_ns < 0)
				words_append(text, "-");
			add_seconds(text, r->steps[i].by_ns);
		}
	if (v->contradicts) {
		words_append(text, "; case.yaml states ");
		if (v->stated_ns < 0)
			words_append(text, "-");
		add_seconds(text, v->stated_ns);
		words_append(text, ", which the packets contradict");
	}
	return text;
}

/* "" for what has neither, such as a settings file. */
const char *
sentence_volume(const struct report_source *s, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (s->packets >= 0)
		words_append(text, "%" PRId64 " packet%s", s->packets,
			words_plural(s->packets));
	else if (s->lines >= 0)
		words_append(text, "%" PRId64 " line%s", s->lines,
			words_plural(s->lines));
	return text;
}
