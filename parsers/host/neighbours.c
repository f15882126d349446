/*
 * Neighbours: ip neigh, arp, ndp, /proc/net/arp, Get-NetNeighbor.
 *
 * spec: iproute2 6.1 ip/ipneigh.c print_neigh(); Linux 6.12 net/ipv4/arp.c
 * arp_format_neigh_entry(); net-tools 2.10 arp.c arp_disp_2(), arp_disp();
 * FreeBSD 14 usr.sbin/arp/arp.c print_entry(), usr.sbin/ndp/ndp.c; Microsoft
 * NetTCPIP, Get-NetNeighbor; Microsoft, "arp" (below "Interface: A --- 0xN" in the
 * system's language).
 *
 *	10.2.0.9 dev srv0 FAILED                          <- nobody answers ARP
 *	? (198.51.100.20) at <incomplete> on eth0         <- arp -a, Linux
 *	? (198.51.100.20) at (incomplete) on em0 expired [ethernet]     <- BSD
 *	198.51.100.20            (incomplete)                eth0       <- arp -n
 *	2001:db8::1              (incomplete)    em0 expired I           <- ndp
 *	12      198.51.100.20    00-00-00-00-00-00   Unreachable   ...   <- Windows
 *	  198.51.100.20         00-00-00-00-00-00     invalid            <- arp -a there
 *
 * Told are neighbours that do not answer: a setting "neighbour" per address,
 * FAILED or INCOMPLETE, and the levels neigh_failed, neigh_incomplete and
 * neigh_entries of the host; of Windows the address of each interface, too.
 */
#include "parsers/host/formats.h"

struct neighbours {
	int64_t entries;
	int64_t failed;
	int64_t incomplete;
};

/* What the words of a line are, by the heading above it. */
enum table {
	TABLE_NONE,
	TABLE_PROC,        /* /proc/net/arp */
	TABLE_ARP,         /* arp -n, ndp: the address, then one of its link */
	TABLE_WINDOWS,     /* the address is the second word */
	TABLE_WINDOWS_ARP, /* address, link, a word in the system's language */
};

static bool
is_address(struct view word)
{
	struct ip_addr ip;
	return word.len > 1 && address_read(word, &ip);
}

static bool
is_state(struct view word)
{
	/* cite: iproute2 6.1 ip/ipneigh.c, nud_state names. */
	static const char *const states[] = {"REACHABLE", "STALE", "DELAY",
		"PROBE", "FAILED", "INCOMPLETE", "PERMANENT", "NOARP", "NONE"};
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (view_is(word, states[i]))
			return true;
	return false;
}

/* ip neigh: the address and, as the last word, the state. */
static bool
ip_line_read(struct view line, struct view *address, struct view *state)
{
	struct view word;
	*address = word_next(&line);
	word = word_next(&line);
	if (!is_address(*address) || !view_is(word, "dev"))
		return false;
	*state = word;
	while ((word = word_next(&line)).len > 0)
		*state = word;
	return is_state(*state) || view_is(*state, "proxy");
}

static bool
is_incomplete(struct view line)
{
	return view_has(line, "<incomplete>") || view_has(line, "(incomplete)");
}

/* arp -a: "NAME (ADDRESS) at LINK ..." */
static bool
arp_line_read(struct view line, struct view *address, struct view *state)
{
	size_t at = view_find(line, ") at ");
	*address = view_between(line, "(", ")");
	*state = view_str(is_incomplete(line) ? "INCOMPLETE" : "COMPLETE");
	return at != TEXT_NOWHERE && is_address(*address);
}

static enum table
heading_of(struct view line)
{
	struct view rest = line;
	struct view first = word_next(&rest);
	if (view_begins(line, "IP address ") && view_has(line, "HW type"))
		return TABLE_PROC;
	if ((view_is(first, "Address") && view_has(rest, "HWtype")) ||
		(view_is(first, "Neighbor") && view_has(rest, "Netif")) ||
		(view_is(first, "Host") && view_has(rest, "Netif Expire")))
		return TABLE_ARP;
	if (view_is(first, "ifIndex") && view_has(rest, "LinkLayerAddress"))
		return TABLE_WINDOWS;
	if (view_has(line, " --- 0x") && view_has(line, ": "))
		return TABLE_WINDOWS_ARP;
	return TABLE_NONE;
}

