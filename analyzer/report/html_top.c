/*
 * The first screen: the verdict in a sentence, how sure it is, what to do now
 * and what to collect.
 */
#include "report/html.h"

#include <string.h>

/* Steps of one list on the first screen; all of them stand further down. */
#define STEPS_MAX 4

/* Verdicts for which the first screen says where to look. */
#define LOOK_MAX 3

void
html_top(struct html *h)
{
	char words[WORDS_MAX];
	struct report *r = h->r;
	html_add(h, "<header>\n<p class=\"case\"><bdi>%s</bdi></p>\n",
		r->case_name ? r->case_name : "analysis");
	html_add(h, "<h1>%s</h1>\n", words_conclusion(r, words));
	words_cause(r, words);
	if (words[0])
		html_add(h, "<p class=\"lead\">%s</p>\n", words);
	words_main_verdict(r, words);
	if (words[0])
		html_add(h, "<p>%s</p>\n", words);
	words_overlap(r, words);
	if (words[0])
		html_add(h, "<p class=\"faint\">%s</p>\n", words);
	html_add(h, "</header>\n");
}

/* The finding of the headline; false when there is none. */
static bool
cause_find(struct html *h, struct report_finding *f)
{
	report_begin(h->r, QUERY_FINDINGS);
	return h->r->cause.title && report_finding_next(h->r, f);
}

/* At most STEPS_MAX texts as list items; how many there were. */
static int
write_steps(struct html *h, const char *list)
{
	const char *text;
	int n = 0;
	report_list_begin(h->r, list);
	while (report_list_next(h->r, &text))
		if (n++ < STEPS_MAX)
			html_add(h, "<li>%s</li>\n", text);
	return n;
}

static void
write_do(struct html *h, const struct report_finding *f)
{
	char words[WORDS_MAX];
	int n = 0, looked = 0;
	html_add(h, "<div>\n<h2>Do now</h2>\n<ul>\n");
	if (f)
		n = write_steps(h, f->fix);
	for (int k = 0; k < LOOK_MAX && (!f || n == 0); k++) {
		words_look_next(h->r, k, words);
		if (!words[0])
			break;
		html_add(h, "<li>%s</li>\n", words);
		n += f ? 1 : 0;
		looked++;
	}
	if (n + looked == 0)
		html_add(h,
			h->r->failed > 0
				? "<li>Look at the attempts below.</li>\n"
				: "<li>Nothing: no attempt failed.</li>\n");
	html_add(h, "</ul>\n</div>\n");
}

static void
write_collect(struct html *h, const struct report_finding *f)
{
	struct report_item item;
	int n = 0;
	html_add(h, "<div>\n<h2>Collect, to be surer</h2>\n<ul>\n");
	report_begin(h->r, QUERY_MISSING);
	while (n < STEPS_MAX && report_missing_next(h->r, &item)) {
		html_add(h, "<li>%s</li>\n", item.detail);
		n++;
	}
	if (f)
		n += write_steps(h, f->collect);
	else if (h->r->failed > 0 && n < STEPS_MAX) {
		html_add(h,
			"<li>Logs, and counters before and after (nstat, "
			"conntrack -S, ss -ltn, dmesg), of the place above, "
			"into the case folder: they say why.</li>\n");
		n++;
	}
	if (n == 0)
		html_add(h, "<li>Nothing is missing.</li>\n");
	html_add(h, "</ul>\n</div>\n");
}

void
html_next_steps(struct html *h)
{
	struct report_finding f;
	/* The finding's texts live while its query stands on it. */
	bool found = cause_find(h, &f);
	html_add(h, "<div class=\"next\">\n");
	write_do(h, found ? &f : NULL);
	write_collect(h, found ? &f : NULL);
	html_add(h, "</div>\n");
	report_begin(h->r, QUERY_FINDINGS);
}
