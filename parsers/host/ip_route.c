/*
 * Routes and routing policy: what iproute2 and route print.
 *
 * spec: iproute2 6.1 ip/iproute.c print_route(), ip/iprule.c print_rule();
 * net-tools 2.10 lib/inet_gr.c.
 *
 *	default via 198.51.100.1 dev eth0 metric 100
 *	unreachable 192.0.2.10                     <- refuses: ICMP or an error
 *	32766:	from all lookup main
 *
 * Told are the default routes and those that refuse (setting "route", scope the
 * destination, value the line), and rules that are not the three usual ones
 * (setting "rule"). Also, of the main table, by which card a destination is
 * reached (setting "route-device", scope the destination, value the card, empty
 * where several share it), and of iproute2's the address that goes with it
 * (setting "route-source", scope the card). route and netstat -r print no
 * addresses: of networks without a gateway the card is told (setting
 * "route-link", scope the network).
 */
#include "parsers/host/formats.h"

#define WORDS 9

/* Columns of route and netstat -r, and of their IPv6 form: the card is the last.
 * cite: net-tools 2.10 lib/inet_gr.c rprint_fib(), lib/inet6_gr.c */
#define COLUMNS_V4 8
#define COLUMNS_V6 7

/* cite: iproute2 6.1 lib/rt_names.c and ip/iproute.c, route types. */
static const char *const refusing[] = {
	"unreachable", "blackhole", "prohibit", "throw"};
static const char *const kinds[] = {
	"local", "broadcast", "multicast", "anycast", "unicast", "nat"};

static bool
is_one_of(struct view word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (view_is(word, words[i]))
			return true;
	return false;
}
#define IS_ONE_OF(word, words) \
	is_one_of((word), (words), sizeof(words) / sizeof *(words))

/* An address, with or without "/24"; "default". */
static bool
is_destination(struct view word)
{
	struct ip_addr ip;
	size_t slash = view_find(word, "/");
	return view_is(word, "default") ||
		(!view_is(word, "*") &&
			address_read(view_first(word, slash), &ip));
}

static bool
is_route(struct view line)
{
	struct view word = word_next(&line);
	bool refuses = IS_ONE_OF(word, refusing);
	if (refuses || IS_ONE_OF(word, kinds))
		word = word_next(&line);
	if (!is_destination(word))
		return false;
	word = word_next(&line);
	return refuses || view_is(word, "dev") || view_is(word, "via") ||
		view_is(word, "proto") || view_is(word, "nhid");
}

/* "10.2.0.9 dev srv0 FAILED": the last word is a state, in capitals. */
static bool
is_neigh_line(struct view line)
{
	struct view address = word_next(&line);
	struct view word = word_next(&line);
	struct view last = word;
	if (!is_destination(address) || !view_is(word, "dev"))
		return false;
	while ((word = word_next(&line)).len > 0)
		last = word;
	return view_is(last, "proxy") ||
		(last.len > 2 && last.data[0] >= 'A' && last.data[0] <= 'Z');
}

static bool
is_route_table(struct view line)
{
	return view_begins(line, "Kernel IP routing table") ||
		view_begins(line, "Kernel IPv6 routing table") ||
		view_begins(line, "Iface\tDestination\tGateway");
}

static bool
is_route_signature(struct view line)
{
	return is_route_table(line) || (is_route(line) && !is_neigh_line(line));
}

enum host_match
ip_route_recognise(struct view head)
{
	return head_has(head, is_route_signature);
}

/* The word behind this one on the line, or empty. */
static struct view
word_behind(struct view line, const char *name)
{
	struct view word;
	while ((word = word_next(&line)).len > 0)
		if (view_is(word, name))
			return word_next(&line);
	return view_str("");
}

/* What iproute2 says of one destination: the card, and the source address. */
static void
device_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view to = word_next(&rest);
	struct view dev = word_behind(rest, "dev");
	struct view table = word_behind(rest, "table");
	struct view source = word_behind(rest, "src");
	if (!is_destination(to) || (table.len > 0 && !view_is(table, "main")))
		return;
	emit_setting(r, to, view_str("route-device"), dev);
	/* Of a route over others, src is what it prefers, of any card. */
	if (view_is(word_behind(rest, "scope"), "link") && source.len > 0 &&
		dev.len > 0)
		emit_setting(r, dev, view_str("route-source"), source);
}

