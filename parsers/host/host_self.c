/*
 * What a machine says of itself: its name and its addresses, by uname,
 * hostname, hostnamectl, ifconfig, ip -br addr, ip -o addr and ipconfig.
 *
 * spec: POSIX.1-2017 uname; systemd 255 hostnamectl.c; net-tools 2.10
 * lib/interface.c ife_print_long(); iproute2 6.1 ip/ipaddress.c
 * print_linkinfo_brief(), print_addrinfo() with -oneline; Windows ipconfig as it prints.
 *
 *	Linux db-02 6.1.0-18-amd64 #1 SMP ... x86_64 GNU/Linux
 *	 Static hostname: db-02
 *	eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
 *	eth0      Link encap:Ethernet  HWaddr 02:00:00:00:00:01    <- old
 *	        inet 198.51.100.20  netmask 255.255.255.0
 *	          inet addr:198.51.100.20  Bcast:...               <- old
 *	eth0             UP             198.51.100.20/24 fe80::1/64
 *	2: eth0    inet 198.51.100.20/24 brd 198.51.100.255 scope global eth0
 *	   IPv4 Address. . . . . . . . . . . : 198.51.100.20(Preferred)
 *
 *	        RX errors 1  dropped 2  overruns 0  frame 0
 *	          RX packets:9 errors:1 dropped:2 overruns:0 frame:0
 *
 * Names are settings "kernel.hostname", as sysctl calls it; addresses are
 * settings "address" in the scope of the interface, as ip addr's are.
 */
#include "parsers/host/formats.h"
#include "parsers/host/netdev.h"

#define NAME "kernel.hostname"

/* "Linux db-02 6.1.0 ..." */
static bool
is_uname(struct view line)
{
	struct view system = word_next(&line);
	struct view name = word_next(&line);
	struct view release = word_next(&line);
	return (view_is(system, "Linux") || view_is(system, "FreeBSD") ||
		       view_is(system, "SunOS") || view_is(system, "Darwin") ||
		       view_is(system, "AIX")) &&
		name.len > 0 && !view_is(name, "version") && release.len > 0 &&
		release.data[0] >= '0' && release.data[0] <= '9' &&
		word_next(&line).len > 0;
}

/* Behind "Static hostname:" and its like; empty for other lines. */
static struct view
labelled_name(struct view line)
{
	static const char *const labels[] = {
		"Static hostname:", "Transient hostname:", "Host Name"};
	line = view_trim(line);
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (!view_begins(line, labels[i]))
			continue;
		size_t colon = view_find(line, ":");
		if (colon == TEXT_NOWHERE)
			return view_str("");
		struct view rest = view_skip(line, colon + 1);
		return word_next(&rest);
	}
	return view_str("");
}

/* The only word of a line, and no number. */
static bool
is_bare_name(struct view line)
{
	struct view name = view_trim(line);
	if (name.len == 0 || name.len > 253)
		return false;
	bool letter = false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];
		bool alpha = (c | 32) >= 'a' && (c | 32) <= 'z';
		letter = letter || alpha;
		if (!alpha && !(c >= '0' && c <= '9') && c != '-' && c != '.')
			return false;
	}
	return letter;
}

static bool
names_host(struct view line)
{
	return is_uname(line) || labelled_name(line).len > 0;
}

enum host_match
host_name_recognise(struct view head)
{
	struct view rest = head;
	struct view line;
	do
		if (!line_next(&rest, &line))
			return HOST_MATCH_NO;
	while (view_trim(line).len == 0); /* systeminfo's first */
	if (names_host(line))
		return HOST_MATCH_YES;
	return is_bare_name(line) ? HOST_MATCH_WEAK : HOST_MATCH_NO;
}

void
host_name_parse(struct host_run *r)
{
	while (run_next(r)) {
		struct view rest = r->line;
		struct view name = labelled_name(r->line);
		if (run_blank(r))
			continue;
		if (is_bare_name(r->line)) {
			name = view_trim(r->line);
		} else if (is_uname(r->line)) {
			word_next(&rest);
			name = word_next(&rest);
		}
		if (name.len > 0)
			emit_setting(r, view_str(""), view_str(NAME), name);
		run_claim(r);
	}
}

/* "eth0: flags=4163<...>", "eth0      Link encap:..." */
static bool
is_ifconfig(struct view line)
{
	if (line.len == 0 || line.data[0] == ' ' || line.data[0] == '\t')
		return false;
	word_next(&line);
	line = view_trim(line);
	return view_begins(line, "flags=") || view_begins(line, "Link encap:");
}

