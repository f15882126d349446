/*
 * Putting like evidence together; see evidence.h. Costs a pass over the rows of
 * one finding and no memory beyond the groups.
 *
 *	Nov 21 00:37:25 db-02 kernel: [11.2] nf_conntrack: table full, dropping
 *	Nov 21 00:37:26 db-02 kernel: [12.0] nf_conntrack: table full, dropping
 *
 * are one group with a count of 2: without their stamps the two lines are one text.
 */
#include "report/evidence.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"

/* How a line reads once its numbers are taken out: enough to tell kinds apart. */
#define GIST_MAX 160

/* Behind "2026-11-21T00:37:25,191569+00:00 "; NULL when it is no such stamp. */
static const char *
after_iso(const char *p)
{
	/* d stands for a digit; a blank may stand for the T, as some programs
	 * write it. */
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == 'd' ? !byte_digit((uint8_t)p[i])
				   : p[i] != form[i] &&
					!(form[i] == 'T' && p[i] == ' '))
			return NULL;
	p += sizeof form - 1;
	p += strspn(p, "0123456789.,:+-Z");
	return *p == ' ' ? p + 1 : NULL;
}

/* Behind "Nov 21 00:37:25 host "; the host's name has no space. */
static const char *
after_syslog(const char *p)
{
	static const char months[][5] = {"Jan ", "Feb ", "Mar ", "Apr ", "May ",
		"Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "};
	for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
		if (strncmp(p, months[i], 4) != 0)
			continue;
		p += 4;
		p += strspn(p, " 0123456789:");
		const char *space = strchr(p, ' ');
		return space && space > p ? space + 1 : NULL;
	}
	return NULL;
}

/* Behind "[12345.678901] ". */
static const char *
after_uptime(const char *p)
{
	if (*p != '[')
		return NULL;
	const char *end = p + 1 + strspn(p + 1, " 0123456789.");
	return end > p + 1 && end[0] == ']' && end[1] == ' ' ? end + 2 : NULL;
}

/* Journal, syslog and dmesg write their stamps in front of each other: "Nov 21
 * 00:37:25 db-02 kernel: [12345.678901] nf_conntrack: ...". What is left never
 * is empty where the line was not. */
const char *
evidence_words(const char *line)
{
	const char *rest = after_iso(line);
	if (!rest)
		rest = after_syslog(line);
	line = rest ? rest : line;
	if (strncmp(line, "kernel: ", 8) == 0)
		line += 8;
	rest = after_uptime(line);
	return rest && *rest ? rest : line;
}

/* Numbers become '#', so that lines of different ports, times and ids agree. */
static void
gist_of(const char *text, char gist[GIST_MAX])
{
	size_t n = 0;
	while (*text != '\0' && n + 1 < GIST_MAX) {
		bool number = byte_digit((uint8_t)*text);
		gist[n++] = number ? '#' : *text;
		/* A run that begins with a digit may be an address or a hash:
		 * its letters go with it. */
		text += number ? strspn(text, "0123456789abcdef") : 1;
	}
	gist[n] = '\0';
}

/* What is remembered of each group while rows go by. */
struct pass {
	struct evidence *e;
	char gists[EVIDENCE_GROUPS_MAX][GIST_MAX];
};

/* The group of the row; one of another weight when it is the same line, which
 * then has been said. NULL: a new one, and there is no room. */
static struct evidence_group *
group_of(struct pass *p, const struct report_evidence *v, const char *words)
{
	char gist[GIST_MAX];
	struct evidence *e = p->e;
	gist_of(words, gist);
	for (int i = 0; i < e->count; i++) {
		struct evidence_group *g = &e->groups[i];
		bool alike = strcmp(g->weighs, v->weighs) == 0 &&
			strcmp(p->gists[i], gist) == 0;
		/* The same line of the same file, with another weight: a rule's
		 * evidence may overlap. */
		for (int k = 0; k < g->source_count && !alike; k++)
			alike = v->source >= 0 && v->line >= 0 &&
				g->count == 1 &&
				g->sources[k].id == v->source &&
				g->sources[k].line == v->line;
		if (alike)
			return g;
	}
	if (e->count == EVIDENCE_GROUPS_MAX)
		return NULL;
	struct evidence_group *g = &e->groups[e->count];
	*g = (struct evidence_group){
		.first_ns = CLOCK_UNKNOWN_NS, .last_ns = CLOCK_UNKNOWN_NS};
	snprintf(g->text, sizeof g->text, "%s", words);
	memcpy(p->gists[e->count++], gist, GIST_MAX);
	return g;
}

/* The same line in dmesg and in syslog is one piece of evidence: each file
 * counts for itself, and the group has the largest count. */
static void
count_source(struct report *r, struct evidence_group *g,
	const struct report_evidence *v)
{
	int k = 0;
	while (k < g->source_count && g->sources[k].id != v->source)
		k++;
	if (k == EVIDENCE_SOURCES_MAX)
		return;
	if (k == g->source_count) {
		g->source_count++;
		g->sources[k].id = v->source;
		g->sources[k].name =
			report_keep(r, v->source_name ? v->source_name : "?");
		g->sources[k].is_capture = v->is_capture;
		g->sources[k].line = v->line;
	}
	if (++g->sources[k].count > g->count)
		g->count = g->sources[k].count;
}

