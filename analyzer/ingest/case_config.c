/*
 * Finding case.yaml, the options, and which of all that holds for a file.
 *
 * For a file's zone and year the first of these that says something holds:
 * --timezone ROLE=TZ, --timezone TZ, case.yaml's entry of the file, case.yaml's
 * entry of its role.
 */
#include "ingest/case_config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/message.h"
#include "ingest/case_yaml.h"
#include "ingest/zones.h"

/* The role before '=', or "" for all; *rest is what follows. */
static bool
split_role(
	const char *argument, char role[CASE_ROLE_MAX + 1], const char **rest)
{
	const char *equals = strchr(argument, '=');
	size_t n = equals == NULL ? 0 : (size_t)(equals - argument);
	*rest = equals == NULL ? argument : equals + 1;
	if (n > CASE_ROLE_MAX || (equals != NULL && n == 0))
		return false;
	memcpy(role, argument, n);
	role[n] = '\0';
	return true;
}

bool
case_config_timezone(
	struct case_config *c, const char *argument, struct error *e)
{
	char name[CASE_ROLE_MAX + 1];
	char why[ZONE_WHY_MAX];
	const char *text;
	if (!split_role(argument, name, &text))
		return error_set(e, ERROR_USAGE,
			"--timezone '%s': write ROLE=TZ or TZ", argument);
	const struct case_zone *z = zone_read(text, &c->arena, why);
	if (z == NULL)
		return error_set(e, ERROR_USAGE, "--timezone: %s", why);
	if (name[0] == '\0') {
		c->zone = z;
		return true;
	}
	struct case_role *r = case_role_named(c, name);
	if (r == NULL)
		return error_set(e, ERROR_USAGE, "--timezone: too many roles");
	r->asked_zone = z;
	return true;
}

bool
case_config_year(struct case_config *c, const char *argument, struct error *e)
{
	char name[CASE_ROLE_MAX + 1];
	const char *text;
	int year;
	if (!split_role(argument, name, &text) || !case_yaml_year(text, &year))
		return error_set(e, ERROR_USAGE,
			"--year '%s': write a year from %d to %d", argument,
			CASE_YEAR_FIRST, CASE_YEAR_LAST);
	if (name[0] == '\0') {
		c->year = year;
		return true;
	}
	struct case_role *r = case_role_named(c, name);
	if (r == NULL)
		return error_set(e, ERROR_USAGE, "--year: too many roles");
	r->asked_year = year;
	return true;
}

enum case_config_stand
case_config_stand(const struct case_file *f)
{
	const char *slash = strrchr(f->place, '/');
	const char *base = slash == NULL ? f->place : slash + 1;
	if (strcmp(base, CASE_YAML_NAME) != 0)
		return CASE_CONFIG_NOWHERE;
	if (slash == NULL || f->named)
		return CASE_CONFIG_CASE;
	return strchr(f->place, '/') == slash ? CASE_CONFIG_FOLDER
					      : CASE_CONFIG_NOWHERE;
}

/* The file's text, one byte more than may be read at most; NULL when it cannot
 * be read. The caller frees. */
static uint8_t *
whole_text(const struct case_file *f, size_t *len)
{
	const struct anomaly_sink nobody = {0};
	struct stream s;
	if (!case_file_open(f, &s, nobody, NULL))
		return NULL;
	uint8_t *data = stream_read_whole(&s, TREE_FILE_MAX + 1, len);
	bool ok = s.error.kind == ERROR_NONE;
	stream_close(&s);
	if (ok)
		return data != NULL ? data : memory_take(1, 1);
	free(data);
	return NULL;
}

/* The role of a folder's files: as case_files.c names it. */
static const char *
folder_role(const char *folder)
{
	static const char *const ends[] = {"client", "server"};
	size_t n = strcspn(folder, "-_./0123456789 ");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n == strlen(ends[i]) &&
			strncasecmp(folder, ends[i], n) == 0)
			return ends[i];
	return folder;
}

static void
read_one(struct case_config *c, const struct case_file *f,
	enum case_config_stand stand, struct problems *p)
{
	char folder[CASE_ROLE_MAX + 1] = "";
	size_t n = strcspn(f->place, "/");
	size_t len;
	uint8_t *data = whole_text(f, &len);
	if (data == NULL ||
		(stand == CASE_CONFIG_FOLDER && n > CASE_ROLE_MAX)) {
		problem_add(p, f->name, (struct place){0}, "%s",
			data == NULL ? "cannot be read"
				     : "its folder's name is too long for a "
				       "role");
		free(data);
		return;
	}
	memcpy(folder, f->place, stand == CASE_CONFIG_FOLDER ? n : 0);
	case_yaml_read(c, f->name, view_of(data, len),
		stand == CASE_CONFIG_FOLDER ? folder_role(folder) : NULL, p);
	free(data);
}

static bool
begins_a_file(const struct case_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (case_name_begins(files->list[i].place, path) > 0)
			return true;
	return false;
}

/* The one file whose place ends so, or NULL: a file of an archive that lies in a
 * folder of the case is called as if it were the whole case. */
