/*
 * Prompts of shells and headers of scripts, each by its form.
 *
 *	[root@web-01 ~]# ss -ltn           bash on Red Hat
 *	root@web-01:/var/log# ss -ltn      bash on Debian; user@web-01 ~ % zsh
 *	web-01:~ # ss -ltn, web-01# ...    SUSE, network devices
 *	# ss -ltn, $ ..., / # ...          sh
 *	PS C:\> netstat -an, C:\>netstat   Windows
 *	fw01#show conn, FGT60F # diag ...  devices of networks
 *	== web-01 ==, ### web-01: ss       loops of people
 *	web-01 | CHANGED | rc=0 >>         ansible
 */
#include "mark.h"

#include "heading.h"
#include "words.h"

/* Longer lines are output. */
#define LINE_MAX_BYTES 1024

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* Signs of prompts beside those of sh: U+276F, U+279C, U+03BB, U+00BB. */
static const char *const signs[] = {
	"\xe2\x9d\xaf", "\xe2\x9e\x9c", "\xce\xbb", "\xc2\xbb"};

/* The length of the sign that a prompt ends with; 0 for none. */
static size_t
sign_len(struct view v, const char *marks)
{
	if (v.len > 0 && byte_among(v.data[0], marks))
		return 1;
	for (size_t i = 0; i < COUNT(signs); i++)
		if (view_begins(v, signs[i]))
			return strlen(signs[i]);
	return 0;
}

/* "# ", "$ ", "% ", "> " at the front: a prompt's end. What is behind it. */
static bool
prompt_end(struct view v, const char *marks, struct view *behind)
{
	size_t n = sign_len(v, marks);
	if (n == 0 || (v.len > n && v.data[n] != ' '))
		return false;
	*behind = view_trim(view_skip(v, n));
	return true;
}

/* Skip "(venv) ", "[10:22:33] " and "10:22:33 " before a prompt. */
static struct view
prompt_front(struct view v)
{
	if (v.len > 2 && (v.data[0] == '(' || v.data[0] == '[')) {
		size_t end = words_find(v, v.data[0] == '(' ? ") " : "] ");
		if (end < v.len && end < 40)
			return view_skip(v, end + 2);
	}
	if (v.len > 9 && byte_digit(v.data[0]) && v.data[2] == ':' &&
		v.data[5] == ':' && v.data[8] == ' ')
		return view_skip(v, 9);
	return v;
}

/* "user@" at the front; the rest behind it. */
static bool
user_at(struct view v, struct view *behind)
{
	size_t n = words_host_len(v);
	if (n == 0 || n >= v.len || v.data[n] != '@')
		return false;
	*behind = view_skip(v, n + 1);
	return true;
}

/* " (main)", " git:(main) x" behind a prompt's path. */
static struct view
branch_skip(struct view v)
{
	struct view rest = v;
	if (view_begins(rest, " git:"))
		rest = view_skip(rest, 4);
	if (!view_begins(rest, " (") && !view_begins(rest, ":("))
		return v;
	size_t end = words_find(rest, ")");
	if (end == rest.len)
		return v;
	rest = view_skip(rest, end + 1);
	if (view_begins(rest, " \xe2\x9c\x97"))
		rest = view_skip(rest, 4);
	return rest;
}

/* The path of a prompt: nothing, ":~", ":/var/log", " ~", " log". */
static struct view
path_skip(struct view v)
{
	size_t n = 0;
	if (v.len > 1 && (v.data[0] == ':' || v.data[0] == ' ') &&
		v.data[1] != ' ')
		n = 1;
	while (n < v.len && v.data[n] != ' ' &&
		sign_len(view_skip(v, n), "#$%>") == 0)
		n++;
	v = branch_skip(view_skip(v, n));
	if (view_begins(v, " ") && sign_len(view_skip(v, 1), "#$%>") > 0)
		v = view_skip(v, 1);
	return v;
}

