/*
 * Whose a line is, is told by what it and the next ones can be read as; a line
 * that nobody reads is of the command before it.
 */
#include "ingest/transcript_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "parsers/log/log.h"
#include "parsers/transcript/command.h"
#include "parsers/transcript/words.h"

/* Longer rows are cut; more lines are not told apart. */
#define ROW_TEXT_MAX 900
#define ROW_BODY_MAX ((size_t)1024 * 1024)

/* Lines that are looked at together, a heading and what stands below it. */
#define LOOK_LINES 3

/* Words of a command that are looked at for an option. */
#define OPTIONS_MAX 16

static const struct {
	const char *program;
	const char *option;
	enum host_kind kind;
} kinds[] = {
#define X(program, option, kind) {program, option, HOST_##kind},
#include "ingest/transcript_kinds.def"
#undef X
};

static bool
has_option(const char *command, const char *option)
{
	if (option == NULL)
		return true;
	size_t len = strlen(option);
	bool letter = len == 2;
	const char *at = strchr(command, ' ');
	for (int i = 0; at != NULL && i < OPTIONS_MAX; i++) {
		const char *word = at + strspn(at, " ");
		at = strchr(word, ' ');
		size_t n = at == NULL ? strlen(word) : (size_t)(at - word);
		if (n == len && strncmp(word, option, len) == 0)
			return true;
		if (letter && n > 1 && word[0] == '-' && word[1] != '-' &&
			memchr(word, option[1], n) != NULL)
			return true;
	}
	return false;
}

enum host_kind
transcript_row_kind(const char *command)
{
	const char *slash = strrchr(command, '/');
	const char *space = strchr(command, ' ');
	if (slash != NULL && (space == NULL || slash < space))
		command = slash + 1;
	size_t n = strcspn(command, " ");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strlen(kinds[i].program) == n &&
			strncmp(command, kinds[i].program, n) == 0 &&
			has_option(command, kinds[i].option))
			return kinds[i].kind;
	return HOST_NONE;
}

/* The one setting that sysctl is asked for, or NULL. */
static const char *
setting_of(const char *command)
{
	if (strncmp(command, "sysctl ", 7) != 0)
		return NULL;
	const char *key = command + 7;
	if (strncmp(key, "-n ", 3) == 0)
		key += 3;
	return *key == '-' || strchr(key, ' ') != NULL ? NULL : key;
}

const char *
transcript_row_hint(struct arena *a, const char *command)
{
	const char *key = setting_of(command);
	if (key != NULL) {
		char *path = arena_format(a, "proc/sys/%s", key);
		for (char *p = path; *p != '\0'; p++)
			*p = *p == '.' ? '/' : *p;
		return path;
	}
	char *hint = arena_copy(a, command, strlen(command));
	for (char *p = hint; *p != '\0'; p++)
		*p = *p == ' ' ? '_' : *p;
	return hint;
}

struct view
transcript_line(struct view *rest)
{
	const uint8_t *end = memchr(rest->data, '\n', rest->len);
	struct view line = view_of(rest->data,
		end == NULL ? rest->len : (size_t)(end - rest->data) + 1);
	*rest = view_skip(*rest, line.len);
	return line;
}

/* A command that prints one line for each of its words, and the words' names:
 * "cat /proc/sys/...", "sysctl KEY KEY", "conntrack -C". */
static bool
prints_lines(struct view program)
{
	return view_is(program, "sysctl") || view_is(program, "cat") ||
		view_is(program, "conntrack");
}

static void
row_add(struct transcript_row *row, struct arena *a, const char *text)
{
	if (row->count == TRANSCRIPT_ROW_MAX)
		return;
	row->commands[row->count++] = (struct transcript_command){
		.text = text,
		.hint = transcript_row_hint(a, text),
		.kind = transcript_row_kind(text),
	};
}

/* One word of such a command: "nf_conntrack_{count,max}" is two. */
static void
row_add_word(struct transcript_row *row, struct arena *a, struct view program,
	struct view word)
{
	size_t open = view_find(word, "{");
	size_t close = view_find(word, "}");
	bool brace = open < word.len && close < word.len && open < close;
	struct view list = brace
		? view_of(word.data + open + 1, close - open - 1)
		: view_of("", 0);
	struct view behind =
		brace ? view_skip(word, close + 1) : view_of("", 0);
	do {
		size_t end = view_find(list, ",");
		end = end < list.len ? end : list.len;
		row_add(row, a,
			arena_format(a, "%.*s %.*s%.*s%.*s", (int)program.len,
				(const char *)program.data,
				(int)(brace ? open : word.len),
				(const char *)word.data, (int)end,
				(const char *)list.data, (int)behind.len,
				(const char *)behind.data));
		list = view_skip(list, end < list.len ? end + 1 : end);
	} while (list.len > 0);
}

