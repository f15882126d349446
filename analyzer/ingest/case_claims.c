/*
 * A machine is called as its folder or files are, and as its own lines call it,
 * where these agree. Two machines that a file could be of are none.
 */
#include "ingest/case_claims.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/case_names.h"

/* Addresses of machines that are kept; beyond, files are not placed by them. */
#define ADDRESSES_MAX 1024

/* What is known of the machines: index is that of hosts. */
struct known {
	const struct case_files *c;
	const char **says; /* by their files' lines; NULL: none, or several */
	bool *several;
	struct {
		size_t host_at;
		struct ip_addr ip;
	} list[ADDRESSES_MAX];
	size_t count;
};

bool
case_file_is_loose(const struct case_file *f)
{
	return f->host_at == 0 && f->kind != CASE_FILE_CAPTURE &&
		(f->kind == CASE_FILE_LOG || f->kind == CASE_FILE_SNAPSHOT ||
			f->kind == CASE_FILE_FLOWS ||
			f->kind == CASE_FILE_TRANSCRIPT);
}

static void
know_name(struct known *k, const struct case_file *f)
{
	size_t h = f->host_at - 1;
	if (f->says == NULL)
		return;
	if (k->says[h] != NULL && !case_name_same(k->says[h], f->says))
		k->several[h] = true;
	k->says[h] = f->says;
}

static void
know_address(struct known *k, size_t host_at, struct ip_addr ip)
{
	if (k->count == ADDRESSES_MAX)
		return;
	k->list[k->count].host_at = host_at;
	k->list[k->count++].ip = ip;
}

static void
know_all(struct known *k, const struct case_files *c)
{
	size_t room = c->hosts_count == 0 ? 1 : c->hosts_count;
	k->c = c;
	k->says = memory_take(room, sizeof *k->says);
	k->several = memory_take(room, sizeof *k->several);
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->host_at == 0)
			continue;
		know_name(k, f);
		for (size_t a = 0; a < f->addresses_count; a++)
			know_address(k, f->host_at, f->addresses[a]);
	}
	for (size_t h = 0; h < c->hosts_count; h++) {
		const struct case_role *r =
			case_config_role(c->config, c->hosts[h].role);
		for (size_t a = 0; r != NULL && a < r->addresses_count; a++)
			know_address(k, h + 1, r->addresses[a]);
	}
}

/* The one machine of that name; 0 for none or several. */
static size_t
named_host(const struct known *k, const char *name)
{
	size_t found = 0;
	for (size_t h = 0; h < k->c->hosts_count; h++) {
		bool alias = k->says[h] != NULL && !k->several[h] &&
			case_name_same(k->says[h], name);
		if (!alias && !case_name_same(k->c->hosts[h].name, name))
			continue;
		if (found != 0)
			return 0;
		found = h + 1;
	}
	return found;
}

/* The one machine that has an address of the file's; 0 for none or several. */
static size_t
addressed_host(const struct known *k, const struct case_file *f)
{
	size_t found = 0;
	for (size_t i = 0; i < k->count; i++)
		for (size_t a = 0; a < f->addresses_count; a++) {
			if (!ip_equal(k->list[i].ip, f->addresses[a]))
				continue;
			if (found != 0 && found != k->list[i].host_at)
				return 0;
			found = k->list[i].host_at;
		}
	return found;
}

void
case_claims_place(struct case_files *c)
{
	struct known *k = memory_take(1, sizeof *k);
	know_all(k, c);
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		if (!case_file_is_loose(f))
			continue;
		if (f->says != NULL)
			f->host_at = named_host(k, f->says);
		if (f->host_at == 0)
			f->host_at = addressed_host(k, f);
	}
	free(k->says);
	free(k->several);
	free(k);
}

void
case_claims_new(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		if (case_file_is_loose(f) && f->says != NULL &&
			strlen(f->says) <= CASE_ROLE_MAX)
			f->host_at = case_host_named(
				c, f->says, "named by lines in its files");
	}
}

static void
host_moves(struct case_files *c, size_t from, size_t to)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].host_at == from)
			c->list[i].host_at = to;
}

/* "db-02" where the folder says "db-02-4711" or "db-02_diag"; NULL where it says
 * as much. */
static const char *
name_within(struct arena *a, const char *folder, const char *says)
{
	size_t n = strcspn(says, ".");
	bool begins = strncasecmp(folder, says, n) == 0 &&
		(folder[n] == '-' || folder[n] == '_');
	return begins ? arena_copy(a, says, n) : NULL;
}

void
case_claims_sosreports(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->host_at == 0 || f->kind != CASE_FILE_SNAPSHOT ||
			f->says == NULL)
			continue;
		struct case_host *h = &c->hosts[f->host_at - 1];
		const char *name = h->said
			? NULL
			: name_within(&c->arena, h->name, f->says);
		if (name == NULL)
			continue;
		size_t other = case_host_find(c, name);
		if (other != 0)
			host_moves(c, f->host_at, other);
		else
			h->name = name;
	}
}

/* Digits that make a date, or a number that counts collections. */
#define COUNTED_DIGITS 6

/* Is a folder called after a time, as what a tool collected is: no machine? */
static bool
is_dated(const char *name)
{
	size_t run = 0;
	for (; *name != '\0' && run < COUNTED_DIGITS; name++)
		run = *name >= '0' && *name <= '9' ? run + 1 : 0;
	return run >= COUNTED_DIGITS;
}

void
case_claims_collections(struct case_files *c)
{
	struct known *k = memory_take(1, sizeof *k);
	know_all(k, c);
	size_t count = c->hosts_count;
	for (size_t h = 0; h < count; h++) {
		const char *name = k->says[h];
		if (name == NULL || k->several[h] || c->hosts[h].said ||
			strlen(name) > CASE_ROLE_MAX ||
			!is_dated(c->hosts[h].name) || is_dated(name))
			continue;
		size_t other = case_host_find(c, name);
		if (other != 0)
			host_moves(c, h + 1, other);
		else
			c->hosts[h].name = name;
	}
	free(k->says);
	free(k->several);
	free(k);
}

/* Bytes of a path before its last part. */
static size_t
folder_len(const char *place)
{
	const char *slash = strrchr(place, '/');
	return slash == NULL ? 0 : (size_t)(slash - place) + 1;
}

/* The one machine that snapshots of f's folder are of; 0 for none or several. */
static size_t
neighbours_host(const struct case_files *c, const struct case_file *f)
{
	size_t len = folder_len(f->place);
	size_t found = 0;
	bool named = false;
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *g = &c->list[i];
		if (g->kind != CASE_FILE_SNAPSHOT || g->host_at == 0 ||
			folder_len(g->place) != len ||
			strncmp(g->place, f->place, len) != 0)
			continue;
		if (found != 0 && found != g->host_at)
			return 0;
		found = g->host_at;
		named = named || g->says != NULL;
	}
	return named ? found : 0;
}

void
case_claims_folders(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		/* dmesg's lines name no machine, and are its state as tables are. */
		bool state = f->kind == CASE_FILE_SNAPSHOT ||
			(f->kind == CASE_FILE_LOG &&
				f->log_family == LOG_DMESG);
		if (case_file_is_loose(f) && state)
			f->host_at = neighbours_host(c, f);
	}
}