/* [user@host dir]# */
static bool
bracket_prompt(struct view line, struct mark *m, struct view *behind)
{
	struct view v = line;
	if (!view_begins(v, "[") || !user_at(view_skip(v, 1), &v))
		return false;
	size_t n = words_host_len(v);
	m->host = view_of(v.data, n);
	size_t end = words_find(v, "]");
	if (n == 0 || end == v.len ||
		(v.data[n] != ' ' && v.data[n] != ':' && v.data[n] != ']'))
		return false;
	v = view_skip(v, end + 1);
	if (view_begins(v, " "))
		v = view_skip(v, 1);
	return prompt_end(v, "#$%>", behind);
}

/* user@host:path$ */
static bool
user_prompt(struct view line, struct mark *m, struct view *behind)
{
	struct view v;
	if (!user_at(line, &v))
		return false;
	size_t n = words_host_len(v);
	m->host = view_of(v.data, n);
	if (n == 0)
		return false;
	return prompt_end(path_skip(view_skip(v, n)), "#$%>", behind);
}

/* PS C:\>, [web-01]: PS C:\>, C:\Users\x> */
static bool
windows_prompt(struct view line, struct mark *m, struct view *behind)
{
	struct view v = line;
	size_t at = words_find(v, "]: PS ");
	if (view_begins(v, "[") && at < v.len) {
		m->host = view_of(v.data + 1, at - 1);
		if (!words_host(m->host))
			return false;
		v = view_skip(v, at + 3);
	}
	bool power = view_begins(v, "PS ");
	if (power)
		v = view_skip(v, 3);
	bool drive = v.len > 3 && byte_letter(v.data[0]) && v.data[1] == ':' &&
		v.data[2] == '\\';
	size_t end = words_find(v, ">");
	if ((!drive && !(power && view_begins(v, "/"))) || end == v.len)
		return false;
	*behind = view_trim(view_skip(v, end + 1));
	m->windows = m->host.len == 0;
	return true;
}

/* An arrow, then the folder and its branch: oh-my-zsh. */
static bool
arrow_prompt(struct view v, struct view *behind)
{
	if (!view_begins(v, signs[1]))
		return false;
	v = view_trim(view_skip(v, strlen(signs[1])));
	words_next(&v);
	v = branch_skip(v);
	if (v.len > 0 && v.data[0] != ' ')
		return false;
	*behind = view_trim(v);
	return true;
}

/* "# ", "/ # ", "web-01# ", "web-01:~ # ", "bash-5.1$ ": the command decides. */
static bool
bare_prompt(struct view line, struct mark *m, struct view *behind)
{
	struct view v = line;
	if (arrow_prompt(v, behind) || prompt_end(v, "#$%", behind))
		return true;
	if (view_begins(v, "/") || view_begins(v, "~"))
		return prompt_end(path_skip(v), "#$%", behind);
	size_t n = words_host_len(v);
	if (n == 0 || !words_host(view_of(v.data, n)))
		return false;
	bool shell = view_begins(v, "bash-") || view_begins(v, "sh-");
	m->host = view_of(v.data, shell ? 0 : n);
	return prompt_end(path_skip(view_skip(v, n)), "#$%>", behind);
}

/* What operators of devices type first.
 * cite: Cisco IOS and ASA, NX-OS, Arista EOS, Juniper Junos, Huawei VRP and
 * FortiOS command references */
static bool
is_device_verb(struct view word)
{
	static const char *const verbs[] = {"show", "sh", "display", "diagnose",
		"diag", "get", "execute", "enable", "configure", "config",
		"conf", "terminal", "term", "end", "exit", "clear", "debug"};
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (view_is(word, verbs[i]))
			return true;
	return false;
}

/* "fw01#show conn", "fw01/ctx(config)# sh run", "FGT60F # get sys status", and
 * "<sw-1>display tcp": the machine, its mode, a verb of such devices. */
