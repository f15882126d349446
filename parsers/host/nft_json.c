/*
 * nft -j list ruleset.
 *
 * spec: libnftables-json(5), nftables 1.0.6 src/json.c.
 *
 *	{"nftables":[{"metainfo":...},
 *	  {"chain":{"family":"inet","table":"x","name":"i","policy":"drop",...}},
 *	  {"rule":{"family":"inet","table":"x","chain":"i","handle":2,
 *	    "expr":[{"match":...},{"counter":{"packets":4,"bytes":240}},{"drop":null}]}}]}
 *
 * A rule's scope ends in its handle, which stays the same while the rule lives;
 * its comment follows where it has one. "drop" within a map ("vmap") is no
 * verdict of the rule: only members of "expr" itself are.
 */
#include "parsers/host/firewall.h"
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

enum host_match
nft_json_recognise(struct view head)
{
	head = view_trim(head);
	return view_begins(head, "{") &&
			view_has(view_first(head, 32), "\"nftables\"")
		? HOST_MATCH_YES
		: HOST_MATCH_NO;
}

/* Depths: 1 {"nftables", 2 [, 3 {"rule", 4 {its members, 5 [ of expr,
   6 {"counter", 7 {"packets". */
enum {
	DEPTH_KIND = 3,
	DEPTH_MEMBERS = 4,
	DEPTH_STATEMENT = 6,
	DEPTH_COUNTER = 7,
};

struct object {
	struct view family;
	struct view table;
	struct view name; /* of the chain or the counter */
	struct view policy;
	struct view comment;
	struct view packets;
	int64_t handle;
	enum firewall_does does;
};

static void
member_read(struct object *o, struct view key, struct view value)
{
	if (view_is(key, "family"))
		o->family = value;
	else if (view_is(key, "table"))
		o->table = value;
	else if (view_is(key, "chain") || view_is(key, "name"))
		o->name = value;
	else if (view_is(key, "policy"))
		o->policy = value;
	else if (view_is(key, "comment"))
		o->comment = value;
	else if (view_is(key, "packets"))
		o->packets = value; /* of a named counter */
	else if (view_is(key, "handle"))
		number_read(value, 10, &o->handle);
}

/* A statement's key: {"drop":null}, {"reject":{...}}, {"counter":{...}}. */
static void
statement_read(const struct json *j, struct object *o)
{
	struct view key = json_key_at(j, DEPTH_STATEMENT);
	if (!view_is(json_key_at(j, DEPTH_MEMBERS), "expr") ||
		j->depth < DEPTH_STATEMENT)
		return;
	if (firewall_does(key) != FIREWALL_OTHER)
		o->does = firewall_does(key);
	if (view_is(key, "counter") && j->depth == DEPTH_COUNTER &&
		view_is(json_key(j), "packets"))
		o->packets = j->value;
}

static void
object_emit(struct host_run *r, struct view kind, const struct object *o)
{
	bool rule = view_is(kind, "rule");
	firewall_place(r, o->family, o->table, o->name, 0);
	if (rule) {
		scratch_adds(&r->scope, " handle ");
		scratch_add_number(&r->scope, (uint64_t)o->handle);
		scratch_adds(&r->scope, o->comment.len > 0 ? ": " : "");
		host_scratch_add(&r->scope, o->comment);
		firewall_rule(r, o->does, o->packets);
	} else if (view_is(kind, "chain") && o->policy.len > 0) {
		firewall_policy(
			r, run_text(r, &r->scope), o->policy, view_str(""));
	} else if (view_is(kind, "counter")) {
		emit_value(r, run_text(r, &r->scope), view_str("packets"),
			o->packets, VALUE_COUNTER);
	}
}

void
nft_json_parse(struct host_run *r)
{
	struct host_json h;
	const struct json *j = &h.json;
	struct object o = {.does = FIREWALL_OTHER};
	enum json_token t;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END) {
		struct view kind = json_key_at(j, DEPTH_KIND);
		bool value = t == JSON_STRING || t == JSON_NUMBER;
		if (t == JSON_OPEN && j->depth == DEPTH_MEMBERS)
			o = (struct object){.does = FIREWALL_OTHER};
		else if (t == JSON_CLOSE && j->depth == DEPTH_KIND)
			object_emit(r, kind, &o);
		else if (value && j->depth == DEPTH_MEMBERS)
			member_read(&o, json_key(j), j->value);
		else
			statement_read(j, &o);
	}
	host_json_close(&h);
}
