/*
 * Inputs with hash and trust, clocks, accounting, anomalies, rules: what the
 * verdicts rest on.
 */
#include "report/html.h"

#include "base/clock.h"

static void
write_facts(struct html *h, const struct report_source *s)
{
	char volume[WORDS_MAX], from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	html_add(h, "<p>%s", s->kind);
	if (s->compression)
		html_add(h, " in %s", s->compression);
	if (s->role)
		html_add(h, ", from %s", s->role);
	words_volume(s, volume);
	if (volume[0])
		html_add(h, ", %s", volume);
	html_add(h, ", %jd bytes", (intmax_t)s->bytes);
	if (s->dropped >= 0)
		html_add(h, ", %jd lost by the capture", (intmax_t)s->dropped);
	if (s->link_types)
		html_add(h, ", %s", s->link_types);
	if (s->snaplen >= 0)
		html_add(h, ", snaplen %jd", (intmax_t)s->snaplen);
	html_add(h, ".</p>\n");
	if (s->first_ns != CLOCK_UNKNOWN_NS && s->last_ns != CLOCK_UNKNOWN_NS)
		html_add(h, "<p><time>%s</time> to <time>%s</time></p>\n",
			clock_format(s->first_ns, 6, from),
			clock_format(s->last_ns, 6, to));
	if (s->filter)
		html_add(h, "<p>Capture filter <code>%s</code></p>\n",
			s->filter);
}

static void
write_input(struct html *h, const struct report_source *s)
{
	struct report_item reason;
	bool any = false;
	html_add(h, "<article class=\"card\">\n<h3><bdi>%s</bdi> ", s->name);
	html_badge(h, s->trust ? s->trust : "read");
	html_add(h, "</h3>\n");
	write_facts(h, s);
	if (s->note)
		html_add(h, "<p>%s</p>\n", s->note);
	report_begin_id(h->r, QUERY_REASONS, s->id);
	while (report_reason_next(h->r, &reason)) {
		if (!any)
			html_add(h, "<ul>\n");
		any = true;
		html_add(h, "<li>%s <code>%s</code></li>\n", reason.detail,
			reason.id);
	}
	if (any)
		html_add(h, "</ul>\n");
	if (s->sha256)
		html_add(h, "<p class=\"hash mono\">SHA-256 %s</p>\n",
			s->sha256);
	html_add(h, "</article>\n");
}

static bool
is_unused(const struct report_source *s)
{
	return !s->trust && s->note;
}

static void
write_unused(struct html *h)
{
	struct report_source s;
	char volume[WORDS_MAX];
	bool any = false;
	report_begin(h->r, QUERY_SOURCES);
	while (report_source_next(h->r, &s)) {
		if (!is_unused(&s))
			continue;
		if (!any)
			html_add(h,
				"<article class=\"card\">\n"
				"<h3>Not used</h3>\n<ul>\n");
		any = true;
		words_volume(&s, volume);
		html_add(h,
			"<li><bdi>%s</bdi> <span class=\"faint\">%s, "
			"%jd bytes%s%s: %s</span>",
			s.name, s.kind, (intmax_t)s.bytes,
			volume[0] ? ", " : "", volume, s.note);
		if (s.sha256)
			html_add(h,
				"<br><span class=\"hash mono\">SHA-256 %s"
				"</span>",
				s.sha256);
		html_add(h, "</li>\n");
	}
	if (any)
		html_add(h, "</ul>\n</article>\n");
}

void
html_inputs(struct html *h)
{
	struct report_source source;
	report_begin(h->r, QUERY_SOURCES);
	while (report_source_next(h->r, &source))
		if (!is_unused(&source))
			write_input(h, &source);
	write_unused(h);
}

void
html_clocks(struct html *h)
{
	char words[WORDS_MAX];
	html_add(h, "<dl class=\"views\">\n");
	for (size_t i = 0; i < h->r->vantage_count; i++) {
		const struct report_vantage *v = &h->r->vantages[i];
		html_add(h, "<dt><bdi>%s</bdi></dt>\n<dd>%s%s</dd>\n", v->name,
			words_clock(h->r, v, words),
			v->swapped ? "; the packets showed that the roles "
				     "had been exchanged"
				   : "");
	}
	html_add(h, "</dl>\n");
}

/* Rows of the table of translations. */
#define TRANSLATIONS_MAX 20

