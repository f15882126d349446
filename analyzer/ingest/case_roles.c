/*
 * Whose each file of a case is: machines by the names of folders and files, and
 * their roles where those say them.
 *
 * What a person said comes first: an option, case.yaml, a folder or file called
 * client or server. Then a folder is one machine; files that lie side by side
 * are those machines' whose names are in theirs. Which end of the path a
 * machine is, the packets tell later, where nobody said it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/message.h"
#include "ingest/case_claims.h"
#include "ingest/case_identity.h"
#include "ingest/case_files.h"
#include "ingest/case_identity.h"
#include "ingest/case_names.h"
#include "ingest/case_pieces.h"
#include "ingest/collected_files.h"
#include "ingest/case_yaml.h"
#include "ingest/transcripts.h"

/*
 * The end that a path names by a folder or by the file's name. In a case folder
 * the outermost one counts; of a path that somebody typed, the innermost.
 */
static const char *
end_named(const char *path, bool innermost)
{
	const char *found = NULL;
	for (const char *part = path; part != NULL;) {
		const char *word = case_role_word(part);
		if (word != NULL)
			found = word;
		if (word != NULL && !innermost)
			break;
		const char *slash = strchr(part, '/');
		part = slash == NULL ? NULL : slash + 1;
	}
	if (found != NULL)
		return found;
	bool client = case_name_has(path, "client");
	bool server = case_name_has(path, "server");
	return client == server ? NULL : client ? "client" : "server";
}

/* The machine of a role that somebody gave. A file that is no capture tells
 * nothing of where a machine of another name stands. */
static void
give_said(struct case_files *c, struct case_file *f, const char *role,
	const char *because)
{
	f->host_at = case_host_named(c, role, because);
	struct case_host *h = &c->hosts[f->host_at - 1];
	if (f->asked && f->kind != CASE_FILE_CAPTURE &&
		case_role_word(role) == NULL)
		return;
	h->role = role;
	h->said = true;
	h->role_because = because;
	f->role = role;
}

/* case.yaml tells a machine's zone, boot or addresses, and draws no path that it
 * stands on: that names the machine, and says no role of it. */
static bool
is_only_named(const struct case_files *c, const char *role)
{
	const struct case_role *r = case_config_role(c->config, role);
	return case_role_word(role) == NULL && !case_name_between(role) &&
		(r == NULL || r->position < 0 || c->config->positions < 2);
}

static void
place_configured(struct case_files *c, struct case_file *f, const char *role)
{
	if (is_only_named(c, role))
		f->host_at = case_host_named(c, role, "named by case.yaml");
	else
		give_said(c, f, role, "case.yaml says so");
}

static void
place_said(struct case_files *c, struct case_file *f)
{
	const char *role = f->role;
	if (role != NULL) {
		give_said(c, f, role, "an option of the command line says so");
		return;
	}
	role = case_config_place(c->config, f->place);
	if (role != NULL) {
		place_configured(c, f, role);
		return;
	}
	role = end_named(f->place, f->named);
	if (role != NULL)
		give_said(c, f, role, "named by its folder or files");
}

/* The machine of a capture that an option named: "--server db-02.pcap" says of
 * db-02's other files as well that they are the server's. within: the name may
 * be a part of what is asked. 0 for none. */
static size_t
host_asked(struct case_files *c, const char *asked, bool within)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (!f->asked || f->kind != CASE_FILE_CAPTURE)
			continue;
		const char *name = case_name_machine(&c->arena, f->place);
		if (name != NULL &&
			(within ? case_name_has(asked, name)
				: strcasecmp(asked, name) == 0))
			return f->host_at;
	}
	return 0;
}

static bool
is_evidence(const struct case_file *f)
{
	return f->kind == CASE_FILE_CAPTURE || f->kind == CASE_FILE_LOG ||
		f->kind == CASE_FILE_SNAPSHOT || f->kind == CASE_FILE_FLOWS ||
		f->kind == CASE_FILE_TRANSCRIPT;
}

/* The first name of a folder or of the file itself that tells a machine which is
 * one of several, as numbers and addresses do; NULL where none does. */
static const char *
machine_within(struct case_files *c, const char *part)
{
	for (size_t n;; part += n + 1) {
		n = strcspn(part, "/");
		const char *name = case_name_machine(
			&c->arena, arena_copy(&c->arena, part, n));
		if (name != NULL && strpbrk(name, "0123456789") != NULL)
			return name;
		if (part[n] == '\0')
			return NULL;
	}
}

/* The name of a folder, the last of path, with a number behind a dot: a piece of
 * what that folder's machine captured, whatever time lies between the pieces. */
