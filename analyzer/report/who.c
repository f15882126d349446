/*
 * The words for what machine_role and machine hold, for all formats.
 *
 * Never more than the rows say: a role that was concluded is told with the reason, one
 * that is not sure as such.
 */
#include "report/who.h"

#include <string.h>

/* Services of one machine that are named. */
#define SERVICES_NAMED 3

static const struct {
	const char *because;
	const char *words;
	/* The words of machine_role.because, and how people say them. */
} reasons[] = {
	{"capture", "its capture was taken at that end"},
	{"address", "its files or case.yaml give that address"},
	{"name", "the service has its name"},
	{"filters", "its own firewall logs what it drops on its way in"},
	{"sends", "its own firewall logs what it drops on its way out"},
	{"signs", "it logs segments that it drops for their signature"},
	{"listens", "it listens on that port"},
	{"reports", "its log reports failed connections there"},
	{"left", "no other machine is left"},
};

/* A word of a later version is told as it is. */
static const char *
reason(const char *because)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(reasons[i].because, because) == 0)
			return reasons[i].words;
	return because;
}

/* "server of 198.51.100.20:80", and further services behind it without the
 * role. A service without a port is a host. */
static void
add_service(
	const struct report_machine_role *x, bool first, char text[WORDS_MAX])
{
	char to[WORDS_MAX];
	if (first)
		words_append(text, "%s%s of ", text[0] ? ", " : "", x->role);
	else
		words_append(text, ", ");
	words_append(text, "%s",
		x->port > 0 ? words_endpoint(x->ip, x->port, to) : x->ip);
}

/* Rows come by role, so that each role is named once. SERVICES_NAMED of each
 * role are named. */
const char *
who_roles(
	struct report *r, const struct report_machine *m, char text[WORDS_MAX])
{
	struct report_machine_role x;
	char role[16] = "";
	int named = 0, more = 0;
	text[0] = '\0';
	report_begin_id(r, QUERY_MACHINE_ROLES, m->id);
	while (report_machine_role_read(r, QUERY_MACHINE_ROLES, &x)) {
		bool first = strcmp(role, x.role) != 0;
		named = first ? 0 : named;
		if (named++ >= SERVICES_NAMED) {
			more++;
			continue;
		}
		add_service(&x, first, text);
		snprintf(role, sizeof role, "%s", x.role);
	}
	if (more > 0)
		words_append(text, " and %d more", more);
	if (text[0] == '\0' && m->between)
		words_append(text, "between the ends");
	else if (text[0] == '\0' && m->role != NULL &&
		strcmp(m->role, m->name) != 0)
		words_append(text, "%s", m->role);
	if (text[0] == '\0')
		words_append(text, "%s",
			m->role != NULL && strcmp(m->sure, "open") != 0
				? m->role
				: "role not known");
	return text;
}

/* In words for machine.sure; a word of another version is "not known", never a
 * claim. */
const char *
who_sure(const struct report_machine *m)
{
	static const struct {
		const char *sure;
		const char *words;
	} all[] = {{"said", "stated by name or option"},
		{"shown", "shown by the evidence"}, {"likely", "likely"},
		{"open", "nothing shows it"}};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(m->sure, all[i].sure) == 0)
			return all[i].words;
	return "not known";
}

/* Before the words that would say otherwise, or say it at all. */
const char *
who_otherwise(const struct report_machine *m)
{
	return strcmp(m->sure, "open") == 0 ? "To tell it" : "If not so";
}

/* What a person said or the evidence shows. A likely role is told as such. */
bool
who_is_sure(const struct report_machine *m)
{
	return strcmp(m->sure, "said") == 0 || strcmp(m->sure, "shown") == 0;
}

/* The same reason for several services is told once. */
const char *
who_known(
	struct report *r, const struct report_machine *m, char text[WORDS_MAX])
{
	struct report_machine_role x;
	const char *seen = "";
	text[0] = '\0';
	words_append(text, "%s", m->because);
	if (m->told && strcmp(m->because, m->role_because) != 0)
		words_append(text, "; %s", m->role_because);
	report_begin_id(r, QUERY_MACHINE_ROLES, m->id);
	while (report_machine_role_read(r, QUERY_MACHINE_ROLES, &x)) {
		const char *words = reason(x.because);
		bool again = m->told && strcmp(x.because, "capture") == 0;
		if (words != seen && !again)
			words_append(text, "; %s", words);
		seen = words;
	}
	return text;
}
