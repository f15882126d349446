/*
 * "hosts" of report.json: the machines of the case, and how they are known.
 *
 * What the page's cards show, as members: roles, addresses, inputs and the services
 * that a machine takes part in.
 *
 *	{"name", "roles", "addresses", "inputs", "because", "sure",
 *	 "services": [{"role", "address", "port", "sure", "because"}], "say"}
 */
#include <string.h>

#include "report/json_sections.h"
#include "report/who.h"

/* client before server, each once; or where it stands by its name. */
static void
write_roles(
	struct json_writer *w, struct report *r, const struct report_machine *m)
{
	struct report_machine_role x;
	bool client = false, server = false;
	report_begin_id(r, QUERY_MACHINE_ROLES, m->id);
	while (report_machine_role_read(r, QUERY_MACHINE_ROLES, &x)) {
		client = client || strcmp(x.role, "client") == 0;
		server = server || strcmp(x.role, "server") == 0;
	}
	if (!client && !server && m->role != NULL && !m->between) {
		client = strcmp(m->role, "client") == 0;
		server = strcmp(m->role, "server") == 0;
	}
	jsonw_array(w, "roles");
	if (client)
		jsonw_text(w, NULL, "client");
	if (server)
		jsonw_text(w, NULL, "server");
	if (m->between)
		jsonw_text(w, NULL, "between");
	jsonw_end(w);
}

/* Those that the machine's own files or packets give it. */
static void
write_addresses(struct json_writer *w, struct report *r, int64_t machine)
{
	struct report_text text;
	jsonw_array(w, "addresses");
	report_begin_id(r, QUERY_MACHINE_ADDRESSES, machine);
	while (report_text_read(r, QUERY_MACHINE_ADDRESSES, &text))
		jsonw_text(w, NULL, text.text);
	jsonw_end(w);
}

/* By id, as "inputs" has them. */
static void
write_inputs(struct json_writer *w, struct report *r, int64_t machine)
{
	struct report_number number;
	jsonw_array(w, "inputs");
	report_begin_id(r, QUERY_MACHINE_INPUTS, machine);
	while (report_number_read(r, QUERY_MACHINE_INPUTS, &number))
		jsonw_int(w, NULL, number.number);
	jsonw_end(w);
}

/* What a machine is for each service, and from what that was concluded. */
static void
write_services(struct json_writer *w, struct report *r, int64_t machine)
{
	struct report_machine_role x;
	jsonw_array(w, "services");
	report_begin_id(r, QUERY_MACHINE_ROLES, machine);
	while (report_machine_role_read(r, QUERY_MACHINE_ROLES, &x)) {
		jsonw_object(w, NULL);
		jsonw_text(w, "role", x.role);
		jsonw_text(w, "address", x.ip);
		jsonw_int(w, "port", x.port);
		jsonw_bool(w, "sure", x.sure);
		jsonw_text(w, "because", x.because);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* The machines in the order of the store; nothing is told here that the page
 * does not tell. */
void
json_write_hosts(struct json_writer *w, struct report *r)
{
	struct report_machine m;
	char words[WORDS_MAX];
	jsonw_array(w, "hosts");
	report_begin(r, QUERY_MACHINES);
	while (report_machine_read(r, QUERY_MACHINES, &m)) {
		jsonw_object(w, NULL);
		jsonw_text(w, "name", m.name);
		write_roles(w, r, &m);
		write_addresses(w, r, m.id);
		write_inputs(w, r, m.id);
		jsonw_text(w, "because", who_known(r, &m, words));
		jsonw_text(w, "sure", m.sure);
		write_services(w, r, m.id);
		jsonw_text(w, "say", m.say[0] != '\0' ? m.say : NULL);
		jsonw_end(w);
	}
	jsonw_end(w);
}