static void
write_translation(struct html *h, const struct report_translation *t)
{
	char to[WORDS_MAX], there[WORDS_MAX], number[WORDS_MAX];
	html_add(h,
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

void
html_translation(struct html *h)
{
	struct report_translation t;
	int n = 0;
	report_begin(h->r, QUERY_TRANSLATIONS);
	while (report_translation_next(h->r, &t)) {
		if (n == 0)
			html_add(h,
				"<div class=\"scroll\" tabindex=\"0\" "
				"role=\"region\" aria-label=\"Address "
				"translation\"><table>\n<thead><tr>"
				"<th scope=\"col\">At</th>"
				"<th scope=\"col\">What the client's side calls"
				"</th><th scope=\"col\">is there</th>"
				"<th scope=\"col\">Client port changed</th>"
				"<th scope=\"col\" class=\"n\">Attempts</th>"
				"</tr></thead>\n<tbody>\n");
		if (n++ < TRANSLATIONS_MAX)
			write_translation(h, &t);
	}
	if (n > 0)
		html_add(h, "</tbody>\n</table></div>\n");
	if (n > TRANSLATIONS_MAX)
		html_add(h,
			"<p class=\"faint\">%d more in evidence.sqlite."
			"</p>\n",
			n - TRANSLATIONS_MAX);
	html_add(h,
		n > 0 ? "<p class=\"faint\">Of the attempts that were not "
			"clean.</p>\n"
		      : "<p>Every attempt that was not clean has the same "
			"addresses and ports wherever it was seen.</p>\n");
}

static void
write_accounting(struct html *h, const struct report_source *s)
{
	struct report_item item;
	int64_t sum = 0;
	int64_t read = s->packets >= 0 ? s->packets : s->lines;
	if (read < 0)
		return;
	html_add(h,
		"<tr><th scope=\"row\"><bdi>%s</bdi></th>"
		"<td class=\"n\">%jd</td><td>",
		s->name, (intmax_t)read);
	report_begin_id(h->r, QUERY_ACCOUNTING, s->id);
	for (int n = 0; report_accounting_next(h->r, &item); n++) {
		sum += item.count;
		html_add(h, "%s%s %jd", n ? ", " : "", item.id,
			(intmax_t)item.count);
	}
	if (sum != read)
		html_add(h,
			" <span class=\"badge bad\">%jd not accounted for"
			"</span>",
			(intmax_t)(read - sum));
	html_add(h, "</td></tr>\n");
}

void
html_accounting(struct html *h)
{
	struct report_source source;
	html_add(h,
		"<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		"aria-label=\"Accounting\"><table>\n<thead><tr>"
		"<th scope=\"col\">Input</th><th scope=\"col\" class=\"n\">Read"
		"</th><th scope=\"col\">Of which</th></tr></thead>\n<tbody>\n");
	report_begin(h->r, QUERY_SOURCES);
	while (report_source_next(h->r, &source))
		write_accounting(h, &source);
	html_add(h, "</tbody>\n</table></div>\n");
}

static int
write_anomalies(struct html *h, const char *name)
{
	struct report_item item;
	int n = 0;
	for (; report_anomaly_next(h->r, &item); n++) {
		html_add(h,
			"<li><code>%s</code> %jd: %s <span class=\"faint\">",
			item.id, (intmax_t)item.count, item.detail);
		if (name)
			html_add(h, "<bdi>%s</bdi>", name);
		if (item.at >= 0)
			html_add(h, ", first at byte %jd", (intmax_t)item.at);
		html_add(h, "</span></li>\n");
	}
	return n;
}

void
html_anomalies(struct html *h)
{
	struct report_source source;
	html_add(h, "<ul>\n");
	report_begin(h->r, QUERY_ANOMALIES);
	int n = write_anomalies(h, NULL);
	report_begin(h->r, QUERY_SOURCES);
	while (report_source_next(h->r, &source)) {
		report_begin_id(h->r, QUERY_ANOMALIES, source.id);
		n += write_anomalies(h, source.name);
	}
	html_add(h, n > 0 ? "</ul>\n" : "<li>Nothing was found.</li>\n</ul>\n");
}

void
html_rules(struct html *h)
{
	struct report_rule rule;
	bool any = false;
	report_begin(h->r, QUERY_RULES);
	while (report_rule_next(h->r, &rule)) {
		if (!any)
			html_add(h,
				"<details>\n<summary>The rules that judged "
				"this run, with their SHA-256</summary>\n"
				"<ul>\n");
		any = true;
		html_add(h,
			"<li>%s (%s) <span class=\"hash mono\">%s</span></li>"
			"\n",
			rule.name, rule.kind, rule.sha256);
	}
	html_add(h,
		any ? "</ul>\n</details>\n"
		    : "<p>No rule has judged this run.</p>\n");
	if (h->r->rules_sha256)
		html_add(h, "<p class=\"hash mono\">All rules: %s</p>\n",
			h->r->rules_sha256);
}