/* "eth0   UP   198.51.100.20/24 ..."; also with @peer. */
static bool
is_brief(struct view line)
{
	struct view name = word_next(&line);
	struct view state = word_next(&line);
	struct view address = word_next(&line);
	return name.len > 0 && !view_ends(name, ":") &&
		(view_is(state, "UP") || view_is(state, "DOWN") ||
			view_is(state, "UNKNOWN")) &&
		view_has(address, "/") &&
		(view_has(address, ".") || view_has(address, ":"));
}

/* "   IPv4 Address. . . . : 198.51.100.20(Preferred)": the address. */
static struct view
windows_address(struct view line)
{
	line = view_trim(line);
	size_t at = view_find(line, ": ");
	if (at == TEXT_NOWHERE ||
		(!view_begins(line, "IPv4 Address") &&
			!view_begins(line, "IPv6 Address")))
		return view_str("");
	struct view value = view_trim(view_skip(line, at + 2));
	size_t end = view_find(value, "(");
	return end == TEXT_NOWHERE ? value : view_first(value, end);
}

static bool
is_windows(struct view line)
{
	return view_begins(view_trim(line), "Windows IP Configuration") ||
		windows_address(line).len > 0;
}

/* "2: eth0    inet 198.51.100.20/24 brd ..." */
static bool
is_one_line(struct view line)
{
	struct view number = word_next(&line);
	struct view name = word_next(&line);
	struct view family = word_next(&line);
	return number.len > 1 && byte_digit(number.data[0]) &&
		view_ends(number, ":") && name.len > 0 &&
		(view_is(family, "inet") || view_is(family, "inet6")) &&
		view_has(word_next(&line), "/");
}

static bool
is_interfaces(struct view line)
{
	return is_ifconfig(line) || is_brief(line) || is_one_line(line) ||
		is_windows(line);
}

enum host_match
interfaces_recognise(struct view head)
{
	return head_has(head, is_interfaces);
}

static void
scope_set(struct host_run *r, struct view name)
{
	size_t at = view_find(name, "@");
	name = at == TEXT_NOWHERE ? name : view_first(name, at);
	if (view_ends(name, ":"))
		name.len--;
	scratch_clear(&r->scope);
	host_scratch_add(&r->scope, name);
}

static void
address_emit(struct host_run *r, struct view address)
{
	static const char old[] = "addr:";
	if (view_begins(address, old))
		address = view_skip(address, sizeof old - 1);
	if (address.len > 0)
		emit_setting(r, scratch_view(&r->scope), view_str("address"),
			address);
}

static void
brief_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view address;
	scope_set(r, word_next(&rest));
	word_next(&rest);
	while ((address = word_next(&rest)).len > 0)
		if (view_has(address, "/"))
			address_emit(r, address);
}

static void
one_line_read(struct host_run *r)
{
	struct view rest = r->line;
	word_next(&rest);
	scope_set(r, word_next(&rest));
	word_next(&rest);
	address_emit(r, word_next(&rest));
}

/* Pairs of a heading and a number, with blanks or a colon between them. */
static void
counts_read(struct host_run *r)
{
	struct view rest = r->line;
	bool tx = view_is(word_next(&rest), "TX");
	struct view word;
	while ((word = word_next(&rest)).len > 0) {
		size_t colon = view_find(word, ":");
		struct view value = colon == TEXT_NOWHERE
			? word_next(&rest)
			: view_skip(word, colon + 1);
		if (colon != TEXT_NOWHERE)
			word = view_first(word, colon);
		const char *name = netdev_name(tx, word);
		if (name != NULL)
			emit_value(r, scratch_view(&r->scope), view_str(name),
				value, VALUE_COUNTER);
		else if (view_begins(word, "("))
			return; /* "(3.2 KiB)" ends a line */
	}
}

static bool
is_counts(struct view line)
{
	struct view side = word_next(&line);
	line = view_trim(line);
	return (view_is(side, "RX") || view_is(side, "TX")) &&
		(view_begins(line, "packets") || view_begins(line, "errors"));
}

void
interfaces_parse(struct host_run *r)
{
	while (run_next(r)) {
		struct view rest = r->line;
		struct view windows = windows_address(r->line);
		struct view name = labelled_name(r->line);
		if (run_blank(r))
			continue;
		if (is_ifconfig(r->line))
			scope_set(r, word_next(&rest));
		else if (is_brief(r->line))
			brief_read(r);
		else if (is_one_line(r->line))
			one_line_read(r);
		else if (windows.len > 0)
			address_emit(r, windows);
		else if (name.len > 0)
			emit_setting(r, view_str(""), view_str(NAME), name);
		else if (is_counts(r->line))
			counts_read(r);
		else if (view_begins(word_next(&rest), "inet"))
			address_emit(r, word_next(&rest));
		run_claim(r);
	}
}
