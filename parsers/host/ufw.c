/*
 * ufw status, verbose or numbered.
 *
 * spec: ufw 0.36 src/backend_iptables.py get_status(), src/backend.py.
 *
 *	Default: deny (incoming), allow (outgoing), disabled (routed)
 *	To                         Action      From
 *	80/tcp                     DENY IN     192.0.2.0/24
 *	[ 3] 443/tcp               LIMIT IN    Anywhere
 *
 * A policy is a setting "policy" of the direction. A rule is a setting "rule",
 * its action, with the whole line as scope. Headings are translated: what is
 * known by its place is read in English only.
 */
#include "parsers/host/formats.h"

static bool
is_status(struct view line)
{
	return view_is(line, "Status: active") ||
		view_is(line, "Status: inactive");
}

static bool
is_default(struct view line)
{
	return view_begins(line, "Default: ") && view_has(line, "(incoming)");
}

static bool
is_heading(struct view line)
{
	struct view first = word_next(&line);
	struct view second = word_next(&line);
	return view_is(first, "To") && view_is(second, "Action") &&
		view_is(word_next(&line), "From");
}

static bool
is_ufw_line(struct view line)
{
	return is_default(line) || is_heading(line);
}

enum host_match
ufw_recognise(struct view head)
{
	if (head_has(head, is_ufw_line) == HOST_MATCH_YES)
		return HOST_MATCH_YES;
	return head_has(head, is_status);
}

/* "deny (incoming), allow (outgoing), disabled (routed)" */
static void
policies_read(struct host_run *r)
{
	struct view rest = view_skip(r->line, strlen("Default: "));
	struct view policy;
	while ((policy = word_next(&rest)).len > 0) {
		struct view place = word_next(&rest);
		place = view_between(place, "(", ")");
		if (place.len > 0)
			emit_setting(r, place, view_str("policy"), policy);
	}
}

static bool
is_action(struct view word)
{
	return view_is(word, "ALLOW") || view_is(word, "DENY") ||
		view_is(word, "REJECT") || view_is(word, "LIMIT");
}

static bool
rule_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view word;
	while ((word = word_next(&rest)).len > 0)
		if (is_action(word))
			break;
	if (word.len == 0)
		return false;
	scratch_clear(&r->scope);
	struct view words = r->line;
	struct view next;
	while ((next = word_next(&words)).len > 0) {
		if (r->scope.len > 0)
			scratch_adds(&r->scope, " ");
		host_scratch_add(&r->scope, next);
	}
	emit_setting(r, run_text(r, &r->scope), view_str("rule"), word);
	return true;
}

void
ufw_parse(struct host_run *r)
{
	while (run_next_whole(r)) {
		bool known = true;
		if (is_default(r->line))
			policies_read(r);
		else if (is_status(r->line))
			emit_setting(r, view_str(""), view_str("status"),
				view_skip(r->line, strlen("Status: ")));
		else
			known = is_heading(r->line) ||
				view_begins(r->line, "--") ||
				view_begins(r->line, "Logging: ") ||
				view_begins(r->line, "New profiles: ") ||
				rule_read(r);
		if (known)
			run_claim(r);
	}
}