/* One more row of the group. A row that confirms in one place and supports in
 * another is shown once, as what it is at its strongest. */
static void
group_add(struct report *r, struct evidence_group *g,
	const struct report_evidence *v)
{
	static const char *const weights[] = {
		"confirms", "supports", "contradicts"};
	for (int i = 0; i < 3 && !g->weighs; i++)
		if (strcmp(weights[i], v->weighs) == 0)
			g->weighs = weights[i];
	/* A database that nobody of ours wrote. */
	if (!g->weighs)
		g->weighs = "supports";
	/* The same line that said more already. */
	if (strcmp(g->weighs, v->weighs) != 0)
		return;
	if (v->source >= 0)
		count_source(r, g, v);
	else
		g->count++;
	if (v->at_ns == CLOCK_UNKNOWN_NS)
		return;
	if (g->first_ns == CLOCK_UNKNOWN_NS || v->at_ns < g->first_ns)
		g->first_ns = v->at_ns;
	if (g->last_ns == CLOCK_UNKNOWN_NS || v->at_ns > g->last_ns)
		g->last_ns = v->at_ns;
}

/* A rule or counter that rose says how many; a line of a log says that it was;
 * what many attempts have in common comes last. */
static int
strength(const struct evidence_group *g)
{
	int weight = strcmp(g->weighs, "confirms") == 0 ? 0
		: strcmp(g->weighs, "supports") == 0    ? 10
							: 20;
	if (g->source_count == 0)
		return weight + 2;
	return weight + (g->first_ns == CLOCK_UNKNOWN_NS ? 0 : 1);
}

/* By strength, and in the order of the rule where they are as strong. */
static void
groups_sort(struct evidence *e)
{
	for (int i = 1; i < e->count; i++)
		for (int k = i; k > 0 &&
			strength(&e->groups[k]) < strength(&e->groups[k - 1]);
			k--) {
			struct evidence_group swap = e->groups[k];
			e->groups[k] = e->groups[k - 1];
			e->groups[k - 1] = swap;
		}
}

/* Groups are found by going through those there are: at most
 * EVIDENCE_GROUPS_MAX of them, and some hundred rows. */
void
evidence_read(struct report *r, int64_t finding, struct evidence *e)
{
	struct report_evidence v;
	struct pass *p = memory_take(1, sizeof *p);
	p->e = e;
	e->count = 0;
	e->more = 0;
	report_begin_id(r, QUERY_EVIDENCE, finding);
	while (report_evidence_next(r, &v)) {
		v.text = v.text ? v.text : "";
		v.weighs = v.weighs ? v.weighs : "";
		/* The judge's own count of what it left out. */
		if (v.source < 0 && strncmp(v.text, "and ", 4) == 0 &&
			strstr(v.text, " more like these")) {
			e->more += strtoll(v.text + 4, NULL, 10);
			continue;
		}
		const char *words = evidence_words(v.text);
		struct evidence_group *g = group_of(p, &v, words);
		if (g)
			group_add(r, g, &v);
		else
			e->more++;
	}
	groups_sort(e);
	free(p);
}

/* A part of a transcript: "ticket.txt: conntrack -S (line 447)". Where its file's
 * name and its command end; false for any other source. */
static bool
is_part(const char *source, size_t *file, size_t *command)
{
	const char *colon = strstr(source, ": ");
	const char *end = NULL;
	for (const char *p = source; (p = strstr(p, " (line ")) != NULL; p++)
		end = p;
	if (colon == NULL || end == NULL || end < colon)
		return false;
	*file = (size_t)(colon - source);
	*command = (size_t)(end - source);
	return true;
}

/* A transcript's part is named by the command whose output it is, but its line
 * is one of the transcript: that is the file that a reader has. */
void
evidence_stands(
	const char *source, int64_t line, bool is_capture, char text[WORDS_MAX])
{
	size_t file = 0, command = 0;
	if (line >= 0 && is_part(source, &file, &command)) {
		words_append(text, "%.*s:%" PRId64 " (%.*s)", (int)file, source,
			line, (int)(command - file - 2), source + file + 2);
		return;
	}
	words_append(text, "%s", source);
	if (line >= 0)
		words_append(text, is_capture ? " frame %" PRId64 : ":%" PRId64,
			line);
}

/* In the order in which the inputs came; nothing is left out but what was
 * beyond EVIDENCE_SOURCES_MAX. */
const char *
evidence_place(const struct evidence_group *g, char text[WORDS_MAX])
{
	text[0] = '\0';
	for (int i = 0; i < g->source_count; i++) {
		words_append(text, "%s", i > 0 ? ", " : "");
		evidence_stands(g->sources[i].name, g->sources[i].line,
			g->sources[i].is_capture, text);
	}
	return text;
}
