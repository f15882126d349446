/*
 * sysctl, sysctl.conf, and single files of /proc/sys.
 *
 * spec: procps 4.0 src/sysctl.c; sysctl.conf(5).
 *
 *	net.ipv4.tcp_syncookies = 1
 *	net.ipv4.tcp_mem = 1452	1937	2904       <- several numbers: tabs
 *	sysctl: reading key "net.ipv6..."          <- of standard error: other
 *	/proc/sys/net/core/somaxconn:128           <- grep . of files
 *
 * A number is a counter (a level); anything else is a setting. Of two or three
 * numbers each is a counter as well, with its position ("1", "2", "3") as
 * scope: net.ipv4.ip_local_port_range can be reckoned with.
 *
 * sysctl.conf says what should be set, not what is: it yields settings only.
 */
#include "parsers/host/formats.h"

#define NUMBERS_MAX 3

/* cite: Linux 6.12 kernel/sysctl.c and net/: the directories of /proc/sys. */
static const char *const roots[] = {"net.", "kernel.", "vm.", "fs.", "dev.",
	"abi.", "debug.", "crypto.", "user.", "sunrpc.", "fscache.", "xpc.",
	"kern.", "net/", "kernel/", "vm/", "fs/"};

/* "kern.ipc.somaxconn: 128". cite: FreeBSD sbin/sysctl/sysctl.c; macOS, the same */
static bool
is_bsd(struct view line)
{
	static const char *const trees[] = {"kern.ipc.", "net.inet.",
		"net.inet6.", "net.pf.", "kern.maxfiles", "net.isr."};
	for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++)
		if (view_begins(line, trees[i]))
			return !view_has(
				view_first(line, view_find(line, ": ")), "=");
	return false;
}

static bool
split_line(struct view line, struct view *key, struct view *value)
{
	size_t at = view_find(line, "=");
	if (is_bsd(line))
		at = view_find(line, ": ");
	if (at == TEXT_NOWHERE)
		return false;
	*key = view_trim(view_first(line, at));
	*value = view_trim(view_skip(line, at + 1));
	/* "-key = value": do not complain if it does not exist. */
	if (view_begins(*key, "-"))
		*key = view_skip(*key, 1);
	return key->len > 0 && !view_has(*key, " ") &&
		view_find(*key, ":") == TEXT_NOWHERE;
}

/* "/proc/sys/net/core/somaxconn:128": the path below /proc/sys, the value. */
static bool
split_path(struct view line, struct view *path, struct view *value)
{
	static const char root[] = "/proc/sys/";
	if (!view_begins(line, root))
		return false;
	line = view_skip(line, sizeof root - 1);
	size_t at = view_find(line, ":");
	if (at == TEXT_NOWHERE)
		return false;
	*path = view_first(line, at);
	*value = view_trim(view_skip(line, at + 1));
	return path->len > 0 && !view_has(*path, " ");
}

static bool
is_key(struct view key)
{
	for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
		if (view_begins(key, roots[i]))
			return true;
	return false;
}

static bool
is_setting(struct view line)
{
	struct view key;
	struct view value;
	return split_path(line, &key, &value) ||
		(split_line(line, &key, &value) && is_key(key));
}

static bool
is_comment(struct view line)
{
	struct view text = view_trim(line);
	return view_begins(text, "#") || view_begins(text, ";");
}

enum host_match
sysctl_recognise(struct view head)
{
	return head_has(head, is_setting);
}

enum host_match
sysctl_conf_recognise(struct view head)
{
	if (sysctl_recognise(head) == HOST_MATCH_NO)
		return HOST_MATCH_NO;
	/* "# sysctl -a" is a prompt, one comment more is a file's. */
	struct view line;
	unsigned comments = 0;
	while (line_next(&head, &line))
		comments += is_comment(line);
	return comments > 1 ? HOST_MATCH_YES : HOST_MATCH_WEAK;
}

static void
value_emit(struct host_run *r, struct view key, struct view value)
{
	static const char *const positions[NUMBERS_MAX] = {"1", "2", "3"};
	struct view w[NUMBERS_MAX + 1];
	size_t n = words_split(value, w, NUMBERS_MAX + 1);
	bool numbers = n > 0 && n <= NUMBERS_MAX;

	int64_t number;

	if (run_line_is_cut(r)) {
		run_note(r, ANOMALY_SNAPSHOT_CUT);
		return;
	}
	/* 18446744073709551615 means "no limit": it stays text. */
	for (size_t i = 0; i < n && numbers; i++)
		numbers = number_read(w[i], 10, &number) == NUMBER_GOOD;
	if (!numbers || n > 1)
		emit_setting(r, view_str(""), key, value);
	for (size_t i = 0; i < n && numbers; i++)
		emit_value(r, view_str(n > 1 ? positions[i] : ""), key, w[i],
			VALUE_GAUGE);
}

/* net/ipv4/conf/eth0.5/rp_filter -> net.ipv4.conf.eth0/5.rp_filter, as sysctl
   spells it. */
static struct view
key_of(struct host_run *r, struct view path)
{
	scratch_clear(&r->text);
	for (size_t i = 0; i < path.len; i++)
		host_scratch_add(&r->text,
			path.data[i] == '/' ? view_str(".")
				: path.data[i] == '.'
				? view_str("/")
				: view_of(path.data + i, 1));
	return run_text(r, &r->text);
}

static void
lines_read(struct host_run *r, bool conf)
{
	struct view key;
	struct view value;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_comment(r->line)) {
			run_claim(r);
		} else if (!conf && split_path(r->line, &key, &value)) {
			value_emit(r, key_of(r, key), value);
			run_claim(r);
		} else if (split_line(r->line, &key, &value)) {
			if (conf)
				emit_setting(r, view_str(""), key, value);
			else
				value_emit(r, key, value);
			run_claim(r);
		}
	}
}

void
sysctl_parse(struct host_run *r)
{
	lines_read(r, false);
}

void
sysctl_conf_parse(struct host_run *r)
{
	lines_read(r, true);
}

/* One line of anything: only the path tells. */
enum host_match
proc_sys_recognise(struct view head)
{
	struct view line;
	if (!line_next(&head, &line) || view_trim(line).len == 0)
		return HOST_MATCH_NO;
	return view_trim(head).len == 0 ? HOST_MATCH_WEAK : HOST_MATCH_NO;
}

/* .../proc/sys/net/ipv4/tcp_rmem -> net.ipv4.tcp_rmem; "__" stands for "/" in
   collections that keep paths flat. */
static struct view
key_of_path(struct host_run *r)
{
	const char *path = strstr(r->name, "proc/sys/");
	const char *flat = strstr(r->name, "proc__sys__");
	if (path == NULL && flat == NULL)
		return view_str("");
	path = path != NULL ? path + strlen("proc/sys/")
			    : flat + strlen("proc__sys__");
	scratch_clear(&r->text);
	while (*path != '\0') {
		bool pair = flat != NULL && path[0] == '_' && path[1] == '_';
		bool stop = *path == '/' || pair;
		host_scratch_add(
			&r->text, stop ? view_str(".") : view_of(path, 1));
		path += pair ? 2 : 1;
	}
	return run_text(r, &r->text);
}

void
proc_sys_parse(struct host_run *r)
{
	struct view key = key_of_path(r);
	r->bare = true;
	while (run_next(r)) {
		struct view value = view_trim(r->line);
		if (run_blank(r) || key.len == 0)
			continue;
		value_emit(r, key, value);
		run_claim(r);
	}
}
