/*
 * What a person typed or a script printed over several lines, as one.
 */
#include "mark.h"
#include "unfold.h"
#include "words.h"

/* A command of several lines is not taken together beyond this. */
#define COMMAND_MAX 900

/* Box drawing of prompts: U+2500 to U+257F, in UTF-8 three bytes each. */
static struct view
box_skip(struct view v)
{
	while (v.len > 2 && v.data[0] == 0xe2 &&
		(v.data[1] == 0x94 || v.data[1] == 0x95))
		v = view_skip(v, 3);
	return v;
}

/* "(root@web-01)-[~]", "root@web-01 ~": the machine; Kali has U+327F for "@". */
static struct view
two_line_host(struct view v)
{
	for (size_t i = 1; i < v.len; i++) {
		struct view behind = view_skip(v, i);
		size_t n = v.data[i] == '@'                   ? 1
			: view_begins(behind, "\xe3\x89\xbf") ? 3
							      : 0;
		if (n == 0)
			continue;
		behind = view_skip(behind, n);
		return view_of(behind.data, words_host_len(behind));
	}
	return view_of(v.data, 0);
}

/* The line above an arrow: "user@web-01 ~/x" of pure and powerlevel10k; "user in
 * (globe) web-01 in ~ took 2s" of starship, which names the user only to whom it
 * is news, and the machine behind a sign only in an ssh session.
 * cite: starship.rs/config, modules hostname and username */
static struct view
arrow_host(struct view v)
{
	static const char in_word[] = " in ";
	struct view none = view_of(v.data, 0);
	size_t user = words_host_len(v);
	if (user > 0 && user < v.len && v.data[user] == '@') {
		v = view_skip(v, user + 1);
		return view_of(v.data, words_host_len(v));
	}
	size_t end = words_find(v, in_word);
	if (end == v.len)
		return none;
	struct view behind = view_skip(v, end + strlen(in_word));
	size_t second = words_find(behind, in_word);
	v.len = end;
	if (second < behind.len && user == end)
		v = view_of(behind.data, second);
	bool sign = v.len > 0 && v.data[0] >= 0x80;
	while (v.len > 0 && (v.data[0] >= 0x80 || v.data[0] == ' '))
		v = view_skip(v, 1);
	return sign ? (words_host(v) ? v : none)
		    : (words_names_host(v) ? v : none);
}

/* A prompt of two lines whose second begins with an arrow (U+276F, U+279C). */
static bool
arrow_take(const struct unfold *in, size_t i, struct unfold *out)
{
	struct view first = unfold_at(in, i);
	struct view second = unfold_at(in, i + 1);
	if (!view_begins(second, "\xe2\x9d\xaf") &&
		!view_begins(second, "\xe2\x9e\x9c"))
		return false;
	struct view host = arrow_host(first);
	struct view command = view_trim(view_skip(second, 3));
	if (host.len == 0)
		return false;
	const char *prompt = arena_format(out->arena, "user@%.*s:~$ %.*s",
		(int)host.len, (const char *)host.data,
		(int)(command.len < COMMAND_MAX ? command.len : COMMAND_MAX),
		(const char *)command.data);
	unfold_add(out, view_str(prompt), in->list[i + 1].number);
	return true;
}

/* A prompt whose second line has the command: given back as one of one line. */
static bool
two_lines_take(const struct unfold *in, size_t i, struct unfold *out)
{
	struct view first = unfold_at(in, i);
	struct view second = unfold_at(in, i + 1);
	struct view name = box_skip(first);
	struct view command = box_skip(second);
	if (name.len == first.len || command.len == second.len ||
		i + 1 >= in->count)
		return false;
	struct view host = two_line_host(name);
	if (host.len == 0)
		return false;
	while (command.len > 0 && byte_among(command.data[0], "> #$%"))
		command = view_skip(command, 1);
	const char *prompt = arena_format(out->arena, "user@%.*s:~$ %.*s",
		(int)host.len, (const char *)host.data,
		(int)(command.len < COMMAND_MAX ? command.len : COMMAND_MAX),
		(const char *)command.data);
	unfold_add(out, view_str(prompt), in->list[i + 1].number);
	return true;
}