static bool
is_numbered_folder(const char *name, const char *path, size_t prefix)
{
	size_t end = prefix - 1;
	size_t begin = end;
	while (begin > 0 && path[begin - 1] != '/')
		begin--;
	size_t n = end - begin;
	return strncasecmp(name, path + begin, n) == 0 && name[n] == '.' &&
		name[n + 1] != '\0' &&
		name[n + 1 + strspn(name + n + 1, "0123456789")] == '\0';
}

/* A folder, prefix bytes long with its slash, in which captures of several
 * machines lie: what they were sent in, and no machine. Where it holds all of the
 * case's captures, packets may show that; else a machine may have interfaces. */
static bool
is_shelf(struct case_files *c, const char *folder, size_t prefix)
{
	const char *first = NULL;
	size_t others = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->kind != CASE_FILE_CAPTURE)
			continue;
		if (strncmp(f->place, folder, prefix) != 0) {
			others++;
			continue;
		}
		const char *name = machine_within(c, f->place + prefix);
		if (name != NULL && is_numbered_folder(name, folder, prefix))
			name = NULL;
		if (name != NULL && first != NULL &&
			strcasecmp(name, first) != 0)
			return true;
		first = name != NULL ? name : first;
	}
	return others == 0 && case_pieces_apart(c, folder, prefix);
}

/* The same, remembered for the next file, which lies beside the last as a rule. */
struct shelf {
	const char *folder; /* NULL: none was asked */
	size_t prefix;
	bool is;
};

static bool
shelf_ask(
	struct case_files *c, struct shelf *s, const char *place, size_t prefix)
{
	if (s->folder == NULL || s->prefix != prefix ||
		strncmp(s->folder, place, prefix) != 0)
		*s = (struct shelf){place, prefix, is_shelf(c, place, prefix)};
	return s->is;
}

/* The outermost folder that is not called after what such files are is the
 * machine, where a known layout does not say which one is. */
static void
place_by_folder(struct case_files *c, struct case_file *f, struct shelf *shelf)
{
	const char *because;
	const char *name = case_name_layout(&c->arena, f->place, &because);
	if (f->named)
		return;
	const char *part = f->place;
	for (size_t n; name == NULL && part[n = strcspn(part, "/")] != '\0';
		part += n + 1) {
		const char *folder = arena_copy(&c->arena, part, n);
		because = "named by a folder";
		if ((case_name_machine(&c->arena, folder) != NULL ||
			    case_name_between(folder)) &&
			!shelf_ask(c, shelf, f->place,
				(size_t)(part - f->place) + n + 1))
			name = folder;
	}
	if (name == NULL || name[0] == '\0' || strlen(name) > CASE_ROLE_MAX)
		return;
	f->host_at = host_asked(c, name, false);
	if (f->host_at > 0)
		return;
	/* What nobody reads makes no machine. */
	f->host_at = is_evidence(f) || f->text
		? case_host_named(c, name, because)
		: case_host_find(c, name);
}

static bool
is_loose(const struct case_file *f)
{
	return f->host_at == 0 && is_evidence(f) &&
		f->kind != CASE_FILE_CAPTURE;
}

/* The machine with the longest name that is in the file's; 0 for none. */
static size_t
host_in_name(struct case_files *c, const char *name)
{
	size_t best = host_asked(c, name, true);
	if (best > 0)
		return best;
	size_t longest = 0;
	for (size_t i = 0; i < c->hosts_count; i++) {
		size_t len = strlen(c->hosts[i].name);
		if (len > longest && case_name_has(name, c->hosts[i].name)) {
			best = i + 1;
			longest = len;
		}
	}
	return best;
}

static bool
holds_captures(const struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].kind == CASE_FILE_CAPTURE)
			return true;
	return false;
}

/* Files side by side whose names agree in what says nothing of their kind, or
 * in which there is a number as machines' names have one. */
static void
place_by_common_name(struct case_files *c, struct case_file *f, bool numbers)
{
	const char *name = case_name_machine(&c->arena, f->place);
	struct ip_addr ip;
	if (name == NULL || strlen(name) > CASE_ROLE_MAX)
		return;
	/* Captures may show whose address it is. */
	if (case_name_address(name, &ip) && holds_captures(c))
		return;
	bool numbered = strpbrk(name, "0123456789") != NULL;
	size_t alike = 0;
	if (numbered != numbers)
		return;
	for (size_t i = 0; !numbered && alike < 2 && i < c->count; i++)
		alike += is_loose(&c->list[i]) &&
			case_name_has(c->list[i].place, name);
	if (numbered || alike > 1)
		f->host_at = case_host_named(c, name, "named by file names");
}