/* "00-50-56-c0-00-08" */
static bool
is_windows_link(struct view word)
{
	if (word.len != 17)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (i % 3 == 2 ? word.data[i] != '-'
			       : !byte_among(word.data[i],
					 "0123456789abcdefABCDEF"))
			return false;
	return true;
}

static bool
row_read(struct view line, enum table table, struct view *address,
	struct view *state)
{
	struct view rest = line;
	*address = word_next(&rest);
	if (table == TABLE_WINDOWS)
		*address = word_next(&rest);
	struct view word = word_next(&rest);
	*state = view_str(is_incomplete(line) ? "INCOMPLETE" : "COMPLETE");
	if (!is_address(*address))
		return false;
	if (table == TABLE_WINDOWS_ARP) {
		if (view_is(word, "00-00-00-00-00-00"))
			*state = view_str("INCOMPLETE");
		return is_windows_link(word);
	}
	if (table == TABLE_WINDOWS && view_has(rest, "Unreachable"))
		*state = view_str("FAILED");
	else if (table == TABLE_WINDOWS && view_has(rest, "Incomplete"))
		*state = view_str("INCOMPLETE");
	if (table != TABLE_PROC)
		return word.len > 0;
	/* cite: Linux 6.12 include/uapi/linux/if_arp.h, ATF_COM 0x02: without
	   it the address was never completed. */
	struct view flags = word_next(&rest);
	*state = view_str(view_is(flags, "0x0") ? "INCOMPLETE" : "COMPLETE");
	return view_begins(flags, "0x");
}

static bool
is_neighbour_line(struct view line)
{
	struct view address;
	struct view state;
	return heading_of(line) != TABLE_NONE ||
		ip_line_read(line, &address, &state) ||
		arp_line_read(line, &address, &state);
}

enum host_match
ip_neigh_recognise(struct view head)
{
	return head_has(head, is_neighbour_line);
}

static void
neigh_count(struct host_run *r, struct neighbours *n, struct view address,
	struct view state)
{
	n->entries++;
	n->failed += view_is(state, "FAILED");
	n->incomplete += view_is(state, "INCOMPLETE");
	if (view_is(state, "FAILED") || view_is(state, "INCOMPLETE"))
		emit_setting(r, address, view_str("neighbour"), state);
}

/* "Interface: 192.0.2.10 --- 0x4": whose neighbours they are. */
static void
interface_read(struct host_run *r)
{
	struct view address = view_between(r->line, ": ", " --- ");
	struct view rest = r->line;
	struct view index = word_next(&rest);
	for (struct view word; (word = word_next(&rest)).len > 0;)
		index = word;
	if (is_address(address))
		emit_setting(r, index, view_str("address"), address);
}

static bool
line_read(struct host_run *r, enum table table, struct neighbours *n)
{
	struct view address;
	struct view state;
	if (!ip_line_read(r->line, &address, &state) &&
		!arp_line_read(r->line, &address, &state) &&
		(table == TABLE_NONE ||
			!row_read(r->line, table, &address, &state)))
		return false;
	neigh_count(r, n, address, state);
	return true;
}

void
ip_neigh_parse(struct host_run *r)
{
	struct neighbours n = {0};
	enum table table = TABLE_NONE;
	bool below = false; /* a heading of Windows, whose columns come next */
	while (run_next(r)) {
		bool columns = below && table == TABLE_WINDOWS_ARP;
		below = false;
		if (run_blank(r))
			continue;
		if (heading_of(r->line) != TABLE_NONE) {
			table = heading_of(r->line);
			below = true;
			if (table == TABLE_WINDOWS_ARP)
				interface_read(r);
		} else if (view_begins(r->line, "-------")) {
			run_claim(r);
		} else if (!line_read(r, table, &n) && !columns) {
			continue;
		}
		run_claim(r);
	}
	struct view host = view_str("");
	emit_counter(r, host, view_str("neigh_entries"), n.entries, true);
	emit_counter(r, host, view_str("neigh_failed"), n.failed, true);
	emit_counter(r, host, view_str("neigh_incomplete"), n.incomplete, true);
}