static const char *
only_place(const struct case_files *files, const char *path)
{
	const char *only = NULL;
	size_t n = strlen(path);
	for (size_t i = 0; i < files->count; i++) {
		const char *place = files->list[i].place;
		size_t len = strlen(place);
		if (len <= n || place[len - n - 1] != '/' ||
			strcmp(place + len - n, path) != 0)
			continue;
		if (only != NULL)
			return NULL;
		only = place;
	}
	return only;
}

static void
find_places(struct case_config *c, const struct case_files *files)
{
	for (size_t i = 0; i < c->files_count; i++) {
		const char *place = begins_a_file(files, c->files[i].path)
			? NULL
			: only_place(files, c->files[i].path);
		if (place != NULL)
			c->files[i].path = place;
	}
}

bool
case_config_read(struct case_config *c, const struct case_files *files,
	FILE *out, struct error *e)
{
	struct problems p = {.out = out};
	for (int stand = CASE_CONFIG_CASE; stand <= CASE_CONFIG_FOLDER; stand++)
		for (size_t i = 0; i < files->count; i++)
			if (files->list[i].kind == CASE_FILE_NOTE &&
				case_config_stand(&files->list[i]) ==
					(enum case_config_stand)stand)
				read_one(c, &files->list[i],
					(enum case_config_stand)stand, &p);
	find_places(c, files);
	if (p.count == 0)
		return true;
	if (p.count == 1)
		return error_set(e, ERROR_RULE, "%s", p.first);
	return error_set(e, ERROR_RULE, "%zu problems in case.yaml; first: %s",
		p.count, p.first);
}

static const char *
file_role(const void *context, size_t i)
{
	const struct case_files *files = context;
	const char *role = files->list[i].role;
	return role == NULL ? "" : role;
}

/* An option about a role that nothing belongs to is a slip of the pen. */
static bool
asked_roles_exist(const struct case_config *c, const struct case_files *files,
	struct error *e)
{
	for (size_t i = 0; i < c->roles_count; i++) {
		const struct case_role *r = &c->roles[i];
		bool found = r->asked_zone == NULL && r->asked_year == 0;
		for (size_t f = 0; !found && f < files->count; f++)
			found = strcmp(file_role(files, f), r->name) == 0;
		if (found)
			continue;
		const char *near =
			word_nearest(r->name, files->count, file_role, files);
		return error_set(e, ERROR_USAGE,
			"--timezone or --year %s=...: no file belongs to that "
			"role%s%s%s",
			r->name, near == NULL ? "" : "; did you mean '",
			near == NULL ? "" : near, near == NULL ? "" : "'?");
	}
	return true;
}

static struct case_file_said
said_of(const struct case_config *c, const struct case_file *f)
{
	const struct case_role *r = case_config_role(c, f->role);
	const struct case_file_config *own = case_config_file(c, f->place);
	struct case_file_said said = {0};
	if (r != NULL)
		said = (struct case_file_said){r->zone, r->year};
	if (own != NULL && own->zone != NULL)
		said.zone = own->zone;
	if (own != NULL && own->year != 0)
		said.year = own->year;
	if (c->zone != NULL)
		said.zone = c->zone;
	if (c->year != 0)
		said.year = c->year;
	if (r != NULL && r->asked_zone != NULL)
		said.zone = r->asked_zone;
	if (r != NULL && r->asked_year != 0)
		said.year = r->asked_year;
	return said;
}

/* Files that were named and are not there: not wrong, but worth a word. */
static void
tell_absent(const struct case_config *c, const struct case_files *files)
{
	for (size_t i = 0; i < c->files_count; i++)
		if (!begins_a_file(files, c->files[i].path))
			message(CASE_YAML_NAME ": no file begins with '%s'",
				c->files[i].path);
	for (size_t i = 0; i < c->roles_count; i++)
		for (size_t j = 0; j < c->roles[i].files_count; j++)
			if (!begins_a_file(files, c->roles[i].files[j]))
				message(CASE_YAML_NAME
					": no file begins with '%s'",
					c->roles[i].files[j]);
}

/* When a file was written last, seconds since the epoch; 0 not known. An
 * archive may say anything. */
static int64_t
changed_s(const struct case_file *f)
{
	struct stat st;
	if (f->member)
		return f->changed_s > 0 && f->changed_s < INT64_MAX / NS_PER_S
			? f->changed_s
			: 0;
	return f->path != NULL && stat(f->path, &st) == 0 ? st.st_mtime : 0;
}

/* When the newest log was written last: its lines' year, where nothing tells. */
static int64_t
newest_log_ns(const struct case_files *files)
{
	int64_t newest = 0;
	for (size_t i = 0; i < files->count; i++) {
		const struct case_file *f = &files->list[i];
		if (f->kind == CASE_FILE_LOG && changed_s(f) > newest)
			newest = changed_s(f);
	}
	return newest * NS_PER_S;
}

bool
case_config_settle(
	struct case_config *c, const struct case_files *files, struct error *e)
{
	if (!asked_roles_exist(c, files, e))
		return false;
	tell_absent(c, files);
	case_config_apply(c, files);
	return true;
}

void
case_config_apply(struct case_config *c, const struct case_files *files)
{
	c->said = memory_grow(
		c->said, files->count == 0 ? 1 : files->count, sizeof *c->said);
	c->said_count = files->count;
	c->newest_ns = newest_log_ns(files);
	for (size_t i = 0; i < files->count; i++)
		c->said[i] = said_of(c, &files->list[i]);
}