static void
place_others(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (is_loose(&c->list[i]))
			c->list[i].host_at = host_in_name(c, c->list[i].place);
	case_claims_place(c);
	/* What is called as machines are first: lines may name those. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < c->count; i++)
			if (is_loose(&c->list[i]))
				place_by_common_name(c, &c->list[i], pass == 0);
		case_claims_place(c);
	}
	case_claims_new(c);
	case_claims_folders(c);
}

/* What nothing else places, when case.yaml names the one machine. */
static void
place_rest(struct case_files *c)
{
	for (size_t i = 0;
		c->config != NULL && c->config->rest != NULL && i < c->count;
		i++)
		if (c->list[i].host_at == 0 &&
			c->list[i].kind != CASE_FILE_NOTE)
			place_configured(c, &c->list[i], c->config->rest);
}

static bool
role_is_taken(const struct case_files *c, const char *role)
{
	for (size_t i = 0; i < c->hosts_count; i++)
		if (c->hosts[i].role != NULL && c->hosts[i].captured &&
			strcmp(c->hosts[i].role, role) == 0)
			return true;
	return false;
}

/* Might it be an end of the path, by what nobody said? */
static bool
may_be_end(const struct case_host *h)
{
	return h->captured && h->role == NULL && !case_name_between(h->name);
}

/* Roles of machines of which nobody said one. */
static void
guess_roles(struct case_files *c)
{
	static const char *const ends[] = {"client", "server"};
	size_t open = 0;
	for (size_t i = 0; i < c->hosts_count; i++)
		open += may_be_end(&c->hosts[i]);
	size_t room = 0;
	for (size_t e = 0; e < 2; e++)
		room += !role_is_taken(c, ends[e]);
	for (size_t i = 0; i < c->hosts_count; i++) {
		struct case_host *h = &c->hosts[i];
		if (may_be_end(h) && open <= room)
			h->role = role_is_taken(c, "client") ? "server"
							     : "client";
	}
	for (size_t i = 0; i < c->hosts_count; i++) {
		struct case_host *h = &c->hosts[i];
		if (h->role != NULL)
			continue;
		h->role = h->name[0] != '\0'         ? h->name
			: role_is_taken(c, "client") ? "unnamed"
						     : "client";
		/* Who calls a machine a firewall says that it is no end. */
		h->said = case_name_between(h->name);
	}
}

static void
hand_out_roles(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		if (f->host_at == 0)
			continue;
		const struct case_host *h = &c->hosts[f->host_at - 1];
		f->role = h->role;
		f->role_guessed = !h->said;
	}
}

/* The parts of a session are of the machines that its prompts name. */
static void
place_parts(struct case_files *c)
{
	for (size_t i = 0, count = c->count; i < count; i++)
		if (c->list[i].kind == CASE_FILE_TRANSCRIPT)
			transcripts_expand(c, i);
		else if (c->list[i].collected)
			collected_expand(c, i);
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		if (f->part.len == 0 || f->role == NULL)
			continue;
		bool collected = f->collected;
		case_identity_find(f, f->part, &c->arena);
		size_t at = 0;
		for (size_t h = 0; h < c->hosts_count; h++)
			if (case_name_same(c->hosts[h].name, f->role) ||
				strcmp(c->hosts[h].role, f->role) == 0)
				at = h + 1;
		if (at == 0) {
			at = case_host_named(c, f->role,
				collected ? "named by lines in its files"
					  : "named by a shell prompt");
			c->hosts[at - 1].role = f->role;
		}
		f->host_at = at;
	}
}

void
case_files_place(struct case_files *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].kind != CASE_FILE_NOTE)
			place_said(c, &c->list[i]);
	struct shelf shelf = {0};
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].host_at == 0 &&
			c->list[i].kind != CASE_FILE_NOTE &&
			c->list[i].kind != CASE_FILE_ARCHIVE)
			place_by_folder(c, &c->list[i], &shelf);
	case_claims_sosreports(c);
	case_claims_collections(c);
	place_rest(c);
	case_pieces_place(c);
	place_others(c);
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].kind == CASE_FILE_CAPTURE)
			c->hosts[c->list[i].host_at - 1].captured = true;
	guess_roles(c);
	hand_out_roles(c);
	place_parts(c);
	hand_out_roles(c);
}

void
case_host_rename(struct case_files *c, size_t host, const char *role,
	const char *because, bool shown)
{
	c->hosts[host].role = arena_copy(&c->arena, role, strlen(role));
	c->hosts[host].role_because = because;
	c->hosts[host].shown = shown;
	hand_out_roles(c);
}

/* The machine that a file without one is likeliest of, for an example: tables
 * and kernels' messages of the server are what decides most. */
