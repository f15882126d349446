/*
 * ethtool: counters (-S), offloads (-k), rings (-g), link settings.
 *
 * spec: ethtool 6.1 ethtool.c do_gstats(), dump_features(), dump_ring(),
 * dump_link_settings(); drivers choose the names of -S freely.
 *
 *	NIC statistics:                    Ring parameters for eth0:
 *	     rx_dropped: 12                Pre-set maximums:
 *	     [0]: rx_ucast_packets: 7      RX:             4096
 *	Features for eth0:                 Current hardware settings:
 *	tx-checksumming: on                RX:             512
 *
 * -S does not name the interface: it is taken from the file's name (as sosreport
 * and people write it) or from a line "# ethtool -S eth0". The scope is the
 * interface, "" when unknown.
 */
#include "parsers/host/formats.h"

/* cite: Linux 6.12 include/uapi/linux/if.h, IFNAMSIZ 16 with the NUL. */
#define IF_NAME_MAX 15

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '.' || c == '@' || c == ':' ||
		c == '_';
}

/* "ethtool_-S_eth0.txt", "ethtool-S-veth.txt", "ethtool_-S_eth0-before.txt" */
static struct view
interface_of_path(const char *path, const char *option)
{
	const char *at = strstr(path, option);
	if (at == NULL || (at[2] != '_' && at[2] != '-'))
		return view_str("");
	at += 3;
	size_t n = 0;
	while (is_name_char(at[n]))
		n++;
	struct view name = view_of(at, n);
	if (view_ends(name, ".txt") || view_ends(name, ".out"))
		name.len -= 4;
	if (view_ends(name, "_before") || view_is(name, "before") ||
		view_is(name, "after") || view_ends(name, "_after") ||
		name.len > IF_NAME_MAX)
		return view_str("");
	return name;
}

static struct view
trimmed_head(struct view line, const char *with)
{
	line = view_trim(line);
	return view_begins(line, with) ? view_skip(line, strlen(with))
				       : view_of(line.data, 0);
}

/* "Features for eth0:" sets the scope of what follows. */
static bool
heading_read(struct host_run *r, const char *with)
{
	struct view name = trimmed_head(r->line, with);
	if (name.len == 0)
		return false;
	if (view_ends(name, ":"))
		name.len--;
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, name);
	run_claim(r);
	return true;
}

/* Split at the last ": "; false when there is none. */
static bool
pair_split(struct view line, struct view *name, struct view *value)
{
	line = view_trim(line);
	size_t at = view_find_last(line, ':');
	if (at == TEXT_NOWHERE || at == 0)
		return false;
	*name = view_trim(view_first(line, at));
	*value = view_trim(view_skip(line, at + 1));
	return name->len > 0;
}

static bool
is_statistics(struct view line)
{
	return view_is(view_trim(line), "NIC statistics:");
}

enum host_match
ethtool_s_recognise(struct view head)
{
	return head_has(head, is_statistics);
}

void
ethtool_s_parse(struct host_run *r)
{
	struct view name;
	struct view value;
	host_scratch_add(&r->scope, interface_of_path(r->name, "-S"));
	while (run_next(r)) {
		if (run_blank(r) || heading_read(r, "# ethtool -S "))
			continue;
		/* No value: a heading, some stand within the list. */
		if (pair_split(r->line, &name, &value) &&
			(value.len == 0 ||
				emit_value(r, scratch_view(&r->scope), name,
					value, VALUE_COUNTER)))
			run_claim(r);
	}
}

static bool
is_features(struct view line)
{
	return view_begins(view_trim(line), "Features for ") ||
		view_begins(view_trim(line), "Offload parameters for ");
}

enum host_match
ethtool_k_recognise(struct view head)
{
	return head_has(head, is_features);
}

void
ethtool_k_parse(struct host_run *r)
{
	struct view name;
	struct view value;
	while (run_next(r)) {
		if (run_blank(r) || heading_read(r, "Features for ") ||
			heading_read(r, "Offload parameters for "))
			continue;
		if (!pair_split(r->line, &name, &value) || value.len == 0)
			continue;
		/* "off [fixed]", "on [requested off]" */
		value = view_first(value, view_find(value, " "));
		emit_setting(r, scratch_view(&r->scope), name, value);
		run_claim(r);
	}
}

static bool
is_rings(struct view line)
{
	return view_begins(view_trim(line), "Ring parameters for ");
}

enum host_match
ethtool_g_recognise(struct view head)
{
	return head_has(head, is_rings);
}

void
ethtool_g_parse(struct host_run *r)
{
	struct view name;
	struct view value;
	bool maximum = true;
	while (run_next(r)) {
		struct view text = view_trim(r->line);
		if (run_blank(r) || heading_read(r, "Ring parameters for "))
			continue;
		if (!pair_split(r->line, &name, &value))
			continue;
		if (value.len == 0) {
			maximum = view_begins(text, "Pre-set maximums");
			run_claim(r);
			continue;
		}
		scratch_clear(&r->text);
		scratch_adds(&r->text, maximum ? "ring_max " : "ring ");
		host_scratch_add(&r->text, name);
		/* "n/a", "off": known lines without a number. */
		emit_value(r, scratch_view(&r->scope), run_text(r, &r->text),
			value, VALUE_GAUGE);
		run_claim(r);
	}
}

static bool
is_settings(struct view line)
{
	return view_begins(view_trim(line), "Settings for ");
}

enum host_match
ethtool_recognise(struct view head)
{
	return head_has(head, is_settings);
}

/* The settings that bear on loss; the others are lists of link modes. */
void
ethtool_parse(struct host_run *r)
{
	static const char *const wanted[] = {
		"Speed", "Duplex", "Auto-negotiation", "Link detected"};
	struct view name;
	struct view value;
	while (run_next(r)) {
		if (run_blank(r) || heading_read(r, "Settings for "))
			continue;
		if (r->scope.len == 0)
			continue; /* messages before the heading */
		run_claim(r);
		if (!pair_split(r->line, &name, &value))
			continue;
		for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
			if (view_is(name, wanted[i]))
				emit_setting(r, scratch_view(&r->scope), name,
					value);
	}
}
