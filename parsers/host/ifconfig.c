/*
 * ifconfig of Linux, BSD and macOS: interfaces, addresses and counters.
 *
 * spec: net-tools 1.60 and 2.10 lib/interface.c ife_print_long(); FreeBSD 14
 * sbin/ifconfig, macOS network_cmds ifconfig.tproj.
 *
 *	eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
 *	        inet 198.51.100.20  netmask 255.255.255.0  broadcast ...
 *	        RX errors 1  dropped 2  overruns 3  frame 4
 *
 *	eth0      Link encap:Ethernet  HWaddr 02:00:00:01:00:01      <- 1.60
 *	          inet addr:198.51.100.20  Bcast:...  Mask:...
 *	          RX packets:12345 errors:1 dropped:2 overruns:3 frame:4
 *	          collisions:0 txqueuelen:1000
 *
 *	em0: flags=8843<UP,...> metric 0 mtu 1500                     <- BSD
 *		status: no carrier
 *
 * Names are those of the kernel, as ip -s link has them.
 */
#include "parsers/host/formats.h"
#include "parsers/host/netdev.h"

static bool
is_old_head(struct view line)
{
	return line.len > 0 && line.data[0] != ' ' &&
		view_has(line, " Link encap:");
}

static bool
is_head(struct view line)
{
	struct view name = word_next(&line);
	return (view_ends(name, ":") &&
		       view_begins(view_trim(line), "flags=") &&
		       view_has(line, "mtu ")) ||
		(name.len > 0 && view_has(line, " Link encap:"));
}

enum host_match
ifconfig_recognise(struct view head)
{
	return head_has(head, is_head);
}

static void
head_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view name = word_next(&rest);
	struct view word;
	if (view_ends(name, ":"))
		name.len--;
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, name);
	if (is_old_head(r->line))
		return;
	struct view scope = run_text(r, &r->scope);
	bool up = view_has(rest, "<UP") || view_has(rest, ",UP");
	if (!up)
		emit_setting(r, scope, view_str("state"), view_str("DOWN"));
	while ((word = word_next(&rest)).len > 0)
		if (view_is(word, "mtu"))
			emit_value(
				r, scope, word, word_next(&rest), VALUE_GAUGE);
}

/* "inet 198.51.100.20", "inet addr:198.51.100.20", "inet6 addr: fe80::1/64" */
static void
address_tell(struct host_run *r, struct view rest)
{
	struct view word = word_next(&rest);
	struct ip_addr ip;
	if (view_is(word, "addr:"))
		word = word_next(&rest);
	else if (view_begins(word, "addr:"))
		word = view_skip(word, strlen("addr:"));
	size_t end = view_find(word, "/");
	if (address_read(view_first(word, end), &ip))
		emit_setting(
			r, scratch_view(&r->scope), view_str("address"), word);
}

/* One heading and its number, of the side that the line is about. */
static bool
value_tell(
	struct host_run *r, bool sending, struct view name, struct view number)
{
	const char *known = netdev_name(sending, name);
	if (known == NULL)
		known = netdev_name(!sending, name);
	return known != NULL &&
		emit_value(r, scratch_view(&r->scope), view_str(known), number,
			VALUE_COUNTER);
}

/* "RX errors 1  dropped 2", "RX packets:12345 errors:1", "collisions:0" */
static bool
counters_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view word;
	bool any = false;
	bool sending = true;
	while ((word = word_next(&rest)).len > 0) {
		size_t colon = view_find(word, ":");
		if (view_is(word, "RX") || view_is(word, "TX")) {
			sending = view_is(word, "TX");
		} else if (colon != TEXT_NOWHERE) {
			any |= value_tell(r, sending, view_first(word, colon),
				view_skip(word, colon + 1));
		} else {
			struct view behind = rest;
			any |= value_tell(r, sending, word, word_next(&behind));
		}
	}
	return any;
}

static void
line_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view word = word_next(&rest);
	if (view_is(word, "inet") || view_is(word, "inet6"))
		address_tell(r, rest);
	else if (view_is(word, "status:") &&
		view_is(view_trim(rest), "no carrier"))
		emit_setting(r, scratch_view(&r->scope), view_str("carrier"),
			view_str("no"));
	else if (!counters_read(r))
		return;
	run_claim(r);
}

void
ifconfig_parse(struct host_run *r)
{
	bool seen = false;
	while (run_next_whole(r)) {
		if (is_head(r->line)) {
			head_read(r);
			seen = true;
			run_claim(r);
		} else if (seen && byte_among(r->line.data[0], " \t")) {
			line_read(r);
			run_claim(r);
		}
	}
}