static const char *
likely_host(const struct case_files *c)
{
	for (size_t i = 0; i < c->hosts_count; i++)
		if (c->hosts[i].role != NULL && c->hosts[i].name[0] != '\0' &&
			strcmp(c->hosts[i].role, "server") == 0)
			return c->hosts[i].name;
	/* Of machines that call each other each is a server of something. */
	for (size_t i = c->hosts_count; i > 0; i--)
		if (c->hosts[i - 1].captured &&
			c->hosts[i - 1].name[0] != '\0' &&
			strcmp(c->hosts[i - 1].role, c->hosts[i - 1].name) == 0)
			return c->hosts[i - 1].name;
	return "server";
}

/* Machines that are named besides the first in the question whose a file is. */
#define OTHERS_NAMED 3
#define CASE_NAME_SHOWN 80

/* ", or web-01=..." of other machines that it may be of; else "". */
static void
others_named(
	const struct case_files *c, const char *host, char *text, size_t room)
{
	size_t n = 0;
	int named = 0;
	text[0] = '\0';
	for (size_t i = 0; i < c->hosts_count && named < OTHERS_NAMED; i++) {
		const char *name = c->hosts[i].name;
		if (name[0] == '\0' || strcasecmp(name, host) == 0)
			continue;
		n += (size_t)snprintf(text + n, room - n, ", or %.*s=...",
			CASE_NAME_SHOWN, name);
		named++;
	}
}

/* The parts of a session that nobody names are of the machine that it is of. */
static void
place_parts_of(struct case_files *c, const struct case_file *whole)
{
	bool session = whole->kind == CASE_FILE_TRANSCRIPT;
	for (size_t i = 0; session && i < c->count; i++)
		if (c->list[i].whole == whole->name && c->list[i].host_at == 0)
			c->list[i].host_at = whole->host_at;
}

void
case_files_claim(struct case_files *c, size_t host, struct ip_addr address)
{
	for (size_t i = 0; i < c->count; i++) {
		struct case_file *f = &c->list[i];
		for (size_t a = 0; a < f->addresses_count; a++)
			if (case_file_is_loose(f) &&
				ip_equal(f->addresses[a], address)) {
				f->host_at = host + 1;
				place_parts_of(c, f);
			}
	}
	hand_out_roles(c);
}

/* A session whose parts are of machines that its prompts name. */
static bool
is_split(const struct case_files *c, const struct case_file *f)
{
	for (size_t i = 0; f->kind == CASE_FILE_TRANSCRIPT && i < c->count; i++)
		if (c->list[i].whole == f->name && c->list[i].host_at > 0)
			return true;
	return false;
}

/* A capture whose name names no machine; the server's where there is one. */
static const struct case_file *
unnamed_capture(const struct case_files *c)
{
	const struct case_file *found = NULL;
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->kind != CASE_FILE_CAPTURE)
			continue;
		const struct case_host *h = &c->hosts[f->host_at - 1];
		bool server = h->role != NULL && strcmp(h->role, "server") == 0;
		if (h->unnamed && !h->said && (found == NULL || server))
			found = f;
	}
	return found;
}

/* A machine's files lie beside captures that tell no name: one may be its. */
static void
ask_of_captures(const struct case_files *c)
{
	const struct case_file *capture = unnamed_capture(c);
	const struct case_host *host = NULL;
	for (size_t i = 0; host == NULL && i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (f->host_at > 0 && is_evidence(f) &&
			!c->hosts[f->host_at - 1].captured)
			host = &c->hosts[f->host_at - 1];
	}
	if (capture == NULL || host == NULL)
		return;
	if (capture->member)
		message("%s: nothing tells which capture is of this machine; "
			"if one is, say so in a case.yaml beside it: "
			"files: [{path: %s, role: %s}]",
			host->name, capture->place, host->name);
	else
		message("%s: nothing tells which capture is of this machine; "
			"if one is, say so: --vantage %s=%s, or another",
			host->name, host->name, capture->path);
}

void
case_files_ask(const struct case_files *c)
{
	ask_of_captures(c);
	size_t loose = 0;
	const struct case_file *first = NULL;
	for (size_t i = 0; i < c->count; i++) {
		const struct case_file *f = &c->list[i];
		if (!is_loose(f) || f->kind == CASE_FILE_FLOWS ||
			f->part.len > 0 || is_split(c, f))
			continue;
		if (loose++ == 0)
			first = f;
	}
	if (first == NULL || c->hosts_count == 0)
		return;
	char who[OTHERS_NAMED * (CASE_NAME_SHOWN + sizeof ", or =...") + 1];
	const char *host = likely_host(c);
	others_named(c, host, who, sizeof who);
	if (first->member)
		message("%s: nothing tells of which machine it is; give a "
			"case.yaml beside it that does: files: [{path: %s, "
			"role: %s}]%s",
			first->name, first->place, host, who);
	else
		message("%s: nothing tells of which machine it is; say "
			"--evidence %s=%s%s",
			first->name, host, first->path, who);
	if (loose > 1)
		message("%zu more files are of machines that nobody names",
			loose - 1);
}
