/*
 * Who is who on the terminal: all with -v, and those that are not sure wherever
 * something failed.
 *
 * What to say when a machine was taken for the wrong one stands beside it.
 *
 *	  server    server of 198.51.100.20:80; said by name or option
 *	            10 files, 198.51.100.20: folders or files are called so
 *	            if not so, say --client server/capture.pcap
 */
#include <string.h>

#include "report/text_sections.h"
#include "report/who.h"

/* Files of no machine that are named. */
#define LOOSE_NAMED 3

/* Machines that are named of those that are not sure; the page has all. */
#define HOSTS_MAX 6

static void
write_addresses(struct text *t, struct report *r, int64_t machine)
{
	struct report_text a;
	report_begin_id(r, QUERY_MACHINE_ADDRESSES, machine);
	for (int n = 0; report_text_read(r, QUERY_MACHINE_ADDRESSES, &a); n++)
		if (n < 2)
			text_add(t, ", %s", a.text);
}

/* Do the words that would say otherwise stand with the machine? On a short
 * screen only where nothing shows its role, since what it holds then decides
 * nothing. */
static bool
is_said_here(const struct report *r, const struct report_machine *m)
{
	return m->say[0] != '\0' &&
		(r->tight < TIGHT_ASIDE || strcmp(m->sure, "open") == 0);
}

/* A machine: what it is, how sure, from what, and what to say if it is not so.
 * */
static void
write_host(struct text *t, struct report *r, const struct report_machine *m)
{
	char words[WORDS_MAX];
	text_add(t, "  %s", m->name);
	text_pad(t, 12);
	text_add(t, "%s; %s", who_roles(r, m, words), who_sure(m));
	text_end(t, 12, who_is_sure(m) ? TEXT_PLAIN : TEXT_UNSURE);
	text_add(t, "            %jd file%s", (intmax_t)m->files,
		m->files == 1 ? "" : "s");
	write_addresses(t, r, m->id);
	text_add(t, ": %s", who_known(r, m, words));
	text_end(t, 12, TEXT_PLAIN);
	if (!is_said_here(r, m))
		return;
	text_add(t, "            %s, say %s",
		strcmp(m->sure, "open") == 0 ? "to tell it" : "if not so",
		m->say);
	text_end(t, 14, TEXT_FAINT);
}

/* Evidence that no machine has. */
static void
write_loose(struct text *t, struct report *r, bool any)
{
	struct report_item item;
	int n = 0;
	report_begin(r, QUERY_MACHINE_NONE);
	while (report_item_read(r, QUERY_MACHINE_NONE, &item)) {
		if (n == 0 && !any)
			text_heading(t, "Who is who");
		if (n++ < LOOSE_NAMED)
			text_add(t, "%s%s", n == 1 ? "  unknown   " : ", ",
				item.id);
	}
	if (n == 0)
		return;
	if (n > LOOSE_NAMED)
		text_add(t, " and %d more", n - LOOSE_NAMED);
	text_add(t,
		": nothing shows which machine this is from, so it counts for "
		"less");
	text_end(t, 12, TEXT_UNSURE);
}

/* Where the rest is, and what to say if a machine is not what it is taken for. */
static void
write_more(struct text *t, int left, bool can_say)
{
	if (left > 0)
		text_add(t, "  %d more on the page", left);
	if (can_say)
		text_add(t, "%sif not so: -v shows what to say",
			left > 0 ? "; " : "  ");
	if (left > 0 || can_say)
		text_end(t, 2, TEXT_FAINT);
}

/* All machines, or, on a short screen, those that are not sure. */
static void
write_hosts(struct text *t, struct report *r, bool unsure_only)
{
	struct report_machine m;
	int shown = 0, left = 0, can_say = 0;
	report_begin(r, QUERY_MACHINES);
	while (report_machine_read(r, QUERY_MACHINES, &m)) {
		if (unsure_only && who_is_sure(&m))
			continue;
		if (unsure_only && shown == text_most(r, HOSTS_MAX, 2, 1)) {
			left++;
			continue;
		}
		if (shown++ == 0)
			text_heading(t, "Who is who");
		can_say += m.say[0] != '\0' && !is_said_here(r, &m);
		write_host(t, r, &m);
	}
	write_loose(t, r, shown > 0);
	write_more(t, left, can_say > 0);
}

void
text_hosts(struct text *t, struct report *r)
{
	write_hosts(t, r, false);
}

/* Where nothing failed it does not matter whose a file is. */
void
text_unsure_hosts(struct text *t, struct report *r)
{
	if (r->failed + r->undetermined + r->reported > 0)
		write_hosts(t, r, true);
}
