/*
 * One attempt as an example: who, what it may have been where that is open, what each
 * end saw, and the display filter that shows its packets.
 *
 * Which attempts are shown is decided elsewhere; an id that is no attempt's prints
 * nothing.
 *
 *	  syn-dropped-by-server, certain (attempt 17)
 *	    192.0.2.10:40131 -> 198.51.100.20:80
 *	    first SYN 2026-11-21T00:37:25.812201Z, 2 retransmits, ended after 2.05 s
 *	    3 SYNs reached the server host, and no SYN-ACK ... left it.
 *	    client  frames 117, 121, 125
 *	    server  frames 117, 121, 125
 *	    ip.addr==192.0.2.10 && tcp.port==40131 && ...
 */
#include "report/text_sections.h"

#include "base/clock.h"
#include "model/verdict.h"

/* "nothing of it" is a finding too: the capture ran and did not see the
 * attempt. Vantages that kept nothing have no line. */
static void
write_view(struct text *t, const struct report *r, const struct report_view *v)
{
	char words[WORDS_MAX];
	text_add(t, "    %s", v->name);
	text_pad(t, 12);
	text_add(t, "%s",
		v->seen ? sentence_frames(r, v, words) : "nothing of it");
	text_end(t, 12, TEXT_PLAIN);
}

/* Faint and indented further than what it belongs to, so that it can be copied
 * by a line. */
static void
write_filter(struct text *t, const char *filter)
{
	text_add(t, "    %s", filter);
	text_end(t, 6, TEXT_FAINT);
}

/* The filters follow the ends they are for; when both ends know the attempt
 * by the same addresses, one does. */
static void
write_views(struct text *t, struct report *r, const struct report_attempt *a)
{
	char filter[REPORT_FILTER_MAX], pending[REPORT_FILTER_MAX] = "";
	struct report_view v;
	report_views_begin(r, a->id);
	while (report_view_next(r, &v)) {
		report_filter(a, &v, filter);
		if (pending[0] && strcmp(pending, filter) != 0)
			write_filter(t, pending);
		memcpy(pending, filter, sizeof pending);
		write_view(t, r, &v);
	}
	if (pending[0])
		write_filter(t, pending);
}

/* The attempt in four lines: the verdict, the ends, the times, the reason. */
static void
write_who(struct text *t, const struct report_attempt *a)
{
	char from[WORDS_MAX], to[WORDS_MAX], at[CLOCK_TEXT_MAX];
	char span[CLOCK_TEXT_MAX];
	bool open = strcmp(a->verdict, VERDICT_UNDETERMINED) == 0;
	text_add(t, "  %s", a->verdict);
	if (!open)
		text_add(t, ", %s", a->confidence);
	text_add(t, " (attempt %jd)", (intmax_t)a->id);
	text_end(t, 4, open ? TEXT_UNSURE : TEXT_BAD);
	text_add(t, "    %s -> %s",
		words_endpoint(a->client_ip, a->client_port, from),
		words_endpoint(a->server_ip, a->server_port, to));
	text_end(t, 6, TEXT_PLAIN);
	text_add(t, "    first SYN %s", clock_format(a->first_ns, 6, at));
	if (a->syn_retransmits > 0)
		text_add(t, ", %jd retransmit%s", (intmax_t)a->syn_retransmits,
			a->syn_retransmits == 1 ? "" : "s");
	if (a->duration_us > 0)
		text_add(t, ", ended after %s",
			clock_span(clock_of_us(a->duration_us), span));
	text_end(t, 6, TEXT_PLAIN);
	if (a->why) {
		text_add(t, "    ");
		text_prose(t, a->why);
		text_end(t, 4, TEXT_PLAIN);
	}
}

/* Only an undetermined attempt has any; for the others the line stays empty and
 * is not written. */
static void
write_candidates(
	struct text *t, struct report *r, const struct report_attempt *a)
{
	const char *candidate;
	int n = 0;
	report_list_begin(r, a->candidates);
	while (report_list_next(r, &candidate))
		text_add(t, "%s%s", n++ ? ", " : "    could be ", candidate);
	text_end(t, 6, TEXT_PLAIN);
}

/* The row's texts are used before the next query of its kind is begun. */
void
text_example(struct text *t, struct report *r, int64_t attempt)
{
	struct report_attempt a;
	report_begin_id(r, QUERY_ATTEMPT_ONE, attempt);
	if (!report_attempt_next(r, QUERY_ATTEMPT_ONE, &a))
		return;
	write_who(t, &a);
	write_candidates(t, r, &a);
	write_views(t, r, &a);
}