static bool
device_prompt(struct view line, struct mark *m, struct view *behind)
{
	struct view v = line;
	bool angle = view_begins(v, "<");
	v = view_skip(v, angle ? 1 : 0);
	size_t n = words_host_len(v);
	m->host = view_of(v.data, n);
	if (!words_host(m->host) || (angle && !words_names_host(m->host)))
		return false;
	v = view_skip(v, n);
	while (v.len > 0 && !byte_among(v.data[0], " #>"))
		v = view_skip(v, 1);
	if (view_begins(v, " (") && words_find(v, ") ") < v.len)
		v = view_skip(v, words_find(v, ") ") + 1);
	if (view_begins(v, " #"))
		v = view_skip(v, 1);
	if (v.len < 2 || !byte_among(v.data[0], angle ? ">" : "#>"))
		return false;
	*behind = view_trim(view_skip(v, 1));
	struct view rest = *behind;
	return is_device_verb(words_next(&rest));
}

/* "web-01 | CHANGED | rc=0 >>", "ok: [web-01] => {": ansible. */
static bool
ansible_header(struct view line, struct mark *m)
{
	static const char *const results[] = {
		"ok: [", "changed: [", "fatal: [", "failed: [", "skipping: ["};
	size_t n = words_host_len(line);
	struct view rest = view_skip(line, n);
	m->host = view_of(line.data, n);
	if (n > 0 && view_begins(rest, " | "))
		return (view_ends(line, ">>") &&
			       words_find(rest, "rc=") < rest.len) ||
			view_ends(line, " => {");
	for (size_t i = 0; i < COUNT(results); i++) {
		if (!view_begins(line, results[i]))
			continue;
		rest = view_skip(line, strlen(results[i]));
		m->host = view_of(rest.data, words_host_len(rest));
		/* "[jump -> web-01]": run there for the other. */
		return words_host(m->host);
	}
	return false;
}

/* "[1] 00:37:25 [SUCCESS] root@web-01:22": parallel-ssh. */
static bool
pssh_header(struct view line, struct mark *m)
{
	static const char *const ends[] = {" [SUCCESS] ", " [FAILURE] "};
	for (size_t i = 0; view_begins(line, "[") && i < COUNT(ends); i++) {
		size_t at = words_find(line, ends[i]);
		if (at == line.len)
			continue;
		struct view rest = view_skip(line, at + strlen(ends[i]));
		struct view word = words_next(&rest);
		user_at(word, &word);
		m->host = view_of(word.data, words_host_len(word));
		return words_host(m->host);
	}
	return false;
}

/* "Every 5.0s: conntrack -S      web-01: Sat Nov 21 00:37:20 2026": watch. */
static bool
watch_header(struct view line, struct mark *m)
{
	size_t at = words_find(line, "s: ");
	if (!view_begins(line, "Every ") || at == line.len)
		return false;
	struct view rest = view_skip(line, at + 3);
	size_t gap = words_find(rest, "   ");
	m->command = command_of(view_of(rest.data, gap));
	rest = view_trim(view_skip(rest, gap));
	size_t n = words_host_len(rest);
	m->host = view_of(rest.data, n);
	if (!view_begins(view_skip(rest, n), ": ")) {
		m->host = view_of(rest.data, 0);
		return m->command.known;
	}
	rest = view_skip(rest, n + 2);
	if (words_is_time(rest))
		m->when = rest;
	return words_host(m->host);
}

/* "+ ss -ltn": sh -x. */
static bool
trace_header(struct view line, struct mark *m)
{
	while (view_begins(line, "+"))
		line = view_skip(line, 1);
	if (!view_begins(line, " ") || line.len < 3 || line.data[1] == ' ')
		return false;
	m->command = command_of(line);
	m->host = m->command.host; /* "+ ssh root@web-01 ss -ltn" */
	return m->command.known;
}

/* "<details><summary>web-01: ss -ltn</summary>": what a ticket folds; "Finished on
 * web-01:": Bolt. cite: GitHub "Organizing information with collapsed sections";
 * Puppet Bolt 3.27 lib/bolt/outputter/human.rb */
