/*
 * From jansson's tree to the record: every member looked at, every number in
 * its range, every list within its bound.
 */
#include "parsers/report/report_file.h"

#include <jansson.h>
#include <string.h>

#include "base/utf8.h"

struct reader {
	struct arena *arena;
	struct error *e;
};

static bool
refuse(struct reader *r, const char *what)
{
	return error_set(r->e, ERROR_USAGE,
		"%s; this is no report that can be compared", what);
}

/* A text of the tree, cut to its bound at a character; NULL for no text. */
static const char *
text_of(struct reader *r, const json_t *value)
{
	if (!json_is_string(value))
		return NULL;
	struct view left =
		view_of(json_string_value(value), json_string_length(value));
	const uint8_t *from = left.data;
	for (int i = 0; i < REPORT_FILE_TEXT_MAX && left.len > 0; i++)
		utf8_take(&left);
	return arena_copy(r->arena, from, (size_t)(left.data - from));
}

static bool
need_text(struct reader *r, const json_t *from, const char *key,
	const char **text)
{
	*text = text_of(r, json_object_get(from, key));
	if (*text != NULL)
		return true;
	return error_set(r->e, ERROR_USAGE,
		"\"%s\" is missing or no text; this is no report that can be "
		"compared",
		key);
}

static bool
is_count(const json_t *value, int64_t most)
{
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
		json_integer_value(value) <= most;
}

static bool
need_count(struct reader *r, const json_t *from, const char *key, int64_t most,
	int64_t *count)
{
	const json_t *value = json_object_get(from, key);
	if (!is_count(value, most))
		return error_set(r->e, ERROR_USAGE,
			"\"%s\" is missing or no number from 0 to %lld; this "
			"is no report that can be compared",
			key, (long long)most);
	*count = json_integer_value(value);
	return true;
}

/* The figures add up: to the attempts, and failed ones are among them. */
static bool
outcome_adds_up(struct reader *r, const struct report_file_outcome *o)
{
	int64_t sum = 0;
	for (size_t i = 0; i < o->verdict_count; i++)
		sum += o->verdicts[i].count;
	if (sum != o->attempts || o->failed > o->attempts ||
		o->undecided > o->attempts - o->failed)
		return refuse(r, "its counts of attempts do not add up");
	return true;
}

static bool
read_verdicts(
	struct reader *r, const json_t *from, struct report_file_outcome *o)
{
	const json_t *verdicts = json_object_get(from, "by_verdict");
	const char *name;
	json_t *count;
	size_t n = json_object_size(verdicts);
	if (!json_is_object(verdicts))
		return refuse(r, "\"by_verdict\" is missing");
	if (n > REPORT_FILE_VERDICTS_MAX)
		return refuse(r, "\"by_verdict\" has too many words");
	o->verdicts = arena_take(r->arena, (n + 1) * sizeof *o->verdicts);
	json_object_foreach((json_t *)verdicts, name, count)
	{
		if (!is_count(count, REPORT_FILE_COUNT_MAX))
			return refuse(r, "\"by_verdict\" holds no counts");
		json_t *text = json_string(name);
		o->verdicts[o->verdict_count++] = (struct report_file_verdict){
			text_of(r, text), json_integer_value(count)};
		json_decref(text);
	}
	return true;
}

static bool
read_outcome(
	struct reader *r, const json_t *from, struct report_file_outcome *o)
{
	return need_count(r, from, "attempts", REPORT_FILE_COUNT_MAX,
		       &o->attempts) &&
		need_count(
			r, from, "failed", REPORT_FILE_COUNT_MAX, &o->failed) &&
		read_verdicts(r, from, o);
}

/* A list within its bound, or absent. */
static bool
list_of(struct reader *r, const json_t *from, const char *key, size_t most,
	const json_t **list)
{
	*list = json_object_get(from, key);
	if (*list == NULL || json_is_null(*list)) {
		*list = NULL;
		return true;
	}
	if (!json_is_array(*list) || json_array_size(*list) > most)
		return error_set(r->e, ERROR_USAGE,
			"\"%s\" is no list of up to %zu elements; this is no "
			"report that can be compared",
			key, most);
	return true;
}

