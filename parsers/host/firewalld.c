/*
 * firewall-cmd --list-all: zones of firewalld.
 *
 * spec: firewalld 1.3 src/firewall/command.py print_zone_info();
 * firewalld.richlanguage(5).
 *
 *	public (active)
 *	  target: default
 *	  services: dhcpv6-client ssh
 *	  ports: 443/tcp
 *	  rich rules:
 *		rule family="ipv4" source address="192.0.2.0/24" port port="80" protocol="tcp" reject
 *
 * The scope is the zone; of a rich rule the whole rule, and the setting "rule" is
 * what it does. Target "default" rejects what no service or port names.
 */
#include "parsers/host/firewall.h"
#include "parsers/host/formats.h"

static bool
is_target(struct view line)
{
	struct view rest = line;
	struct view word = word_next(&rest);
	return view_begins(line, "  ") && view_is(word, "target:") &&
		view_trim(rest).len > 0;
}

enum host_match
firewalld_recognise(struct view head)
{
	struct view line;
	struct view before = view_str("");
	while (line_next(&head, &line)) {
		if (is_target(line) && before.len > 0 &&
			!byte_among(before.data[0], " \t"))
			return HOST_MATCH_YES;
		before = line;
	}
	return HOST_MATCH_NO;
}

/* What a rich rule does is its last word but for a limit or a type. */
static bool
rich_read(struct host_run *r)
{
	static const char *const does[] = {"accept", "reject", "drop", "mark"};
	struct view text = view_trim(r->line);
	struct view rest = text;
	struct view word;
	struct view action = view_str("");
	if (!view_begins(text, "rule"))
		return false;
	while ((word = word_next(&rest)).len > 0)
		for (size_t i = 0; i < sizeof does / sizeof does[0]; i++)
			if (view_is(word, does[i]))
				action = word;
	if (action.len > 0)
		emit_setting(r, view_first(text, SCRATCH_MAX), view_str("rule"),
			action);
	return true;
}

static bool
field_read(struct host_run *r, struct view zone)
{
	struct view text = view_trim(r->line);
	size_t colon = view_find(text, ":");
	if (colon == TEXT_NOWHERE || !view_begins(r->line, "  "))
		return false;
	struct view name = view_first(text, colon);
	struct view value = view_trim(view_skip(text, colon + 1));
	if (value.len > 0)
		emit_setting(r, zone, name, value);
	return true;
}

void
firewalld_parse(struct host_run *r)
{
	struct view zone = view_str("");
	while (run_next_whole(r)) {
		struct view rest = r->line;
		if (!byte_among(r->line.data[0], " \t"))
			zone = word_next(&rest);
		else if (!rich_read(r) && !field_read(r, zone))
			continue;
		run_claim(r);
	}
}
