/*
 * The attempts, folded: one line each, what each end saw inside.
 *
 * At most HTML_ATTEMPTS_MAX, chosen so that every verdict is represented
 * before any fills the page; in the order of their ids.
 */
#include "report/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* The largest quota for each kind with which all fit the page. */
static int64_t
quota_find(const struct report *r)
{
	int64_t low = 1, high = HTML_ATTEMPTS_MAX;
	while (low < high) {
		int64_t quota = (low + high + 1) / 2, sum = 0;
		for (size_t i = 0; i < r->verdict_count; i++) {
			int64_t n = r->verdicts[i].count - r->verdicts[i].clean;
			sum += n < quota ? n : quota;
		}
		if (sum <= HTML_ATTEMPTS_MAX)
			low = quota;
		else
			high = quota - 1;
	}
	return low;
}

static bool
same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Use up one place of the attempt's kind; false when none is left. */
static bool
place_take(
	const struct report *r, int64_t *left, const struct report_attempt *a)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		if (same(v->verdict, a->verdict) &&
			same(v->segment, a->segment) &&
			same(v->place, a->place))
			return left[i]-- > 0;
	}
	return false;
}

static const char *
tone(const struct report_attempt *a)
{
	if (strcmp(a->verdict, "undetermined") == 0)
		return "open";
	return a->failed ? "failed" : "plain";
}

static void
write_attempt(struct html *h, const struct report_attempt *a)
{
	char from[WORDS_MAX], to[WORDS_MAX], at[CLOCK_TEXT_MAX];
	html_add(h,
		"<details class=\"attempt\" id=\"attempt-%jd\">\n<summary>"
		"<span class=\"row\"><span class=\"who %s\">%s</span>",
		(intmax_t)a->id, tone(a), a->verdict);
	html_badge(h, a->confidence);
	html_add(h,
		"<span class=\"mono\">%s &rarr; %s</span>"
		"<time class=\"faint\">%s</time>"
		"<span class=\"faint\">#%jd</span>",
		words_endpoint(a->client_ip, a->client_port, from),
		words_endpoint(a->server_ip, a->server_port, to),
		clock_format(a->first_ns, 6, at), (intmax_t)a->id);
	if (a->why)
		html_add(h, "<span class=\"why\"><bdi>%s</bdi></span>", a->why);
	html_add(h, "</span></summary>\n<div>\n");
	html_attempt_detail(h, a);
	html_add(h, "</div>\n</details>\n");
}

/* One pass; stops when the page is full. */
static int64_t
write_attempts(struct html *h, int64_t *left, int64_t places)
{
	enum report_query q = report_attempts_query(h->r);
	struct report_attempt a;
	int64_t written = 0;
	report_begin(h->r, q);
	while (written < places && report_attempt_next(h->r, q, &a)) {
		if (!place_take(h->r, left, &a))
			continue;
		write_attempt(h, &a);
		written++;
	}
	return written;
}

void
html_attempts(struct html *h)
{
	struct report *r = h->r;
	size_t kinds = r->verdict_count;
	int64_t *left = memory_take(kinds ? kinds : 1, sizeof *left);
	int64_t quota = quota_find(r), places = 0;
	for (size_t i = 0; i < kinds; i++) {
		int64_t n = r->verdicts[i].count - r->verdicts[i].clean;
		left[i] = n < quota ? n : quota;
		places += left[i];
	}
	if (places > HTML_ATTEMPTS_MAX)
		places = HTML_ATTEMPTS_MAX;
	int64_t all = r->attempts - r->clean;
	if (all == 0)
		html_add(h,
			"<p>Every attempt completed its handshake at once."
			"</p>\n");
	int64_t written = write_attempts(h, left, places);
	if (written < all)
		html_add(h,
			"<p>%jd more attempts that were not clean are in "
			"report.json and evidence.sqlite; of every verdict the "
			"first %jd are here.</p>\n",
			(intmax_t)(all - written), (intmax_t)quota);
	if (r->clean > 0)
		html_add(h,
			"<p class=\"faint\">%jd clean attempts are not "
			"listed.</p>\n",
			(intmax_t)r->clean);
	free(left);
}