/* The clients of a service, each of them once, add up to what it has; to no more
 * where some are left out. */
static bool
clients_add_up(struct reader *r, const struct report_file_service *s)
{
	int64_t attempts = 0, failed = 0;
	for (size_t i = 0; i < s->client_count; i++) {
		const struct report_file_client *c = &s->clients[i];
		for (size_t k = 0; k < i; k++)
			if (strcmp(s->clients[k].ip, c->ip) == 0)
				return refuse(r, "it names a client twice");
		if (c->failed > c->attempts ||
			c->undecided > c->attempts - c->failed)
			return refuse(r, "its counts by client do not add up");
		attempts += c->attempts;
		failed += c->failed;
	}
	if (attempts > s->outcome.attempts || failed > s->outcome.failed ||
		(s->clients_left_out == 0 &&
			(attempts < s->outcome.attempts ||
				failed < s->outcome.failed)))
		return refuse(r, "its counts by client do not add up");
	return true;
}

static bool
read_clients(
	struct reader *r, const json_t *from, struct report_file_service *s)
{
	const json_t *list;
	if (!list_of(r, from, "by_client", REPORT_FILE_CLIENTS_MAX, &list))
		return false;
	if (list == NULL)
		return true;
	size_t n = json_array_size(list);
	s->clients_known = true;
	s->clients = arena_take(r->arena, (n + 1) * sizeof *s->clients);
	for (size_t i = 0; i < n; i++) {
		const json_t *x = json_array_get(list, i);
		struct report_file_client *c = &s->clients[i];
		if (!need_text(r, x, "ip", &c->ip) ||
			!need_count(r, x, "attempts", REPORT_FILE_COUNT_MAX,
				&c->attempts) ||
			!need_count(r, x, "failed", REPORT_FILE_COUNT_MAX,
				&c->failed) ||
			!need_count(r, x, "undecided", REPORT_FILE_COUNT_MAX,
				&c->undecided))
			return false;
		s->client_count++;
	}
	return need_count(r, from, "clients_left_out", REPORT_FILE_COUNT_MAX,
		       &s->clients_left_out) &&
		clients_add_up(r, s);
}

static bool
read_service(
	struct reader *r, const json_t *from, struct report_file_service *s)
{
	const json_t *server = json_object_get(from, "server");
	return need_text(r, server, "ip", &s->ip) &&
		need_count(r, server, "port", UINT16_MAX, &s->port) &&
		need_count(r, from, "undecided", REPORT_FILE_COUNT_MAX,
			&s->outcome.undecided) &&
		read_outcome(r, from, &s->outcome) &&
		outcome_adds_up(r, &s->outcome) && read_clients(r, from, s);
}

static struct report_file_service *
service_of(struct report_file *file, const char *ip, int64_t port)
{
	for (size_t i = 0; i < file->service_count; i++)
		if (file->services[i].port == port &&
			strcmp(file->services[i].ip, ip) == 0)
			return &file->services[i];
	return NULL;
}

static bool
read_services(struct reader *r, const json_t *summary, struct report_file *file)
{
	const json_t *list;
	if (!list_of(r, summary, "services", REPORT_FILE_SERVICES_MAX, &list))
		return false;
	if (list == NULL)
		return true;
	file->services_known = true;
	size_t n = json_array_size(list);
	/* Those that only logs know of come to them. */
	file->services = arena_take(r->arena,
		(n + REPORT_FILE_SERVICES_MAX + 1) * sizeof *file->services);
	for (size_t i = 0; i < n; i++) {
		struct report_file_service *s = &file->services[i];
		*s = (struct report_file_service){0};
		if (!read_service(r, json_array_get(list, i), s))
			return false;
		if (service_of(file, s->ip, s->port) != NULL)
			return refuse(r, "it names a service twice");
		file->all.undecided += s->outcome.undecided;
		file->service_count++;
	}
	return need_count(r, summary, "services_left_out",
		REPORT_FILE_COUNT_MAX, &file->services_left_out);
}

