/*
 * Prompts of shells and headers of scripts, each by its form.
 *
 *	[root@web-01 ~]# ss -ltn           bash on Red Hat
 *	root@web-01:/var/log# ss -ltn      bash on Debian; user@web-01 ~ % zsh
 *	web-01:~ # ss -ltn, web-01# ...    SUSE, network devices
 *	# ss -ltn, $ ..., / # ...          sh
 *	PS C:\> netstat -an, C:\>netstat   Windows
 *	== web-01 ==, ### web-01: ss       loops of people
 *	web-01 | CHANGED | rc=0 >>         ansible
 */
#include "mark.h"

#include "words.h"

/* Longer lines are output. */
#define LINE_MAX_BYTES 1024

/* Files have names with dots as machines do. */
static const char *const file_ends[] = {".log", ".txt", ".conf", ".json", ".md",
	".gz", ".xz", ".csv", ".yaml", ".yml", ".pcap", ".out"};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* "# ", "$ ", "% ", "> " at the front: a prompt's end. What is behind it. */
static bool
prompt_end(struct view v, const char *marks, struct view *behind)
{
	if (v.len == 0 || !byte_among(v.data[0], marks) ||
		(v.len > 1 && v.data[1] != ' '))
		return false;
	*behind = view_trim(view_skip(v, 1));
	return true;
}

/* Skip "(venv) ", "[10:22:33] " and "10:22:33 " before a prompt. */
static struct view
prompt_front(struct view v)
{
	if (v.len > 2 && (v.data[0] == '(' || v.data[0] == '[')) {
		size_t end = words_find(v, v.data[0] == '(' ? ") " : "] ");
		bool time = v.data[0] == '(' || byte_digit(v.data[1]);
		if (end < v.len && end < 40 && time)
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

/* The path of a prompt: nothing, ":~", ":/var/log", " ~", " log". */
static struct view
path_skip(struct view v)
{
	size_t n = 0;
	if (v.len > 1 && (v.data[0] == ':' || v.data[0] == ' ') &&
		v.data[1] != ' ')
		n = 1;
	while (n < v.len && !byte_among(v.data[n], " #$%>"))
		n++;
	if (n + 1 < v.len && v.data[n] == ' ' &&
		byte_among(v.data[n + 1], "#$%>"))
		n++;
	return view_skip(v, n);
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
	return true;
}

/* "# ", "/ # ", "web-01# ", "web-01:~ # ", "bash-5.1$ ": the command decides. */
static bool
bare_prompt(struct view line, struct mark *m, struct view *behind)
{
	struct view v = line;
	if (prompt_end(v, "#$%", behind))
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

/* A machine's name, and no word of a heading. */
static bool
is_header_host(struct view v)
{
	bool letter = false;
	bool odd = view_is(v, "client") || view_is(v, "server");
	if (!words_host(v))
		return false;
	for (size_t i = 0; i < COUNT(file_ends); i++)
		if (view_ends(v, file_ends[i]))
			return false;
	for (size_t i = 0; i < v.len; i++) {
		letter = letter || byte_letter(v.data[i]);
		odd = odd || byte_digit(v.data[i]) ||
			byte_among(v.data[i], ".-");
	}
	return letter && odd;
}

/* What stands in a header: a command, a machine, or both. */
static bool
header_text(struct view text, struct mark *m)
{
	struct view behind;
	text = view_trim(text);
	if (prompt_end(text, "#$", &behind))
		text = behind;
	m->command = command_of(text);
	if (m->command.known)
		return true;
	m->command = (struct command){0};
	size_t n = words_host_len(text);
	m->host = view_of(text.data, n);
	struct view rest = view_skip(text, n);
	if (view_begins(rest, ":"))
		rest = view_skip(rest, 1);
	else if (rest.len > 0 && rest.data[0] != ' ')
		return false;
	rest = view_trim(rest);
	while (view_begins(rest, "- ") || view_begins(rest, "$ ") ||
		view_begins(rest, "# "))
		rest = view_trim(view_skip(rest, 2));
	if (!is_header_host(m->host))
		return false;
	m->command = command_of(rest);
	/* "== web-01 2026-11-21 ==" has a time behind the name. */
	return rest.len == 0 || m->command.known || byte_digit(rest.data[0]);
}

/* Runs of one character before, and as a rule behind, the text. */
static bool
decorated_header(struct view line, struct mark *m)
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
		if (runs[i].both && v.len == len)
			return false;
		v = view_trim(v);
		if (view_begins(v, "/proc/")) {
			m->command = (struct command){.text = v, .known = true};
			return true;
		}
		return v.len > 0 && header_text(v, m);
	}
	return false;
}

/* "web-01 | CHANGED | rc=0 >>": ansible; "[1] 00:37:25 [SUCCESS] web-01":
 * parallel-ssh. */
static bool
tool_header(struct view line, struct mark *m)
{
	size_t n = words_host_len(line);
	if (n > 0 && view_begins(view_skip(line, n), " | ") &&
		view_ends(line, ">>") && words_find(line, "rc=") < line.len) {
		m->host = view_of(line.data, n);
		return true;
	}
	static const char *const ends[] = {" [SUCCESS] ", " [FAILURE] "};
	for (size_t i = 0; view_begins(line, "[") && i < COUNT(ends); i++) {
		size_t at = words_find(line, ends[i]);
		if (at == line.len)
			continue;
		struct view rest = view_skip(line, at + strlen(ends[i]));
		m->host = words_next(&rest);
		return words_host(m->host);
	}
	return false;
}

static bool
is_fence(struct view v)
{
	return view_begins(v, "```") || view_begins(v, "~~~") ||
		view_begins(v, "{code") || view_begins(v, "{noformat");
}

static bool
is_break(struct view v)
{
	static const char *const starts[] = {"Script started on ",
		"Script done on ", "Script started, ", "Last login: "};
	for (size_t i = 0; i < COUNT(starts); i++)
		if (view_begins(v, starts[i]))
			return true;
	return view_is(v, "logout") || view_is(v, "exit") ||
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
	if (view_begins(v, "Defaulted container ") ||
		view_begins(v, "Defaulting container ")) {
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
	v = prompt_front(v);
	m.host = view_of(v.data, 0);
	if (bracket_prompt(v, &m, &behind) || user_prompt(v, &m, &behind) ||
		windows_prompt(v, &m, &behind)) {
		m.kind = MARK_PROMPT;
		m.command = command_of(behind);
		return m;
	}
	m.host = view_of(v.data, 0);
	if (decorated_header(v, &m)) {
		m.kind = MARK_HEADER;
		return m;
	}
	m.host = view_of(v.data, 0);
	m.command = (struct command){0};
	if (!bare_prompt(v, &m, &behind))
		return (struct mark){0};
	m.command = command_of(behind);
	/* "root@web-01#" alone ends an output; "#" alone is anything. */
	m.kind = m.command.known ? MARK_PROMPT_BARE : MARK_NONE;
	return m;
}
