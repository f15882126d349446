/*
 * The shared sentences; see words.h.
 */
#include "report/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/clock.h"

static void add(char text[WORDS_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append; what does not fit is left out. */
static void
add(char text[WORDS_MAX], const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + used, WORDS_MAX - used, format, arguments);
	va_end(arguments);
}

const char *
words_verdict(const char *verdict, char text[WORDS_MAX])
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
		add(text, "%s", segments[i].word);
		verdict += len;
		break;
	}
	size_t start = strlen(text);
	add(text, "%s", verdict);
	for (char *p = text + start; *p; p++)
		if (*p == '-')
			*p = ' ';
	return text;
}

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

static void
add_target(const struct report *r, char text[WORDS_MAX])
{
	char endpoint[WORDS_MAX];
	if (!r->target_ip)
		return;
	words_endpoint(r->target_ip, r->target_port, endpoint);
	if (r->target_failed == r->failed)
		add(text, "%s to %s", r->failed == 1 ? "," : ", all of them",
			endpoint);
	else
		add(text, ", %" PRId64 " of them to %s", r->target_failed,
			endpoint);
}

const char *
words_conclusion(const struct report *r, char text[WORDS_MAX])
{
	text[0] = '\0';
	int64_t open = r->undetermined - r->undetermined_failed;
	if (r->attempts == 0) {
		add(text,
			"No TCP connection attempt was found in the "
			"evidence.");
		return text;
	}
	if (r->failed > 0) {
		add(text,
			"%" PRId64 " of %" PRId64 " connection attempt%s "
			"failed",
			r->failed, r->attempts, plural(r->attempts));
		add_target(r, text);
	} else if (open < r->attempts) {
		add(text, "None of %" PRId64 " connection attempt%s failed",
			r->attempts - open, plural(r->attempts - open));
	}
	if (open > 0)
		add(text,
			"%s%" PRId64 " attempt%s cannot be judged from this "
			"evidence",
			text[0] ? "; " : "", open, plural(open));
	add(text, ".");
	return text;
}

bool
words_needs_example(const struct report_verdict *v)
{
	return v->first_attempt > 0 &&
		(v->failed > 0 || strcmp(v->verdict, "undetermined") == 0);
}

static bool
is_decided(const struct report_verdict *v)
{
	return v->failed > 0 && strcmp(v->verdict, "undetermined") != 0;
}

/* What a place adds to a verdict's own words: "client->server". */
static const char *
place_detail(const char *place)
{
	const char *comma = place ? strstr(place, ", ") : NULL;
	return comma ? comma + 2 : NULL;
}

const char *
words_main_verdict(const struct report *r, char text[WORDS_MAX])
{
	char words[WORDS_MAX];
	text[0] = '\0';
	const struct report_verdict *most = NULL;
	int64_t decided = 0;
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		if (!is_decided(v))
			continue;
		decided += v->failed;
		if (!most || v->failed > most->failed)
			most = v;
	}
	if (most) {
		if (most->failed == r->failed)
			add(text,
				r->failed == 1 ? "What happened"
					       : "All of them");
		else
			add(text, "%" PRId64 " of them", most->failed);
		add(text, ": %s", words_verdict(most->verdict, words));
		if (place_detail(most->place))
			add(text, " (%s)", place_detail(most->place));
		add(text, ", %s.", words_sureness(most, words));
		if (decided > most->failed)
			add(text, " %" PRId64 " failed in other ways.",
				decided - most->failed);
	}
	if (r->undetermined_failed > 0)
		add(text, "%sFor %" PRId64 " the evidence does not say where.",
			text[0] ? " " : "", r->undetermined_failed);
	return text;
}

const char *
words_sureness(const struct report_verdict *v, char text[WORDS_MAX])
{
	const struct {
		int64_t count;
		const char *word;
	} levels[] = {{v->certain, "certain"}, {v->likely, "likely"},
		{v->possible, "possible"}};
	text[0] = '\0';
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		if (levels[i].count == v->count && v->count > 0)
			add(text, "%s", levels[i].word);
		else if (levels[i].count > 0)
			add(text, "%s%" PRId64 " %s", text[0] ? ", " : "",
				levels[i].count, levels[i].word);
	}
	return text;
}

const char *
words_where(const char *segment, const char *place, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (segment)
		add(text, "%s", segment);
	if (place)
		add(text, "%s%s", text[0] ? ", " : "", place);
	return text;
}

const char *
words_endpoint(const char *ip, int64_t port, char text[WORDS_MAX])
{
	bool v6 = strchr(ip, ':') != NULL;
	text[0] = '\0';
	add(text, "%s%s%s:%" PRId64, v6 ? "[" : "", ip, v6 ? "]" : "", port);
	return text;
}

const char *
words_frames(const struct report_view *v, char text[WORDS_MAX])
{
	text[0] = '\0';
	for (int i = 0; i < v->frame_count; i++)
		add(text, "%s%" PRId64, i > 0 ? ", " : "", v->frames[i]);
	if (v->frame_count == 0)
		add(text, "none");
	return text;
}

/* Exact seconds with microseconds, rounded half away from zero. */
static void
add_seconds(char text[WORDS_MAX], int64_t ns)
{
	uint64_t us = ((ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns) + 500) / 1000;
	add(text, "%" PRIu64 ".%06" PRIu64 " s", us / 1000000, us % 1000000);
}

const char *
words_clock(const struct report_vantage *v, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (!v->clock_known) {
		add(text, "not compared with any other clock");
		return text;
	}
	if (strcmp(v->reference, v->name) == 0) {
		add(text, "the reference clock; every time here is on it");
		return text;
	}
	if (!v->offset_known) {
		add(text, "offset to %s not known", v->reference);
	} else {
		add_seconds(text, v->offset_ns);
		add(text, " %s %s", v->offset_ns < 0 ? "behind" : "ahead of",
			v->reference);
		if (v->uncertainty_known) {
			add(text, ", +- ");
			add_seconds(text, v->uncertainty_ns);
		}
	}
	add(text, " (%s, from %" PRId64 " attempt%s seen at both)", v->method,
		v->pairs, plural(v->pairs));
	return text;
}

const char *
words_segment(const char *kind, bool *from_client)
{
	static const struct {
		const char *kind, *word;
		bool from_client;
	} kinds[] = {
		{"syn", "SYN", true},
		{"synack", "SYN-ACK", false},
		{"ack", "ACK", true},
		{"challenge", "bare ACK", false},
		{"rst_client", "RST", true},
		{"rst_server", "RST", false},
		{"icmp", "ICMP error", false},
		{"data_client", "data", true},
		{"data_server", "data", false},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kind, kinds[i].kind) == 0) {
			*from_client = kinds[i].from_client;
			return kinds[i].word;
		}
	*from_client = true;
	return kind;
}

const char *
words_volume(const struct report_source *s, char text[WORDS_MAX])
{
	text[0] = '\0';
	if (s->packets >= 0)
		add(text, "%" PRId64 " packet%s", s->packets,
			plural(s->packets));
	else if (s->lines >= 0)
		add(text, "%" PRId64 " line%s", s->lines, plural(s->lines));
	return text;
}