/* What the first screen counts beside how attempts ended: slow ones, and what
 * logs tell of. Older reports have no such list. */
static bool
read_beside(struct reader *r, const json_t *root, struct report_file *file)
{
	const json_t *list;
	if (!file->services_known ||
		!list_of(r, root, "services", REPORT_FILE_SERVICES_MAX, &list))
		return !file->services_known;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *from = json_array_get(list, i);
		const char *ip;
		int64_t port, slow, reported;
		if (!need_text(r, from, "address", &ip) ||
			!need_count(r, from, "port", UINT16_MAX, &port) ||
			!need_count(r, from, "slow", REPORT_FILE_COUNT_MAX,
				&slow) ||
			!need_count(r, from, "reported", REPORT_FILE_COUNT_MAX,
				&reported))
			return false;
		struct report_file_service *s = service_of(file, ip, port);
		if (s == NULL && reported > 0) {
			s = &file->services[file->service_count++];
			*s = (struct report_file_service){
				.ip = ip, .port = port, .clients_known = true};
		}
		if (s == NULL)
			continue;
		s->reported = reported;
		s->slow = slow < s->outcome.attempts - s->outcome.failed
			? slow
			: s->outcome.attempts - s->outcome.failed;
	}
	return true;
}

static bool
read_host(struct reader *r, const json_t *from, struct report_file_host *h)
{
	const json_t *list;
	if (!need_text(r, from, "name", &h->name) ||
		!list_of(r, from, "addresses", REPORT_FILE_HOSTS_MAX, &list))
		return false;
	size_t n = json_array_size(list);
	h->addresses = arena_take(r->arena, (n + 1) * sizeof *h->addresses);
	for (size_t i = 0; i < n; i++) {
		const char *text = text_of(r, json_array_get(list, i));
		if (text != NULL)
			h->addresses[h->address_count++] = text;
	}
	return true;
}

/* Older reports have no such list. */
static bool
read_hosts(struct reader *r, const json_t *root, struct report_file *file)
{
	const json_t *list;
	if (!list_of(r, root, "hosts", REPORT_FILE_HOSTS_MAX, &list))
		return false;
	size_t n = json_array_size(list);
	file->hosts = arena_take(r->arena, (n + 1) * sizeof *file->hosts);
	for (; file->host_count < n; file->host_count++)
		if (!read_host(r, json_array_get(list, file->host_count),
			    &file->hosts[file->host_count]))
			return false;
	return true;
}

/* A report that does not say which undetermined attempts are known to have
 * failed, for one reason or another: at most as many as are left. */
static void
settle_undecided(struct report_file_outcome *o)
{
	int64_t most = 0;
	for (size_t i = 0; i < o->verdict_count; i++)
		if (strcmp(o->verdicts[i].verdict, "undetermined") == 0)
			most = o->verdicts[i].count;
	if (most > o->attempts - o->failed)
		most = o->attempts - o->failed;
	o->undecided = most;
}

static bool
read_summary(struct reader *r, const json_t *root, struct report_file *file)
{
	const json_t *summary = json_object_get(root, "summary");
	const json_t *overlap = json_object_get(summary, "overlap");
	if (!json_is_object(summary))
		return refuse(r, "it has no summary");
	if (!read_outcome(r, summary, &file->all) ||
		!read_services(r, summary, file))
		return false;
	if (!file->services_known || file->services_left_out > 0)
		settle_undecided(&file->all);
	file->first = text_of(r, json_object_get(overlap, "first"));
	file->last = text_of(r, json_object_get(overlap, "last"));
	return outcome_adds_up(r, &file->all);
}