static bool
folded_header(struct view line, struct mark *m)
{
	static const char open[] = "<summary>";
	size_t at = words_find(line, open);
	if (view_begins(line, "Finished on ") && view_ends(line, ":")) {
		line = view_skip(line, strlen("Finished on "));
		m->host = view_of(line.data, line.len - 1);
		return words_host(m->host);
	}
	if (!view_begins(line, "<") || at == line.len)
		return false;
	line = view_skip(line, at + strlen(open));
	line.len = words_find(line, "</summary>");
	return heading_text(line, m);
}

/* Headers of tools, each of a form of its own. */
static bool
tool_header(struct view line, struct mark *m)
{
	static bool (*const forms[])(struct view line, struct mark * m) = {
		ansible_header, pssh_header, watch_header, folded_header};
	for (size_t i = 0; i < COUNT(forms); i++) {
		*m = (struct mark){0};
		m->tool = forms[i](line, m);
		if (m->tool)
			return true;
	}
	*m = (struct mark){0};
	return view_begins(line, "+") && trace_header(line, m);
}

static bool
is_fence(struct view v)
{
	return view_begins(v, "```") || view_begins(v, "~~~") ||
		view_begins(v, "{code") || view_begins(v, "{noformat");
}

static bool
begins_with(struct view v, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (view_begins(v, list[i]))
			return true;
	return false;
}

static bool
is_banner(struct view v)
{
	static const char *const starts[] = {"Defaulted container ",
		"Defaulting container ", "Creating debugging pod ",
		"Starting pod/", "To use host binaries, run ",
		"If you don't see a command prompt", "Removing debug pod ",
		"Warning: Permanently added ", "Pseudo-terminal will not be "};
	return begins_with(v, starts, COUNT(starts));
}

static bool
is_break(struct view v)
{
	static const char *const starts[] = {"Script started on ",
		"Script done on ", "Script started, ", "Last login: ", "TASK [",
		"PLAY [", "PLAY RECAP *"};
	return begins_with(v, starts, COUNT(starts)) || view_is(v, "logout") ||
		view_is(v, "exit") ||
		(view_begins(v, "Started on ") && view_ends(v, "...")) ||
		(view_begins(v, "Connection to ") && view_ends(v, " closed."));
}

struct mark
mark_of(struct view line)
{
	struct mark m = {0};
	struct view v = view_trim(line);
	struct view behind = view_of(v.data, 0);
	if (v.len == 0 || line.len > LINE_MAX_BYTES)
		return m;
	if (is_fence(v)) {
		m.kind = MARK_FENCE;
		return m;
	}
	if (is_banner(v)) {
		m.kind = MARK_BANNER;
		return m;
	}
	if (is_break(v)) {
		m.kind = MARK_BREAK;
		return m;
	}
	if (tool_header(v, &m)) {
		m.kind = MARK_HEADER;
		return m;
	}
	m = (struct mark){.host = view_of(v.data, 0)};
	bool sure = bracket_prompt(v, &m, &behind);
	if (!sure)
		v = prompt_front(v);
	if (sure || user_prompt(v, &m, &behind) ||
		windows_prompt(v, &m, &behind)) {
		m.kind = MARK_PROMPT;
		m.command = command_of(behind);
		m.typed = behind;
		return m;
	}
	m = (struct mark){.host = view_of(v.data, 0)};
	if (device_prompt(v, &m, &behind)) {
		m.kind = MARK_PROMPT;
		m.command = command_of(behind);
		m.typed = behind;
		return m;
	}
	m = (struct mark){.host = view_of(v.data, 0)};
	if (heading_take(v, &m)) {
		m.kind = MARK_HEADER;
		return m;
	}
	m = (struct mark){.host = view_of(v.data, 0)};
	if (!bare_prompt(v, &m, &behind))
		return (struct mark){0};
	m.command = command_of(behind);
	m.typed = behind;
	/* "root@web-01#" alone ends an output; "#" alone is anything. */
	m.kind = m.command.known ? MARK_PROMPT_BARE : MARK_NONE;
	return m;
}
