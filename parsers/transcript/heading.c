/*
 * Headers of loops that people write: runs of one character around a machine's
 * name, a command or a time. What of that the text is, it says itself; where it
 * says nothing, the headers before it may (transcript.c).
 */
#include "heading.h"

#include "words.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* "web-[01-02]", "web-[01,07] (2)": machines whose output is the same. */
static bool
is_node_set(struct view v)
{
	size_t open = words_find(v, "[");
	size_t close = words_find(v, "]");
	if (open == 0 || close >= v.len || open > close ||
		words_host_len(v) != open || !byte_letter(v.data[0]))
		return false;
	for (size_t i = open + 1; i < close; i++)
		if (!byte_digit(v.data[i]) && !byte_among(v.data[i], ",-"))
			return false;
	struct view rest = view_trim(view_skip(v, close + 1));
	return close > open + 1 &&
		(rest.len == 0 || rest.data[0] == '(' || rest.data[0] == ',');
}

/* "HOST: ", "host=", "node ": what some write before a machine's name. */
static struct view
label_skip(struct view text)
{
	static const char *const labels[] = {"host", "hostname", "node",
		"server", "machine", "instance", "pod", "container", "on"};
	struct view rest = text;
	size_t n = 0;
	while (n < rest.len && byte_letter(rest.data[n]))
		n++;
	struct view word = view_of(rest.data, n);
	for (size_t i = 0; i < COUNT(labels); i++) {
		if (!words_same(word, labels[i]) || n + 1 >= rest.len ||
			!byte_among(rest.data[n], ":= "))
			continue;
		rest = view_skip(rest, n);
		while (rest.len > 0 && byte_among(rest.data[0], ":= "))
			rest = view_skip(rest, 1);
		return rest;
	}
	return text;
}

/* "web-01", "web-01: ss -ltn", "web-01 - 2026-11-21 00:37:20". */
static bool
header_host(struct view text, struct mark *m)
{
	text = label_skip(text);
	size_t n = words_host_len(text);
	m->host = view_of(text.data, n);
	struct view rest = view_skip(text, n);
	if (rest.len > 0 && !byte_among(rest.data[0], ": ,("))
		return false;
	while (rest.len > 0 && byte_among(rest.data[0], ":-$#|,>( "))
		rest = view_skip(rest, 1);
	if (view_ends(rest, ")"))
		rest.len--;
	if (!words_names_host(m->host))
		return false;
	if (words_is_time(rest))
		m->when = rest;
	m->command = command_of(rest);
	return rest.len == 0 || m->command.known || m->when.len > 0 ||
		byte_digit(rest.data[0]);
}

/* Behind a sign of sh, "$ ss -ltn", if there is one. */
static struct view
sign_skip(struct view text)
{
	text = view_trim(text);
	return text.len > 1 && byte_among(text.data[0], "#$") &&
			text.data[1] == ' '
		? view_trim(view_skip(text, 2))
		: text;
}

/* What stands in a header: a command, a machine, a time. */
bool
heading_text(struct view text, struct mark *m)
{
	text = sign_skip(text);
	m->several = is_node_set(text);
	if (m->several)
		return true;
	if (words_is_time(text)) {
		m->when = text;
		return true;
	}
	m->command = command_of(text);
	if (m->command.known)
		return true;
	m->command = (struct command){0};
	return header_host(text, m);
}

unsigned
heading_style(struct view line, struct view *text)
{
	static const struct {
		char byte;
		size_t least;
		bool both; /* must stand behind the text as well */
	} runs[] = {{'=', 2, false}, {'#', 2, false}, {'*', 2, true},
		{'-', 3, true}, {'>', 3, false}, {'+', 2, true}};
	for (size_t i = 0; i < COUNT(runs); i++) {
		struct view v = line;
		size_t front = 0;
		while (front < v.len && v.data[front] == runs[i].byte)
			front++;
		if (front < runs[i].least)
			continue;
		v = view_skip(v, front);
		if (view_begins(v, "> "))
			v = view_skip(v, 2); /* ==> web-01 <== */
		size_t len = v.len;
		while (v.len > 0 &&
			(v.data[v.len - 1] == runs[i].byte ||
				v.data[v.len - 1] == '<'))
			v.len--;
		bool closed = v.len < len;
		*text = view_trim(v);
		return text->len > 0 && (!runs[i].both || closed)
			? (unsigned)runs[i].byte | closed * 256u |
				(unsigned)front * 512u
			: 0;
	}
	return 0;
}

bool
heading_take(struct view line, struct mark *m)
{
	struct view text;
	if (heading_style(line, &text) == 0)
		return false;
	if (view_begins(text, "/proc/")) {
		m->command = (struct command){.text = text, .known = true};
		return true;
	}
	return heading_text(text, m);
}

/* Words of titles: what is shown, or when; the machine is still the same. */
static const char *const titles[] = {"address", "addresses", "after", "arp",
	"before", "cause", "check", "config", "configuration", "connection",
	"connections", "conntrack", "counters", "cpu", "disk", "disks",
	"during", "dump", "error", "errors", "evidence", "firewall", "first",
	"info", "information", "interface", "interfaces", "iptables", "kernel",
	"limits", "listen", "listeners", "load", "log", "logs", "memory",
	"message", "messages", "neighbours", "neighbors", "network",
	"networking", "nginx", "nstat", "output", "packets", "process",
	"processes", "queue", "queues", "results", "route", "routes", "routing",
	"rules", "run", "second", "section", "settings", "snapshot", "socket",
	"sockets", "start", "statistics", "stats", "status", "step", "summary",
	"syslog", "sysctl", "system", "table", "tables", "tcp", "test", "time",
	"try", "udp", "uptime", "version"};

bool
heading_is_title(struct view text)
{
	for (struct view word; (word = words_next(&text)).len > 0;) {
		if (words_find(word, "/") < word.len)
			return true; /* tail's "==> /var/log/messages <==" */
		for (size_t i = 0; i < COUNT(titles); i++)
			if (words_same(word, titles[i]))
				return true;
	}
	return false;
}