/* A run of one sign, as people and tools draw it above and below a name. */
static bool
is_rule(struct view v)
{
	if (v.len < 3 || !byte_among(v.data[0], "-=#*~+_"))
		return false;
	for (size_t i = 1; i < v.len; i++)
		if (v.data[i] != v.data[0])
			return false;
	return true;
}

/* "-----", "web-01", "-----": as "==== web-01 ====". */
static bool
rules_take(const struct unfold *in, size_t i, struct unfold *out)
{
	struct view rule = unfold_at(in, i);
	struct view name = unfold_at(in, i + 1);
	struct view end = unfold_at(in, i + 2);
	if (!is_rule(rule) || !is_rule(end) || rule.data[0] != end.data[0] ||
		name.len == 0)
		return false;
	uint8_t sign = rule.data[0];
	while (name.len > 0 && name.data[0] == sign)
		name = view_skip(name, 1);
	while (name.len > 0 && name.data[name.len - 1] == sign)
		name.len--;
	const char *made = arena_format(out->arena, "==== %.*s ====",
		(int)(name.len < COMMAND_MAX ? name.len : COMMAND_MAX),
		(const char *)name.data);
	if (mark_of(view_str(made)).kind != MARK_HEADER)
		return false;
	unfold_add(out, view_str(made), in->list[i + 1].number);
	return true;
}

static bool
is_loop(struct view command)
{
	return view_begins(command, "for ") || view_begins(command, "while ") ||
		view_begins(command, "until ");
}

/* Does more of the command follow on the next line? */
static bool
is_open(struct view command)
{
	size_t quotes[2] = {0, 0};
	if (view_ends(command, "\\") || view_ends(command, "|") ||
		view_ends(command, "&&"))
		return true;
	for (size_t i = 0; i < command.len; i++) {
		quotes[0] += command.data[i] == '\'' && quotes[1] % 2 == 0;
		quotes[1] += command.data[i] == '"' && quotes[0] % 2 == 0;
	}
	return quotes[0] % 2 == 1 || quotes[1] % 2 == 1 ||
		(is_loop(command) && !view_ends(command, "done") &&
			words_find(command, "done ") == command.len &&
			words_find(command, "done|") == command.len &&
			words_find(command, "done;") == command.len);
}

/* What stands between two lines of a command when they are one. */
static const char *
joint_of(struct view line)
{
	return view_ends(line, "\\") || view_ends(line, "do") ||
			view_ends(line, "|") || view_ends(line, "&&") ||
			view_ends(line, ";")
		? " "
		: "; ";
}

/* A prompt's command over several lines; how many lines it takes, or 0. */
static size_t
command_take(const struct unfold *in, size_t i, struct unfold *out)
{
	struct mark m = mark_of(in->list[i].text);
	if ((m.kind != MARK_PROMPT && m.kind != MARK_PROMPT_BARE) ||
		!is_open(m.typed))
		return 0;
	struct view whole = in->list[i].text;
	struct view typed = m.typed;
	size_t count = 1;
	while (is_open(typed)) {
		struct view next = unfold_at(in, i + count);
		if (i + count >= in->count ||
			whole.len + next.len > COMMAND_MAX ||
			(!view_begins(next, ">") && !view_ends(typed, "\\")))
			break;
		if (view_begins(next, ">"))
			next = view_trim(view_skip(next, 1));
		whole = view_trim(whole);
		size_t front = whole.len - typed.len;
		const char *joint = joint_of(whole);
		if (view_ends(whole, "\\"))
			whole.len--;
		const char *made = arena_format(out->arena, "%.*s%s%.*s",
			(int)whole.len, (const char *)whole.data, joint,
			(int)next.len, (const char *)next.data);
		whole = view_str(made);
		typed = view_skip(whole, front);
		count++;
	}
	if (count == 1)
		return 0;
	unfold_add(out, whole, in->list[i].number);
	return count;
}

void
unfold_prompts(const struct unfold *in, struct unfold *out)
{
	for (size_t i = 0; i < in->count; i++) {
		if (two_lines_take(in, i, out) || arrow_take(in, i, out)) {
			i++;
			continue;
		}
		if (rules_take(in, i, out)) {
			i += 2;
			continue;
		}
		size_t taken = command_take(in, i, out);
		if (taken > 0)
			i += taken - 1;
		else
			unfold_add(out, in->list[i].text, in->list[i].number);
	}
}
