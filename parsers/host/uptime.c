/*
 * Memory and time since boot: free, uptime, /proc/uptime; and files of host
 * state that say nothing about handshakes.
 *
 * spec: procps 4.0 src/free.c, library/uptime.c; Linux 6.12 fs/proc/uptime.c.
 *
 *	               total        used        free      shared  buff/cache   available
 *	Mem:        24684096      708596    22371472        8788     1890708    23975500
 *
 *	 10:25:20 up 2 days, 16:03,  2 users,  load average: 0.00, 0.01, 0.05
 *
 *	1277.85 1817.95                         <- up, and idle summed over the CPUs
 *
 * All values are levels: of free in its own unit (KiB unless asked otherwise;
 * with -h nothing is a number and nothing is told), scope "Mem" or "Swap";
 * load_1_x100, load_5_x100, load_15_x100; uptime_s.
 */
#include "parsers/host/formats.h"

static bool
is_free_heading(struct view line)
{
	struct view rest = line;
	return view_is(word_next(&rest), "total") &&
		view_is(word_next(&rest), "used") &&
		view_is(word_next(&rest), "free");
}

enum host_match
free_recognise(struct view head)
{
	return head_has(head, is_free_heading);
}

void
free_parse(struct host_run *r)
{
	struct view heading = {0};
	while (run_next(r)) {
		struct view values = r->line;
		struct view names = heading;
		struct view scope = word_next(&values);
		struct view name;
		if (run_blank(r))
			continue;
		if (is_free_heading(r->line)) {
			heading = r->line;
			run_claim(r);
			continue;
		}
		if (heading.len == 0 || !view_ends(scope, ":"))
			continue;
		scope.len--;
		while ((name = word_next(&names)).len > 0)
			emit_value(r, scope, name, word_next(&values),
				VALUE_GAUGE);
		run_claim(r);
	}
}

static bool
is_uptime(struct view line)
{
	return view_has(line, " up ") && view_has(line, "load average");
}

enum host_match
uptime_recognise(struct view head)
{
	struct view line;
	/* top and w begin with such a line too, and go on. */
	if (!line_next(&head, &line) || !is_uptime(line))
		return HOST_MATCH_NO;
	return view_trim(head).len == 0 ? HOST_MATCH_YES : HOST_MATCH_NO;
}

/* "up 16:03,", "up 2 days, 19:32,", "up 5 min," in seconds. */
static bool
up_read(struct view line, int64_t *seconds)
{
	size_t at = view_find(line, " up ");
	struct view rest = view_skip(line, at + strlen(" up "));
	struct view word;
	int64_t days = 0;
	int64_t n = 0;
	int64_t hours = 0;
	while ((word = word_next(&rest)).len > 0) {
		if (view_ends(word, ","))
			word.len--;
		size_t colon = view_find(word, ":");
		if (colon != TEXT_NOWHERE &&
			number_read(view_first(word, colon), 10, &hours) ==
				NUMBER_GOOD &&
			number_read(view_skip(word, colon + 1), 10, &n) ==
				NUMBER_GOOD)
			break;
		if (view_begins(word, "day"))
			days = n;
		else if (view_begins(word, "min"))
			break;
		else if (number_read(word, 10, &n) != NUMBER_GOOD)
			return false;
	}
	/* A century bounds it: no sum overflows below. */
	if (word.len == 0 || days < 0 || days > 36525 || hours < 0 ||
		hours > 23 || n < 0 || n > 59)
		return false;
	*seconds = days * 86400 + hours * 3600 + n * 60;
	return true;
}

static void
loads_read(struct host_run *r)
{
	static const char *const names[] = {
		"load_1_x100", "load_5_x100", "load_15_x100"};
	size_t at = view_find(r->line, "load average");
	struct view rest = view_skip(r->line, at);
	word_next(&rest);
	word_next(&rest);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct view word = word_next(&rest);
		int64_t load;
		if (run_is_cut(r, word))
			return;
		if (view_ends(word, ","))
			word.len--;
		if (decimal_read(word, 2, &load) == NUMBER_GOOD && load >= 0)
			emit_counter(r, view_str(""), view_str(names[i]), load,
				true);
	}
}

void
uptime_parse(struct host_run *r)
{
	while (run_next(r)) {
		int64_t seconds;
		if (run_blank(r) || !is_uptime(r->line))
			continue;
		if (up_read(r->line, &seconds))
			emit_counter(r, view_str(""), view_str("uptime_s"),
				seconds, true);
		else
			run_malformed(r);
		loads_read(r);
		run_claim(r);
	}
}

static bool
is_two_decimals(struct view line)
{
	struct view up = word_next(&line);
	struct view idle = word_next(&line);
	int64_t n;
	return view_has(up, ".") && view_has(idle, ".") &&
		decimal_read(up, 0, &n) == NUMBER_GOOD &&
		decimal_read(idle, 0, &n) == NUMBER_GOOD &&
		word_next(&line).len == 0;
}

enum host_match
proc_uptime_recognise(struct view head)
{
	struct view line;
	return line_next(&head, &line) && is_two_decimals(line)
		? HOST_MATCH_WEAK
		: HOST_MATCH_NO;
}

void
proc_uptime_parse(struct host_run *r)
{
	while (run_next(r)) {
		struct view rest = r->line;
		int64_t seconds = 0;
		if (run_blank(r) || !is_two_decimals(r->line))
			continue;
		decimal_read(word_next(&rest), 0, &seconds);
		emit_counter(
			r, view_str(""), view_str("uptime_s"), seconds, true);
		run_claim(r);
	}
}

/* Word by word: columns are as wide as a kernel's pointers. */
static bool
begins_with_words(struct view line, const char *words)
{
	struct view want = view_str(words);
	for (;;) {
		struct view word = word_next(&want);
		if (word.len == 0)
			return true;
		if (!view_equal(word_next(&line), word))
			return false;
	}
}

/* First words of files that are collected with the others. */
static bool
is_unrelated(struct view line)
{
	static const char *const beginnings[] = {
		"IPv6/IPv4 Group Memberships", /* netstat -g */
		"Coalesce parameters for", "Private flags for",
		"Time stamping parameters for", /* ethtool -c, -T ... */
		"Pause parameters for", "Channel parameters for",
		"Num RefCount Protocol", /* /proc/net/unix */
		"Idx Device : Count",    /* /proc/net/igmp */
		"disk-",                 /* vmstat -d */
		"nr_free_pages",         /* /proc/vmstat */
		"COMMAND PID",           /* lsof of what is no TCP socket, */
		"lsof:",                 /* and what it warns of */
		"sk Eth Pid",            /* /proc/net/netlink */
		"sk RefCnt Type",        /* /proc/net/packet */
		"protocol size sockets", /* /proc/net/protocols */
		"driver:",               /* ethtool -i */
	};
	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
		if (begins_with_words(line, beginnings[i]))
			return true;
	return false;
}

enum host_match
unrelated_recognise(struct view head)
{
	struct view line;
	return line_next(&head, &line) && is_unrelated(line) ? HOST_MATCH_YES
							     : HOST_MATCH_NO;
}

void
unrelated_parse(struct host_run *r)
{
	while (run_next(r))
		run_claim(r);
}
