/*
 * Folders, pairs and lone captures.
 *
 * "client-1.pcap, client-2.pcap, server-1.pcap" are pieces of one capture, as
 * analyze reads them; "client-checkout.pcap, server-checkout.pcap,
 * client-search.pcap ..." are incidents side by side. What follows the end's
 * name tells them apart: digits and separators, or words.
 */
#include "batch/form.h"

#include <stdlib.h>
#include <string.h>

/* Every file is opened at most once in a walk, here, and read as far as its
 * first bytes. A pipe is judged by its name alone: opening one may wait for
 * ever. */
void
form_look(struct listing *l, bool (*is_capture)(const char *path),
	struct arena *a)
{
	l->seen = arena_take(a, (l->count + 1) * sizeof *l->seen);
	for (size_t i = 0; i < l->count; i++) {
		const struct entry *entry = &l->entries[i];
		struct looked_at *seen = &l->seen[i];
		const char *path =
			arena_format(a, "%s/%s", l->path, entry->name);
		if (entry->kind == ENTRY_FILE && name_is_archive(entry->name)) {
			/* Alone, whatever its name says of an end. */
			seen->capture = true;
			continue;
		}
		if (entry->kind == ENTRY_FILE)
			seen->capture = is_capture(path);
		else if (entry->kind == ENTRY_PIPE)
			seen->capture = name_is_capture(entry->name);
		if (seen->capture)
			name_split(entry->name, &seen->parts);
	}
}

/* A capture of the folder's own incident: client.pcap, server-0003.pcap */
static bool
is_of_folder(const struct looked_at *seen)
{
	const struct name_parts *n = &seen->parts;
	return seen->capture && n->leads && n->full_word &&
		strspn(n->incident, "-_. 0123456789TZ:+") ==
		strlen(n->incident);
}

bool
form_is_case(const struct listing *l)
{
	int parts[FOLDER_NETWORK + 1] = {0};
	for (size_t i = 0; i < l->count; i++) {
		const struct entry *entry = &l->entries[i];
		if (entry->kind == ENTRY_FOLDER)
			parts[name_of_folder(entry->name)]++;
		else if (strcmp(entry->name, "case.yaml") == 0 ||
			is_of_folder(&l->seen[i]))
			return true;
	}
	/* An archive may be sorted by ends; a case with one end is not its
	 * root. Nor is one that holds the cases "client-only" and
	 * "server-late": samples/cases itself. */
	if (l->name[0] == '\0')
		return parts[FOLDER_CLIENT] > 0 && parts[FOLDER_SERVER] > 0;
	return parts[FOLDER_CLIENT] > 0 || parts[FOLDER_SERVER] > 0 ||
		parts[FOLDER_NETWORK] > 0 ||
		(parts[FOLDER_CLIENT_WORD] == 1 &&
			parts[FOLDER_SERVER_WORD] == 1);
}

/* Captures in order of incident, role and name. */
struct candidate {
	const struct entry *entry;
	struct looked_at *seen;
};

/* Files of one incident stand together, its client's before its server's; the
 * name settles the rest, so that the order is never the folder's. */
static int
compare(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	int order = strcmp(x->seen->parts.incident, y->seen->parts.incident);
	if (order == 0)
		order = strcmp(x->seen->parts.role ? x->seen->parts.role : "",
			y->seen->parts.role ? y->seen->parts.role : "");
	return order != 0 ? order : strcmp(x->entry->name, y->entry->name);
}

/* The captures of a folder in the order in which pairs are looked for. Other
 * files wait until a pair asks for them. */
static size_t
candidates(struct plan *p, struct listing *l, struct candidate **list)
{
	size_t n = 0;
	*list = arena_take(&p->arena, (l->count + 1) * sizeof **list);
	for (size_t i = 0; i < l->count; i++)
		if (l->seen[i].capture)
			(*list)[n++] =
				(struct candidate){&l->entries[i], &l->seen[i]};
	qsort(*list, n, sizeof **list, compare);
	return n;
}