static bool
read_causes(struct reader *r, const json_t *root, struct report_file *file)
{
	const json_t *list;
	if (!list_of(r, root, "findings", REPORT_FILE_CAUSES_MAX, &list))
		return false;
	size_t n = json_array_size(list);
	file->causes = arena_take(r->arena, (n + 1) * sizeof *file->causes);
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(list, i);
		struct report_file_cause *c = &file->causes[i];
		c->host = text_of(r, json_object_get(from, "host"));
		if (!need_text(r, from, "cause", &c->cause) ||
			!need_text(r, from, "title", &c->title) ||
			!need_text(r, from, "confidence", &c->confidence) ||
			!need_count(r, from, "attempts", REPORT_FILE_COUNT_MAX,
				&c->attempts))
			return false;
		/* Earlier reports of this version do not have it. */
		const json_t *reported = json_object_get(from, "reported");
		if (is_count(reported, REPORT_FILE_COUNT_MAX))
			c->reported = json_integer_value(reported);
		file->cause_count++;
	}
	return true;
}

static bool
add_vantage(struct reader *r, const json_t *input, struct report_file *file)
{
	const char *role = text_of(r, json_object_get(input, "role"));
	const char *grade = json_string_value(
		json_object_get(json_object_get(input, "trust"), "grade"));
	bool weak = grade == NULL || strcmp(grade, "good") != 0;
	if (role == NULL)
		return true;
	for (size_t i = 0; i < file->vantage_count; i++)
		if (strcmp(file->vantages[i].role, role) == 0) {
			file->vantages[i].weak |= weak;
			return true;
		}
	if (file->vantage_count == REPORT_FILE_VANTAGES_MAX)
		return refuse(r, "it has too many vantages");
	file->vantages[file->vantage_count++] =
		(struct report_file_vantage){role, weak};
	return true;
}

/* The captures among the inputs: those that count packets. */
static bool
read_inputs(struct reader *r, const json_t *root, struct report_file *file)
{
	const json_t *list = json_object_get(root, "inputs");
	size_t n = json_array_size(list);
	if (!json_is_array(list))
		return refuse(r, "it has no list of inputs");
	file->vantages = arena_take(
		r->arena, REPORT_FILE_VANTAGES_MAX * sizeof *file->vantages);
	file->captures = arena_take(r->arena, (n + 1) * sizeof *file->captures);
	for (size_t i = 0; i < n; i++) {
		const json_t *input = json_array_get(list, i);
		if (!json_is_integer(json_object_get(input, "packets")))
			continue;
		if (!add_vantage(r, input, file))
			return false;
		const char *digest =
			text_of(r, json_object_get(input, "sha256"));
		if (digest != NULL)
			file->captures[file->capture_count++] = digest;
	}
	return true;
}

static bool
read_tool(struct reader *r, const json_t *root, struct report_file *file)
{
	const json_t *tool = json_object_get(root, "tool");
	file->rules_sha256 = text_of(r, json_object_get(tool, "rules_sha256"));
	return need_text(r, tool, "version", &file->tool_version);
}

static bool
read_tree(struct reader *r, const json_t *root, struct report_file *file)
{
	const char *format = json_string_value(json_object_get(root, "format"));
	const json_t *version = json_object_get(root, "version");
	if (format == NULL || strcmp(format, "lostsyn-report") != 0)
		return error_set(r->e, ERROR_USAGE,
			"this is JSON, but no report.json of lostsyn");
	if (!json_is_integer(version) || json_integer_value(version) != 1)
		return error_set(r->e, ERROR_USAGE,
			"the report has another version than 1, the one that "
			"is known here; analyse the evidence again with this "
			"lostsyn, or compare with the other");
	return read_tool(r, root, file) && read_inputs(r, root, file) &&
		read_summary(r, root, file) && read_beside(r, root, file) &&
		read_hosts(r, root, file) && read_causes(r, root, file);
}

bool
report_file_read(struct report_file *file, char *text, size_t len,
	struct arena *a, struct error *e)
{
	struct reader r = {a, e};
	json_error_t where;
	*file = (struct report_file){0};
	if (!report_file_cut(text, &len))
		return error_set(e, ERROR_USAGE,
			"brackets or quotes do not match: no JSON, or cut "
			"off; take the whole report.json");
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
	if (root == NULL)
		return error_set(e, ERROR_USAGE,
			"no JSON (%s); take a report.json of lostsyn",
			where.text);
	bool ok = read_tree(&r, root, file);
	json_decref(root);
	return ok;
}
