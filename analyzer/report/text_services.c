/*
 * The table of services on the terminal: what, how many, where, why, and the
 * evidence that decides.
 *
 *	Service, worst first                    Failed   Share   Slow From
 *	198.51.100.20:80                       4 of 20    20 %      0 192.0.2.10
 *	    SYN dropped by server, certain, since 2026-11-21T00:37:25Z
 *	    confirmed: connection tracking table full
 *	    server/dmesg.txt:1: 10 times: nf_conntrack: table full ...
 */
#include "report/text_sections.h"

#include "base/clock.h"
#include "report/service_words.h"

/* Rows; the page has more, report.json all. */
#define TEXT_SERVICES_MAX 5

/* Where a column begins or a number ends. */
enum { FAILED_AT = 46, SHARE_AT = 54, SLOW_AT = 61, FROM_AT = 63 };

/* The heads of the table, each over its column's right or left edge. */
static void
write_heads(struct text *t, bool slow)
{
	text_gap(t);
	text_add(t, "Service, worst first");
	text_pad(t, FAILED_AT - 6);
	text_add(t, "Failed");
	text_pad(t, SHARE_AT - 5);
	text_add(t, "Share");
	if (slow) {
		text_pad(t, SLOW_AT - 4);
		text_add(t, "Slow");
	}
	text_pad(t, FROM_AT);
	text_add(t, "From");
	text_end(t, 2, TEXT_HEADING);
}

/* Text that ends at column, or right behind what is there. */
static void
add_right(struct text *t, int column, const char *text)
{
	text_pad(t, column - (int)strlen(text));
	text_add(t, "%s", text);
}

/* A line below the row; none for an empty text. */
static void
write_detail(struct text *t, const char *text, enum text_style style)
{
	if (!text[0])
		return;
	text_add(t, "    ");
	text_prose(t, text);
	text_end(t, 6, style);
}

/* A service in up to four lines: figures, where, why, and the line that
 * decides. */
static void
write_row(struct text *t, struct report *r, const struct report_group *g,
	bool decided)
{
	char a[WORDS_MAX], b[WORDS_MAX], at[CLOCK_TEXT_MAX];
	const struct service_sum *x = &r->services.list[g->first];
	text_add(t, "%s", services_name(r, g, a));
	add_right(t, FAILED_AT, services_failed(g, a));
	add_right(t, SHARE_AT, services_share(g, a));
	if (r->services.slow > 0)
		text_number(t, SLOW_AT, g->slow);
	services_from(r, g, a);
	if (a[0]) {
		text_pad(t, FROM_AT);
		text_add(t, "%s", a);
	}
	text_end(t, 2,
		g->failed > 0              ? TEXT_BAD
			: g->undecided > 0 ? TEXT_UNSURE
					   : TEXT_PLAIN);
	services_where(r, g, a);
	if (a[0] && g->first_ns != CLOCK_UNKNOWN_NS)
		words_append(a, ", since %s", clock_format(g->first_ns, 0, at));
	write_detail(t, a, TEXT_PLAIN);
	write_detail(t, services_why(r, g, a), TEXT_PLAIN);
	if (!decided)
		return;
	services_evidence(r, x, a, b);
	if (!a[0])
		return;
	text_add(t, "    %s%s", b, b[0] ? ": " : "");
	text_line(t, a);
	text_end(t, 6, TEXT_FAINT);
}

/* Rows are groups of services that fail alike; what is beyond the first few is
 * summed up in one line. */
void
text_services(struct text *t, struct report *r)
{
	const struct report_services *x = &r->services;
	char a[WORDS_MAX], b[WORDS_MAX];
	int64_t failed = 0;
	int most = text_most(r, TEXT_SERVICES_MAX, 3, 2);
	if (!services_have_table(r))
		return;
	write_heads(t, x->slow > 0);
	for (int i = 0; i < x->group_count; i++) {
		if (i < most)
			write_row(
				t, r, &x->groups[i], i < SERVICES_DECIDED_MAX);
		else
			failed += x->groups[i].failed;
	}
	if (x->group_count > most) {
		text_add(t,
			"%s more with trouble, %s failed attempts: on the page",
			words_number(x->group_count - most, a),
			words_number(failed, b));
		text_end(t, 2, TEXT_FAINT);
	}
	services_others(r, a);
	if (a[0]) {
		text_add(t, "%s", a);
		text_end(t, 2, TEXT_PLAIN);
	}
}
