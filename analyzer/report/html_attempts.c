/*
 * The attempts, by verdict: one line each, its ladder inside. The first one of
 * every verdict that is no success stands open.
 *
 * At most OVERVIEW_CHOSEN_MAX, chosen so that every verdict is represented
 * before any fills the page.
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"
#include "model/verdict.h"

/* One attempt, folded to a line: who, when, how sure, and the sentence. Its id
 * is what links lead to; the numbers beside it are what the script sorts by. */
static void
write_attempt(struct page *page, const struct report_attempt *a, bool open)
{
	char from[WORDS_MAX], to[WORDS_MAX], at[CLOCK_TEXT_MAX];
	html_add(page->html,
		"<details class=\"attempt\" id=\"attempt-%jd\" data-n=\"%jd\" "
		"data-d=\"%jd\" data-r=\"%jd\"%s>\n<summary>"
		"<span class=\"row\"><span class=\"mono\">%s &rarr; %s</span>"
		"<time class=\"faint\">%s</time>",
		(intmax_t)a->id, (intmax_t)a->id, (intmax_t)a->duration_us,
		(intmax_t)a->syn_retransmits, open ? " open" : "",
		words_endpoint(a->client_ip, a->client_port, from),
		words_endpoint(a->server_ip, a->server_port, to),
		clock_format(a->first_ns, 6, at));
	if (strcmp(a->verdict, VERDICT_UNDETERMINED) != 0)
		html_badge(page->html, a->confidence);
	html_add(page->html, "<span class=\"faint\">attempt %jd</span>",
		(intmax_t)a->id);
	if (a->why)
		html_add(page->html, "<span class=\"why\"><bdi>%s</bdi></span>",
			a->why);
	html_add(page->html, "</span></summary>\n<div>\n");
	html_attempt_detail(page, a);
	html_add(page->html, "</div>\n</details>\n");
}

/* The attempts of verdict row k among the chosen; how many. Each is a query of
 * its own by its id: there are at most OVERVIEW_CHOSEN_MAX on a page. */
static int64_t
write_kind(struct page *page, int k, bool open)
{
	struct report_attempt a;
	const struct overview *o = page->overview;
	int64_t written = 0;
	for (int i = 0; i < o->chosen_count; i++) {
		if (o->chosen[i].verdict != k)
			continue;
		report_begin_id(page->r, QUERY_ATTEMPT_ONE, o->chosen[i].id);
		if (!report_attempt_next(page->r, QUERY_ATTEMPT_ONE, &a))
			return written;
		write_attempt(page, &a, open && written == 0);
		written++;
	}
	return written;
}

/* The attempts of one verdict. What the bound leaves out is counted, with where
 * it is. */
static void
write_group(struct page *page, int k)
{
	const struct report_verdict *v = &page->r->verdicts[k];
	char number[WORDS_MAX], words[WORDS_MAX];
	int64_t all = v->count - v->clean;
	if (all == 0)
		return;
	bool open_kind = strcmp(v->verdict, VERDICT_UNDETERMINED) == 0;
	html_add(page->html,
		"<h3 class=\"kind %s\">%s <span class=\"faint\">%s "
		"attempt%s%s%s</span></h3>\n",
		open_kind           ? "open"
			: v->failed ? "failed"
				    : "plain",
		sentence_verdict(v->verdict, words), words_number(all, number),
		all == 1 ? "" : "s", v->place ? "; " : "",
		v->place ? v->place : "");
	int64_t written = write_kind(page, k, v->failed > 0 || open_kind);
	if (written < all)
		html_add(page->html,
			"<p class=\"faint\">The first %jd of %s; the others "
			"are in report.json and evidence.sqlite.</p>\n",
			(intmax_t)written, words_number(all, number));
}

/* In the model's order of verdicts: failures first, then what is open, then the
 * rest. */
void
html_attempts(struct page *page)
{
	struct report *r = page->r;
	char number[WORDS_MAX];
	if (r->attempts == r->clean)
		html_add(page->html,
			"<p>Every attempt completed its handshake at once."
			"</p>\n");
	for (size_t i = 0; i < r->verdict_count; i++)
		write_group(page, (int)i);
	if (r->clean > 0)
		html_add(page->html,
			"<p class=\"faint\">%s clean attempt%s not "
			"listed.</p>\n",
			words_number(r->clean, number),
			r->clean == 1 ? " is" : "s are");
}