static void
route_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view word = word_next(&rest);
	bool refuses = IS_ONE_OF(word, refusing);
	if (refuses)
		word = word_next(&rest);
	if (refuses || view_is(word, "default"))
		emit_setting(r, word, view_str("route"), view_trim(r->line));
	device_read(r);
}

/* The length of a netmask, 0 to 32; -1 for what is none. */
static int
mask_bits(struct view word)
{
	struct ip_addr ip;
	if (!address_read(word, &ip) || !ip_is_v4(ip))
		return -1;
	uint32_t mask = (uint32_t)ip.lo;
	int bits = 0;
	while (bits < 32 && mask & UINT32_C(1) << (31 - bits))
		bits++;
	return bits < 32 && mask << bits != 0 ? -1 : bits;
}

/* "192.0.2.0/24" in r->scope, of a network and its mask, or of a prefix as it
 * stands; "default"; empty for anything else. */
static struct view
table_destination(struct host_run *r, struct view to, struct view mask)
{
	int bits = mask.len > 0 ? mask_bits(mask) : 0;
	bool all = view_is(to, "default") || view_is(to, "0.0.0.0");
	scratch_clear(&r->scope);
	if (bits < 0 || (!all && !is_destination(to)))
		return view_str("");
	if (all && bits == 0) {
		scratch_adds(&r->scope, "default");
		return scratch_view(&r->scope);
	}
	host_scratch_add(&r->scope, to);
	if (mask.len > 0) {
		scratch_adds(&r->scope, "/");
		scratch_add_number(&r->scope, (uint64_t)bits);
	}
	return scratch_view(&r->scope);
}

/* Which card a row of the table leads to. Of two ways to one network the kernel
 * takes the first, unless their metrics differ, and so they are printed. */
static void
table_device_read(struct host_run *r, const struct view *w, size_t n)
{
	bool v6 = n == COLUMNS_V6 && view_has(w[0], ":");
	if ((n != COLUMNS_V4 && !v6) || run_line_is_cut(r))
		return;
	struct view flags = w[v6 ? 2 : 3];
	struct view dev = w[n - 1];
	struct view to = table_destination(r, w[0], v6 ? view_str("") : w[2]);
	if (to.len == 0 || !view_begins(flags, "U") || view_is(dev, "-") ||
		view_has(flags, "!"))
		return;
	emit_setting(r, to, view_str("route-device"), dev);
	if (!view_has(flags, "G") && !view_is(to, "default"))
		emit_setting(r, to, view_str("route-link"), dev);
}

/* "192.0.2.0  -  255.255.255.0  !H  ..." of route -n: flag ! refuses. */
static void
table_row_read(struct host_run *r)
{
	struct view w[WORDS];
	size_t n = words_split(r->line, w, WORDS);
	if (n < 4)
		return;
	table_device_read(r, w, n);
	if (view_begins(w[3], "!") || view_is(w[0], "default") ||
		(view_is(w[0], "0.0.0.0") && view_is(w[2], "0.0.0.0")))
		emit_setting(r, w[0], view_str("route"), view_trim(r->line));
	run_claim(r);
}

void
ip_route_parse(struct host_run *r)
{
	bool table = false;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_route_table(r->line)) {
			table = true;
			run_claim(r);
		} else if (table) {
			table_row_read(r);
		} else if (is_route(r->line)) {
			route_read(r);
			run_claim(r);
		} else if (r->line.data[0] == '\t' || r->line.data[0] == ' ') {
			run_claim(r); /* nexthop lines of a multipath route */
		}
	}
}

/* "32766:\tfrom all lookup main" */
static bool
is_rule(struct view line)
{
	struct view word = word_next(&line);
	return word.len > 1 && view_ends(word, ":") &&
		is_number(view_first(word, word.len - 1)) &&
		(view_begins(view_trim(line), "from ") ||
			view_begins(view_trim(line), "not from "));
}

enum host_match
ip_rule_recognise(struct view head)
{
	return head_has(head, is_rule);
}

void
ip_rule_parse(struct host_run *r)
{
	static const char *const usual[] = {"from all lookup local",
		"from all lookup main", "from all lookup default"};
	while (run_next(r)) {
		struct view rest = r->line;
		if (run_blank(r) || !is_rule(r->line))
			continue;
		struct view number = word_next(&rest);
		rest = view_trim(rest);
		if (!IS_ONE_OF(rest, usual))
			emit_setting(r, view_first(number, number.len - 1),
				view_str("rule"), rest);
		run_claim(r);
	}
}
