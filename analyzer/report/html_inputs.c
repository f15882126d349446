/*
 * Inputs with hash and trust, clocks, accounting, anomalies, rules: what the
 * verdicts rest on.
 */
#include "report/html.h"

#include <string.h>

#include "base/clock.h"

/* What a file is: kind, amount, time, and what its capture lost or cut. */
static void
write_facts(struct page *page, const struct report_source *s)
{
	char volume[WORDS_MAX], from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	html_add(page->html, "<p>%s", s->kind);
	if (s->compression)
		html_add(page->html, " in %s", s->compression);
	if (s->role)
		html_add(page->html, ", from %s", s->role);
	sentence_volume(s, volume);
	if (volume[0])
		html_add(page->html, ", %s", volume);
	html_add(page->html, ", %jd bytes", (intmax_t)s->bytes);
	if (s->dropped >= 0)
		html_add(page->html, ", %jd lost by the capture",
			(intmax_t)s->dropped);
	if (s->link_types)
		html_add(page->html, ", %s", s->link_types);
	if (s->snaplen >= 0)
		html_add(page->html, ", snaplen %jd", (intmax_t)s->snaplen);
	html_add(page->html, ".</p>\n");
	if (s->first_ns != CLOCK_UNKNOWN_NS && s->last_ns != CLOCK_UNKNOWN_NS)
		html_add(page->html,
			"<p><time>%s</time> to <time>%s</time></p>\n",
			clock_format(s->first_ns, 6, from),
			clock_format(s->last_ns, 6, to));
	if (s->filter)
		html_add(page->html, "<p>Capture filter <code>%s</code></p>\n",
			s->filter);
}

/* A file, folded when there is nothing wrong with it. */
static void
write_input(struct page *page, const struct report_source *s)
{
	struct report_item reason;
	bool any = false;
	/* What is not graded was read as it is and has no reasons to show. */
	bool fine = !s->trust || strcmp(s->trust, "good") == 0;
	html_add(page->html,
		"<details class=\"input\"%s><summary><bdi>%s</bdi> ",
		fine ? "" : " open", s->name);
	html_badge(page->html, s->trust ? s->trust : "read");
	html_add(page->html, "</summary>\n");
	write_facts(page, s);
	if (s->note)
		html_add(page->html, "<p>%s</p>\n", s->note);
	report_begin_id(page->r, QUERY_REASONS, s->id);
	while (report_reason_next(page->r, &reason)) {
		if (!any)
			html_add(page->html, "<ul>\n");
		any = true;
		html_add(page->html, "<li>%s <code>%s</code></li>\n",
			reason.detail, reason.id);
	}
	if (any)
		html_add(page->html, "</ul>\n");
	if (s->sha256)
		html_add(page->html, "<p class=\"hash mono\">SHA-256 %s</p>\n",
			s->sha256);
	html_add(page->html, "</details>\n");
}

/* Files of which nothing was used, each with the reason. */
static void
write_unused(struct page *page)
{
	struct report_source s;
	char volume[WORDS_MAX];
	bool any = false;
	report_begin(page->r, QUERY_SOURCES);
	while (report_source_next(page->r, &s)) {
		if (!report_source_unused(&s))
			continue;
		if (!any)
			html_add(page->html,
				"<article class=\"card\">\n"
				"<h3>Not used</h3>\n<ul>\n");
		any = true;
		sentence_volume(&s, volume);
		html_add(page->html,
			"<li><bdi>%s</bdi> <span class=\"faint\">%s, "
			"%jd bytes%s%s: %s</span>",
			s.name, s.kind, (intmax_t)s.bytes,
			volume[0] ? ", " : "", volume, s.note);
		if (s.sha256)
			html_add(page->html,
				"<br><span class=\"hash mono\">SHA-256 %s"
				"</span>",
				s.sha256);
		html_add(page->html, "</li>\n");
	}
	if (any)
		html_add(page->html, "</ul>\n</article>\n");
}

/* What was used stands first, in the order of the case; what was not, behind
 * it. */
void
html_inputs(struct page *page)
{
	struct report_source source;
	report_begin(page->r, QUERY_SOURCES);
	while (report_source_next(page->r, &source))
		if (!report_source_unused(&source))
			write_input(page, &source);
	write_unused(page);
}

/* One entry a vantage, the reference clock among them. */
void
html_clocks(struct page *page)
{
	char words[WORDS_MAX];
	html_add(page->html, "<dl class=\"views\">\n");
	for (size_t i = 0; i < page->r->vantage_count; i++) {
		const struct report_vantage *v = &page->r->vantages[i];
		html_add(page->html, "<dt><bdi>%s</bdi></dt>\n<dd>%s%s</dd>\n",
			v->name, sentence_clock(page->r, v, words),
			v->swapped ? "; the packets showed that client "
				     "and server were the other way round"
				   : "");
	}
	html_add(page->html, "</dl>\n");
}

/* Rows of the table of translations. */
#define TRANSLATIONS_MAX 20

