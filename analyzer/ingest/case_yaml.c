/*
 * case.yaml: a table per kind of map says which keys there are, of what shape,
 * and who takes them. A taker complains through wrong() and goes on.
 */
#include "ingest/case_yaml.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/case_config.h"
#include "ingest/zones.h"

struct reading {
	struct case_config *config;
	struct tree tree;
	struct problems *problems;
	const char *folder; /* role of the folder it lies in, or NULL */
};

struct key {
	const char *name;
	enum tree_kind kind;
	void (*take)(struct reading *r, const struct tree_node *n, void *into);
};

static void __attribute__((format(printf, 3, 4)))
wrong(struct reading *r, const struct tree_node *n, const char *format, ...)
{
	char what[PROBLEM_TEXT_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	problem_add(r->problems, r->tree.file, n->at, "%s", what);
}

struct keys {
	const struct key *list;
	size_t count;
};

static const char *
key_name(const void *context, size_t i)
{
	return ((const struct keys *)context)->list[i].name;
}

static void
unknown_key(struct reading *r, const struct tree_node *key, const char *what,
	struct keys keys)
{
	const char *near = word_nearest(key->text, keys.count, key_name, &keys);
	wrong(r, key, "unknown key '%.60s' in %s%s%s%s", key->text, what,
		near == NULL ? "" : "; did you mean '",
		near == NULL ? "" : near, near == NULL ? "" : "'?");
}

static const char *
kind_word(enum tree_kind k)
{
	static const char *const words[] = {[TREE_TEXT] = "text",
		[TREE_LIST] = "a list",
		[TREE_MAP] = "a map"};
	return words[k];
}

/* Every key of a map to its taker. */
static void
take_map(struct reading *r, const struct tree_node *map, const char *what,
	struct keys keys, void *into)
{
	if (map->kind != TREE_MAP) {
		wrong(r, map, "%s must be a map", what);
		return;
	}
	for (const struct tree_node *n = map->child; n != NULL; n = n->next) {
		size_t i = 0;
		while (i < keys.count &&
			strcmp(keys.list[i].name, n->key->text) != 0)
			i++;
		if (i == keys.count)
			unknown_key(r, n->key, what, keys);
		else if (n->kind != keys.list[i].kind)
			wrong(r, n, "'%s' must be %s", n->key->text,
				kind_word(keys.list[i].kind));
		else
			keys.list[i].take(r, n, into);
	}
}

#define KEYS(table) ((struct keys){(table), sizeof(table) / sizeof *(table)})

/* Room for one more in a list that grows. */
#define LIST_ADD(list, count)                                       \
	((list) = memory_grow((list), (count) + 1, sizeof *(list)), \
		memset(&(list)[count], 0, sizeof *(list)), &(list)[(count)++])

struct case_role *
case_role_named(struct case_config *c, const char *name)
{
	for (size_t i = 0; i < c->roles_count; i++)
		if (strcmp(c->roles[i].name, name) == 0)
			return &c->roles[i];
	if (c->roles_count == CASE_CONFIG_ROLES_MAX)
		return NULL;
	struct case_role *r = LIST_ADD(c->roles, c->roles_count);
	r->name = arena_copy(&c->arena, name, strlen(name));
	r->position = -1;
	r->boot_ns = CLOCK_UNKNOWN_NS;
	r->captured_from_ns = CLOCK_UNKNOWN_NS;
	r->captured_to_ns = CLOCK_UNKNOWN_NS;
	return r;
}

bool
case_yaml_year(const char *text, int *year)
{
	if (strlen(text) != 4 || strspn(text, "0123456789") != 4)
		return false;
	*year = (int)strtol(text, NULL, 10);
	return *year >= CASE_YEAR_FIRST && *year <= CASE_YEAR_LAST;
}

/* A name as a role's: what can begin a folder's or file's name. */
static bool
name_good(struct reading *r, const struct tree_node *n)
{
	size_t len = strlen(n->text);
	if (len > 0 && len <= CASE_ROLE_MAX &&
		strspn(n->text,
			"abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789-_.") == len &&
		n->text[0] != '.')
		return true;
	wrong(r, n,
		"a name consists of up to %d letters, digits, '-', '_' and '.'",
		CASE_ROLE_MAX);
	return false;
}

static const struct case_zone *
zone_of(struct reading *r, const struct tree_node *n)
{
	char why[ZONE_WHY_MAX];
	const struct case_zone *z = zone_read(n->text, &r->config->arena, why);
	if (z == NULL)
		wrong(r, n, "%s", why);
	return z;
}

static int
year_of(struct reading *r, const struct tree_node *n)
{
	int year = 0;
	if (!case_yaml_year(n->text, &year)) {
		wrong(r, n, "a year is a number from %d to %d", CASE_YEAR_FIRST,
			CASE_YEAR_LAST);
		return 0;
	}
	return year;
}

/* A path below the case folder. */
static const char *
path_of(struct reading *r, const struct tree_node *n)
{
	if (n->kind != TREE_TEXT || n->text[0] == '\0' || n->text[0] == '/' ||
		strstr(n->text, "..") != NULL) {
		wrong(r, n,
			"write a path below the case folder, or its beginning");
		return NULL;
	}
	return arena_copy(&r->config->arena, n->text, strlen(n->text));
}

/* Seconds with a fraction, as nanoseconds. r is NULL when what is wrong was
 * said already. */
static bool
seconds_of(struct reading *r, const struct tree_node *n, int64_t *ns)
{
	char *end;
	double s = strtod(n->text, &end);
	/* A hundred years either way: clocks that stand at 1970 among them. */
	if (end == n->text || *end != '\0' || !isfinite(s) ||
		fabs(s) > 100 * 366 * 86400.0) {
		if (r != NULL)
			wrong(r, n, "write seconds, such as -137.25");
		return false;
	}
	*ns = (int64_t)(s * 1e9 + (s < 0 ? -0.5 : 0.5));
	return true;
}

static void
take_nothing(struct reading *r, const struct tree_node *n, void *into)
{
	(void)r;
	(void)n;
	(void)into;
}

static void
take_files(struct reading *r, const struct tree_node *n, void *into)
{
	struct case_role *role = into;
	size_t room = role->files_count + n->children;
	const char **list =
		arena_take(&r->config->arena, (room + 1) * sizeof *list);
	for (size_t i = 0; i < role->files_count; i++)
		list[i] = role->files[i];
	for (const struct tree_node *f = n->child; f != NULL; f = f->next) {
		const char *path = path_of(r, f);
		if (path != NULL)
			list[role->files_count++] = path;
	}
	role->files = list;
}

static void
take_role_zone(struct reading *r, const struct tree_node *n, void *into)
{
	struct case_role *role = into;
	const struct case_zone *z = zone_of(r, n);
	if (role->zone == NULL)
		role->zone = z;
}

static void
take_role_year(struct reading *r, const struct tree_node *n, void *into)
{
	struct case_role *role = into;
	int year = year_of(r, n);
	if (role->year == 0)
		role->year = year;
}

/* A moment with its zone, unless one is known already. */
static void
take_moment(struct reading *r, const struct tree_node *n, int64_t *into)
{
	int64_t ns;
	bool zoned;
	if (!clock_parse(n->text, &ns, &zoned) || !zoned)
		wrong(r, n,
			"'%.40s' is no such time; write 2026-11-20T09:15:04Z "
			"or 2026-11-20T10:15:04+01:00",
			n->text);
	else if (*into == CLOCK_UNKNOWN_NS)
		*into = ns;
}

static void
take_boot(struct reading *r, const struct tree_node *n, void *into)
{
	take_moment(r, n, &((struct case_role *)into)->boot_ns);
}

static void
take_from_moment(struct reading *r, const struct tree_node *n, void *into)
{
	take_moment(r, n, &((struct case_role *)into)->captured_from_ns);
}

static void
take_to_moment(struct reading *r, const struct tree_node *n, void *into)
{
	take_moment(r, n, &((struct case_role *)into)->captured_to_ns);
}

static void
take_offset(struct reading *r, const struct tree_node *n, void *into)
{
	struct case_role *role = into;
	int64_t ns;
	if (!seconds_of(r, n, &ns) || role->offset_known)
		return;
	role->offset_ns = ns;
	role->offset_known = true;
	/* A second when nobody says how sure that is: read_role. */
	role->offset_uncertainty_ns = NS_PER_S;
}

static void
take_uncertainty(struct reading *r, const struct tree_node *n, void *into)
{
	int64_t ns;
	(void)into;
	if (seconds_of(r, n, &ns) && ns < 0)
		wrong(r, n, "an uncertainty is not negative");
}

static void
take_addresses(struct reading *r, const struct tree_node *n, void *into)
{
	struct case_role *role = into;
	size_t room = role->addresses_count + n->children;
	struct ip_addr *list =
		arena_take(&r->config->arena, (room + 1) * sizeof *list);
	if (role->addresses_count > 0)
		memcpy(list, role->addresses,
			role->addresses_count * sizeof *list);
	role->addresses = list;
	for (const struct tree_node *a = n->child; a != NULL; a = a->next) {
		if (a->kind != TREE_TEXT ||
			!ip_parse(a->text, &list[role->addresses_count]))
			wrong(r, a, "write an IPv4 or IPv6 address");
		else
			role->addresses_count++;
	}
}

static const struct key role_keys[] = {
	{"name", TREE_TEXT, take_nothing}, /* taken first: read_role */
	{"files", TREE_LIST, take_files},
	{"timezone", TREE_TEXT, take_role_zone},
	{"year", TREE_TEXT, take_role_year},
	{"boot", TREE_TEXT, take_boot},
	{"captured_from", TREE_TEXT, take_from_moment},
	{"captured_to", TREE_TEXT, take_to_moment},
	{"clock_ahead_s", TREE_TEXT, take_offset},
	{"clock_uncertainty_s", TREE_TEXT, take_uncertainty},
	{"addresses", TREE_LIST, take_addresses},
};

/* One machine's entry; its name is the folder's where it lies in one. */
static struct case_role *
read_role(struct reading *r, const struct tree_node *n, const char *what)
{
	const struct tree_node *name =
		n->kind == TREE_MAP ? tree_get(n, "name") : NULL;
	if (n->kind != TREE_MAP) {
		wrong(r, n, "%s must be a map", what);
		return NULL;
	}
	if (name == NULL && r->folder == NULL) {
		wrong(r, n, "%s lacks 'name'", what);
		return NULL;
	}
	if (name != NULL && (name->kind != TREE_TEXT || !name_good(r, name)))
		return NULL;
	struct case_role *role = case_role_named(
		r->config, r->folder != NULL ? r->folder : name->text);
	if (role == NULL) {
		wrong(r, n, "more than %d names", CASE_CONFIG_ROLES_MAX);
		return NULL;
	}
	bool known = role->offset_known;
	int64_t unsure;
	take_map(r, n, what, KEYS(role_keys), role);
	const struct tree_node *sure = tree_get(n, "clock_uncertainty_s");
	if (sure != NULL && tree_get(n, "clock_ahead_s") == NULL)
		wrong(r, sure, "'clock_uncertainty_s' needs 'clock_ahead_s'");
	else if (sure != NULL && !known && sure->kind == TREE_TEXT &&
		seconds_of(NULL, sure, &unsure))
		role->offset_uncertainty_ns = unsure;
	const struct tree_node *to = tree_get(n, "captured_to");
	if (to != NULL && role->captured_from_ns != CLOCK_UNKNOWN_NS &&
		role->captured_to_ns != CLOCK_UNKNOWN_NS &&
		role->captured_to_ns < role->captured_from_ns)
		wrong(r, to, "'captured_to' is before 'captured_from'");
	return role;
}

static void
take_vantages(struct reading *r, const struct tree_node *n, void *into)
{
	(void)into;
	if (r->folder != NULL) {
		wrong(r, n->key,
			"'vantages' belongs into the case's own case.yaml; "
			"write 'host' here");
		return;
	}
	for (const struct tree_node *v = n->child; v != NULL; v = v->next) {
		struct case_role *role =
			read_role(r, v, "an entry of 'vantages'");
		if (role == NULL)
			continue;
		if (role->position >= 0)
			wrong(r, v, "'%s' is given twice", role->name);
		else
			role->position = r->config->positions++;
	}
}

static void
take_host(struct reading *r, const struct tree_node *n, void *into)
{
	(void)into;
	struct case_role *role = read_role(r, n, "'host'");
	/* In the case's own folder: all that nothing else places is its. */
	if (role != NULL && r->folder == NULL)
		r->config->rest = role->name;
}

static void
take_file_path(struct reading *r, const struct tree_node *n, void *into)
{
	((struct case_file_config *)into)->path = path_of(r, n);
}

static void
take_file_role(struct reading *r, const struct tree_node *n, void *into)
{
	if (name_good(r, n))
		((struct case_file_config *)into)->role =
			arena_copy(&r->config->arena, n->text, strlen(n->text));
}

static void
take_file_zone(struct reading *r, const struct tree_node *n, void *into)
{
	((struct case_file_config *)into)->zone = zone_of(r, n);
}

static void
take_file_year(struct reading *r, const struct tree_node *n, void *into)
{
	((struct case_file_config *)into)->year = year_of(r, n);
}

static const struct key file_keys[] = {
	{"path", TREE_TEXT, take_file_path},
	{"role", TREE_TEXT, take_file_role},
	{"timezone", TREE_TEXT, take_file_zone},
	{"year", TREE_TEXT, take_file_year},
};

static void
take_case_files(struct reading *r, const struct tree_node *n, void *into)
{
	struct case_config *c = r->config;
	(void)into;
	if (r->folder != NULL || n->children > CASE_CONFIG_LIST_MAX) {
		wrong(r, n->key,
			"'files' belongs into the case's own case.yaml, with "
			"up to %d entries",
			CASE_CONFIG_LIST_MAX);
		return;
	}
	for (const struct tree_node *f = n->child; f != NULL; f = f->next) {
		struct case_file_config x = {0};
		take_map(r, f, "an entry of 'files'", KEYS(file_keys), &x);
		if (x.path == NULL && f->kind == TREE_MAP &&
			tree_get(f, "path") == NULL)
			wrong(r, f, "an entry of 'files' lacks 'path'");
		if (x.path != NULL)
			*LIST_ADD(c->files, c->files_count) = x;
	}
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80". */
static bool
endpoint_read(const char *text, struct case_endpoint *out)
{
	char ip[IP_TEXT_MAX];
	const char *colon = strrchr(text, ':');
	bool bracket = text[0] == '[';
	out->port = -1;
	if (!bracket && (colon == NULL || strchr(text, ':') != colon))
		return ip_parse(text, &out->ip);
	const char *from = text + bracket;
	const char *end = bracket ? strchr(text, ']') : colon;
	if (end == NULL || (size_t)(end - from) >= sizeof ip)
		return false;
	memcpy(ip, from, (size_t)(end - from));
	ip[end - from] = '\0';
	const char *port = end + bracket;
	if (!ip_parse(ip, &out->ip) || (*port != '\0' && *port != ':'))
		return false;
	if (*port == '\0')
		return true;
	size_t digits = strspn(++port, "0123456789");
	out->port = (int32_t)strtol(port, NULL, 10);
	return digits > 0 && digits <= 5 && port[digits] == '\0' &&
		out->port > 0 && out->port <= UINT16_MAX;
}

static void
take_endpoint(struct reading *r, const struct tree_node *n, void *into)
{
	if (!endpoint_read(n->text, into))
		wrong(r, n,
			"write an address, or address:port ([address]:port of "
			"IPv6)");
}

static void
take_from(struct reading *r, const struct tree_node *n, void *into)
{
	take_endpoint(r, n, &((struct case_translation *)into)->from);
}

static void
take_to(struct reading *r, const struct tree_node *n, void *into)
{
	take_endpoint(r, n, &((struct case_translation *)into)->to);
}

static const struct key translation_keys[] = {
	{"from", TREE_TEXT, take_from},
	{"to", TREE_TEXT, take_to},
};

static void
take_translations(struct reading *r, const struct tree_node *n, void *into)
{
	struct case_config *c = r->config;
	(void)into;
	if (c->translations_count + n->children > CASE_CONFIG_LIST_MAX) {
		wrong(r, n, "more than %d translations", CASE_CONFIG_LIST_MAX);
		return;
	}
	for (const struct tree_node *t = n->child; t != NULL; t = t->next) {
		struct case_translation x = {0};
		take_map(r, t, "an entry of 'translations'",
			KEYS(translation_keys), &x);
		if (t->kind == TREE_MAP &&
			(tree_get(t, "from") == NULL ||
				tree_get(t, "to") == NULL))
			wrong(r, t, "a translation has 'from' and 'to'");
		else
			*LIST_ADD(c->translations, c->translations_count) = x;
	}
}

static const struct key root_keys[] = {
	{"vantages", TREE_LIST, take_vantages},
	{"host", TREE_MAP, take_host},
	{"files", TREE_LIST, take_case_files},
	{"translations", TREE_LIST, take_translations},
};

void
case_yaml_read(struct case_config *c, const char *file, struct view text,
	const char *folder, struct problems *p)
{
	struct reading r = {.config = c, .problems = p, .folder = folder};
	if (tree_read(&r.tree, file, text, &c->arena, p))
		take_map(&r, r.tree.root, "case.yaml", KEYS(root_keys), NULL);
}