/* A file of the case, by its path and the end it shows; NULL when its name does
 * not say. The caller has made room for as many as the folder holds. */
static void
add_part(struct plan *p, struct batch_case *c, const struct listing *l,
	const char *file, const char *role, bool capture)
{
	c->parts[c->parts_count++] = (struct case_part){
		.path = arena_format(&p->arena, "%s/%s", l->path, file),
		.role = role,
		.capture = capture,
	};
}

/* The logs and snapshots that bear the incident's name go to its case, each
 * once and with the end that its name says. */
static void
take_evidence(struct plan *p, struct batch_case *c, struct listing *l,
	const char *incident)
{
	for (size_t i = 0; i < l->count; i++) {
		const char *file = l->entries[i].name;
		if (l->entries[i].kind != ENTRY_FILE || l->seen[i].capture ||
			l->seen[i].taken)
			continue;
		const char *role = name_evidence_of(file, incident);
		if (role == NULL)
			continue;
		add_part(p, c, l, file, role, false);
		l->seen[i].taken = true;
	}
}

/* A case of the captures of both ends, and of the files beside them that are
 * named after the same incident. */
static void
take_pair(struct plan *p, struct listing *l, const struct candidate *list,
	size_t n)
{
	const char *incident = list[0].seen->parts.incident;
	struct batch_case *c =
		plan_add(p, CASE_PAIR, plan_join(&p->arena, l->name, incident));
	c->parts = arena_take(&p->arena, l->count * sizeof *c->parts);
	for (size_t i = 0; i < n; i++) {
		add_part(p, c, l, list[i].entry->name, list[i].seen->parts.role,
			true);
		list[i].seen->taken = true;
	}
	take_evidence(p, c, l, incident);
}

/* A capture without a partner is a case of its own; its end is known only where
 * its name spells it out. */
static void
take_single(struct plan *p, struct listing *l, const struct candidate *one)
{
	const struct name_parts *n = &one->seen->parts;
	struct batch_case *c = plan_add(p, CASE_SINGLE,
		plan_join(&p->arena, l->name, one->entry->name));
	c->parts = arena_take(&p->arena, sizeof *c->parts);
	/* A short word for an end says nothing without its partner. */
	add_part(
		p, c, l, one->entry->name, n->full_word ? n->role : NULL, true);
	one->seen->taken = true;
}

/* Two captures of one incident are a pair only when each says its end and both
 * ends are there; two of the client's are two cases. */
static bool
both_ends(const struct candidate *list, size_t n)
{
	bool client = false;
	bool server = false;
	for (size_t i = 0; i < n; i++) {
		const char *role = list[i].seen->parts.role;
		if (role == NULL)
			return false;
		client = client || role[0] == 'c';
		server = server || role[0] == 's';
	}
	return client && server;
}

/* Whatever is left at the end is named as unplaced, so each entry of a folder
 * is in a case, in the list, or looked into. */
void
form_cases(struct plan *p, struct listing *l)
{
	struct candidate *list;
	size_t count = candidates(p, l, &list);
	for (size_t i = 0, n; i < count; i += n) {
		const char *incident = list[i].seen->parts.incident;
		bool named = list[i].seen->parts.role != NULL;
		/* Nameless ones come first in an incident, each alone. */
		for (n = 1; named && i + n < count; n++)
			if (strcmp(list[i + n].seen->parts.incident,
				    incident) != 0)
				break;
		if (both_ends(list + i, n))
			take_pair(p, l, list + i, n);
		else
			for (size_t j = 0; j < n; j++)
				take_single(p, l, &list[i + j]);
	}
	for (size_t i = 0; i < l->count; i++)
		if (l->entries[i].kind != ENTRY_FOLDER &&
			l->entries[i].kind != ENTRY_FOLDER_LINK &&
			!l->seen[i].taken)
			plan_unplaced(p,
				plan_join(&p->arena, l->name,
					l->entries[i].name));
}