/* How a pair of addresses looks at another vantage. */
static void
write_translation(struct page *page, const struct report_translation *t)
{
	char to[WORDS_MAX], there[WORDS_MAX], number[WORDS_MAX];
	html_add(page->html,
		"<tr><td>%s</td><td class=\"mono\">%s &rarr; %s</td>"
		"<td class=\"mono\">%s &rarr; %s</td><td>%s</td>"
		"<td class=\"n\">%s</td></tr>\n",
		t->vantage, t->client_ip,
		words_endpoint(t->server_ip, t->server_port, to),
		t->there_client_ip,
		words_endpoint(t->there_server_ip, t->there_server_port, there),
		t->client_port_changed ? "yes" : "no",
		words_number(t->attempts, number));
}

/* Where clients and servers see each other by other addresses. Only attempts
 * that were not clean are looked at, as sightings of the clean ones are not
 * kept. */
void
html_translation(struct page *page)
{
	struct report_translation t;
	int n = 0;
	report_begin(page->r, QUERY_TRANSLATIONS);
	while (report_translation_next(page->r, &t)) {
		if (n == 0)
			table_begin(page->html, "",
				"Address translation, table",
				"At|What the client's side calls|is "
				"there|Client port changed|#Attempts");
		if (n++ < TRANSLATIONS_MAX)
			write_translation(page, &t);
	}
	if (n > 0)
		table_end(page->html);
	if (n > TRANSLATIONS_MAX)
		html_add(page->html,
			"<p class=\"faint\">%d more in evidence.sqlite."
			"</p>\n",
			n - TRANSLATIONS_MAX);
	html_add(page->html,
		n > 0 ? "<p class=\"faint\">Of the attempts that were not "
			"clean.</p>\n"
		      : "<p>Every attempt that was not clean has the same "
			"addresses and ports wherever it was seen.</p>\n");
}

/* Where all packets or lines of a file went. What does not add up is an error
 * of the program's, and the page says so rather than hide it. */
static void
write_accounting(struct page *page, const struct report_source *s)
{
	struct report_item item;
	/* Unsigned: a stranger's database may hold any counts. */
	uint64_t sum = 0;
	int64_t read = s->packets >= 0 ? s->packets : s->lines;
	if (read < 0)
		return;
	html_add(page->html,
		"<tr><th scope=\"row\"><bdi>%s</bdi></th>"
		"<td class=\"n\">%jd</td><td>",
		s->name, (intmax_t)read);
	report_begin_id(page->r, QUERY_ACCOUNTING, s->id);
	for (int n = 0; report_accounting_next(page->r, &item); n++) {
		sum += (uint64_t)item.count;
		html_add(page->html, "%s%s %jd", n ? ", " : "", item.id,
			(intmax_t)item.count);
	}
	if (sum != (uint64_t)read)
		html_add(page->html,
			" <span class=\"badge bad\">%jd not accounted for"
			"</span>",
			(intmax_t)((uint64_t)read - sum));
	html_add(page->html, "</td></tr>\n");
}

/* Every input, used or not: what was read and where it went. */
void
html_accounting(struct page *page)
{
	struct report_source source;
	table_begin(
		page->html, "", "Accounting, table", "Input|#Read|Of which");
	report_begin(page->r, QUERY_SOURCES);
	while (report_source_next(page->r, &source))
		write_accounting(page, &source);
	table_end(page->html);
}

/* What is wrong with a file, or with the case where it has no name. How many
 * there were, for the heading. */
static int
write_anomalies(struct page *page, const char *name)
{
	struct report_item item;
	int n = 0;
	for (; report_anomaly_next(page->r, &item); n++) {
		html_add(page->html,
			"<li><code>%s</code> %jd: %s <span class=\"faint\">",
			item.id, (intmax_t)item.count, item.detail);
		if (name)
			html_add(page->html, "<bdi>%s</bdi>", name);
		if (item.at >= 0)
			html_add(page->html, ", first at byte %jd",
				(intmax_t)item.at);
		html_add(page->html, "</span></li>\n");
	}
	return n;
}

/* Those of the case as a whole, then those of each input. */
void
html_anomalies(struct page *page)
{
	struct report_source source;
	html_add(page->html, "<ul>\n");
	report_begin(page->r, QUERY_ANOMALIES);
	int n = write_anomalies(page, NULL);
	report_begin(page->r, QUERY_SOURCES);
	while (report_source_next(page->r, &source)) {
		report_begin_id(page->r, QUERY_ANOMALIES, source.id);
		n += write_anomalies(page, source.name);
	}
	html_add(page->html,
		n > 0 ? "</ul>\n" : "<li>Nothing was found.</li>\n</ul>\n");
}

/* With their digests, so that a report can be told from one that other rules
 * made. */
void
html_rules(struct page *page)
{
	struct report_rule rule;
	bool any = false;
	report_begin(page->r, QUERY_RULES);
	while (report_rule_next(page->r, &rule)) {
		if (!any)
			html_add(page->html,
				"<details>\n<summary>The rules that judged "
				"this run, with their SHA-256</summary>\n"
				"<ul>\n");
		any = true;
		html_add(page->html,
			"<li>%s (%s) <span class=\"hash mono\">%s</span></li>"
			"\n",
			rule.name, rule.kind, rule.sha256);
	}
	html_add(page->html,
		any ? "</ul>\n</details>\n"
		    : "<p>No rule has judged this run.</p>\n");
	if (page->r->rules_sha256)
		html_add(page->html,
			"<p class=\"hash mono\">All rules: %s</p>\n",
			page->r->rules_sha256);
}
