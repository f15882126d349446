/*
 * What was concluded of each machine, and the words that would say otherwise.
 */
#include "ingest/host_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/tables.h"

static const struct case_file *
first_file(const struct case_files *c, size_t host, bool capture)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].host_at == host + 1 &&
			c->list[i].part.len == 0 &&
			(!capture || c->list[i].kind == CASE_FILE_CAPTURE))
			return &c->list[i];
	return NULL;
}

/* An option names files that can be opened; for others case.yaml names the
 * beginning of their names, and of a machine that a transcript alone knows its
 * address. "{role}" is filled in when its role is known. */
static const char *
words_for(const struct case_files *c, size_t host, struct arena *a)
{
	const struct case_host *h = &c->hosts[host];
	const struct case_file *f = first_file(c, host, true);
	bool capture = f != NULL;
	if (f == NULL)
		f = first_file(c, host, false);
	if (f == NULL)
		return h->name[0] == '\0'
			? ""
			: arena_format(a,
				  "case.yaml: vantages: [{name: %s, addresses: "
				  "[ADDRESS]}]",
				  h->name);
	if (capture && f->path != NULL)
		return arena_format(a, "--{role} %s", f->name);
	const char *slash = strchr(f->place, '/');
	size_t len = strlen(h->name);
	if (len > 0 && strncasecmp(f->place, h->name, len) == 0)
		return arena_format(a,
			"case.yaml: vantages: [{name: {role}, files: [%s]}]",
			h->name);
	return arena_format(a,
		"case.yaml: vantages: [{name: {role}, files: [%.*s]}]",
		slash == NULL ? (int)strlen(f->place)
			      : (int)(slash + 1 - f->place),
		f->place);
}

static const char *
sure_of(const struct case_host *h)
{
	if (h->said)
		return "said";
	if (h->shown)
		return "shown";
	return "open";
}

static bool
machine_write(const struct case_files *c, size_t host, struct arena *a,
	struct store *s, struct error *e)
{
	const struct case_host *h = &c->hosts[host];
	struct store_machine row = store_machine_null;
	row.id = (int64_t)host + 1;
	row.name = h->name[0] != '\0' ? h->name : h->role;
	row.role = h->role;
	row.is_between = case_host_between(h);
	row.sure = sure_of(h);
	row.because = h->because;
	row.role_because = h->role_because != NULL ? h->role_because
		: row.is_between
		? "the name is that of a device between the ends"
		: h->captured ? "nothing tells; the captures were taken in the "
				"order of their names"
			      : "no option, folder or capture tells it";
	row.say = words_for(c, host, a);
	return store_insert_machine(s, &row, e);
}

static bool
address_write(
	size_t machine, struct ip_addr ip, struct store *s, struct error *e)
{
	char text[IP_TEXT_MAX];
	struct store_machine_address row = {
		.machine = (int64_t)machine, .ip = ip_format(ip, text)};
	return store_insert_machine_address(s, &row, e);
}

static bool
addresses_write(const struct case_files *c, struct store *s, struct error *e)
{
	bool ok = true;
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		for (size_t a = 0;
			ok && f->host_at > 0 && a < f->addresses_count; a++)
			ok = address_write(f->host_at, f->addresses[a], s, e);
	}
	for (size_t h = 0; h < c->hosts_count; h++) {
		const struct case_role *r =
			case_config_role(c->config, c->hosts[h].role);
		for (size_t a = 0; ok && r != NULL && a < r->addresses_count;
			a++)
			ok = address_write(h + 1, r->addresses[a], s, e);
	}
	return ok;
}

/* Of each address and machine one row. */
static const char same_sql[] =
	"DELETE FROM machine_address WHERE rowid NOT IN (SELECT min(rowid)"
	" FROM machine_address GROUP BY machine, ip)";

bool
host_rows_write(const struct case_files *c, struct store *s, struct error *e)
{
	bool ok = true;
	struct arena a = {0};
	for (size_t h = 0; ok && h < c->hosts_count; h++)
		ok = machine_write(c, h, &a, s, e);
	arena_release(&a);
	return ok && addresses_write(c, s, e) && store_exec(s, same_sql, e);
}