/* False for a command that prints otherwise. */
static bool
row_add_lines(struct transcript_row *row, struct arena *a, struct view command)
{
	struct view rest = command;
	struct view program = word_next(&rest);
	struct view word;
	if (!prints_lines(program))
		return false;
	while ((word = word_next(&rest)).len > 0) {
		bool option = word.data[0] == '-';
		bool counts = view_is(program, "conntrack")
			? view_is(word, "-C")
			: !option;
		if (counts)
			row_add_word(row, a, program, word);
	}
	return true;
}

static size_t
lines_of(struct view body)
{
	size_t lines = 0;
	for (; body.len > 0; lines++)
		transcript_line(&body);
	return lines;
}

bool
transcript_row_lines(struct transcript_row *row, struct view commands,
	struct view body, struct arena *a)
{
	*row = (struct transcript_row){0};
	struct view one;
	while (command_next(&commands, &one))
		if (!row_add_lines(row, a, command_of(one).text))
			return false;
	return row->count > 1 && row->count == lines_of(body);
}

static bool
prints_log(struct view program)
{
	static const char *const programs[] = {"dmesg", "journalctl", "cat",
		"tail", "head", "grep", "egrep", "zgrep", "zcat", "docker",
		"kubectl"};
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (view_is(program, programs[i]))
			return true;
	return false;
}

/* Commands of a row that print what is known. */
static void
row_read(struct transcript_row *row, struct view commands, struct arena *a)
{
	struct view one;
	while (row->count < TRANSCRIPT_ROW_MAX &&
		command_next(&commands, &one)) {
		if (view_begins(one, "do "))
			one = view_skip(one, 3);
		struct view text = command_of(one).text;
		struct view rest = text;
		row_add(row, a,
			arena_copy(a, text.len == 0 ? "" : (char *)text.data,
				text.len));
		struct transcript_command *c = &row->commands[row->count - 1];
		c->log = c->kind == HOST_NONE && prints_log(word_next(&rest));
		row->count -= c->kind == HOST_NONE && !c->log;
	}
}

static bool
reads_line(const struct transcript_command *c, struct view line)
{
	const struct host_sink nobody = {0};
	struct host_result r;
	if (c->log) {
		struct log_guess g = log_recognise(line);
		return g.recognised > 0;
	}
	host_parse(c->kind, line, c->hint, &nobody, &r);
	return r.recognised > 0;
}

/* Does a command's output begin here, as far as a few lines tell? The last of
 * them may be another one's. */
static bool
begins_here(const struct transcript_command *c, struct view text)
{
	struct view rest = text;
	if (!reads_line(c, transcript_line(&rest)))
		return false;
	for (int i = 0; i < LOOK_LINES; i++) {
		struct view lines = view_of(text.data, text.len - rest.len);
		if (c->log || host_recognise(lines, c->hint) == c->kind)
			return true;
		if (rest.len > 0)
			transcript_line(&rest);
	}
	return false;
}

/* Whose the line at the front of rest is, if now is whose the one before it. */
static size_t
owner_of(const struct transcript_row *row, size_t now, struct view rest)
{
	struct view ahead = rest;
	struct view line = transcript_line(&rest);
	if (view_trim(line).len == 0 ||
		(now < row->count && begins_here(&row->commands[now], ahead)))
		return now;
	for (size_t i = 1; i <= row->count; i++) {
		size_t next = (now < row->count ? now + i : i - 1) % row->count;
		if (begins_here(&row->commands[next], ahead))
			return next;
	}
	return now;
}

bool
transcript_row_split(struct transcript_row *row, struct view commands,
	struct view body, struct arena *a)
{
	*row = (struct transcript_row){0};
	if (commands.len > ROW_TEXT_MAX || body.len > ROW_BODY_MAX)
		return false;
	row_read(row, commands, a);
	if (row->count < 2)
		return false;
	row->lines = lines_of(body);
	row->owners = memory_take(row->lines + 1, 1);
	size_t now = row->count;
	for (size_t i = 0; i < row->lines; i++) {
		struct view ahead = body;
		struct view line = transcript_line(&body);
		now = words_is_time(line) ? row->count
					  : owner_of(row, now, ahead);
		row->owners[i] = (uint8_t)now;
	}
	return true;
}

void
transcript_row_release(struct transcript_row *row)
{
	free(row->owners);
	*row = (struct transcript_row){0};
}

bool
transcript_row_run(const struct transcript_row *row, size_t i, struct view body,
	const uint32_t *lines, struct arena *a, struct transcript_run *run)
{
	size_t count = 0;
	for (size_t k = 0; k < row->lines; k++)
		count += row->owners[k] == i;
	if (count == 0)
		return false;
	uint32_t *numbers = arena_take(a, count * sizeof *numbers);
	uint8_t *text = arena_take(a, body.len + 1);
	size_t len = 0;
	count = 0;
	for (size_t k = 0; k < row->lines; k++) {
		struct view line = transcript_line(&body);
		if (row->owners[k] != i)
			continue;
		memcpy(text + len, line.data, line.len);
		len += line.len;
		numbers[count++] = lines[k];
	}
	*run = (struct transcript_run){view_of(text, len), numbers};
	return true;
}
