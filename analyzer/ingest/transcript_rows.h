/*
 * The commands of one prompt and what each of them printed.
 *
 *	date; conntrack -S; ss -ltn         three outputs behind one another
 *	conntrack -C; sysctl KEY KEY        a line for each
 *	while :; do nstat; ss -s; done      again and again
 */
#ifndef INGEST_TRANSCRIPT_ROWS_H
#define INGEST_TRANSCRIPT_ROWS_H

#include "base/arena.h"
#include "base/bytes.h"
#include "parsers/host/host.h"

/* Commands of one row that are told apart. */
#define TRANSCRIPT_ROW_MAX 16

struct transcript_command {
	const char *text;    /* without wrappers and pipe */
	const char *hint;    /* in the place of a file's name */
	enum host_kind kind; /* that it prints, or HOST_NONE */
	bool log;
};

struct transcript_row {
	struct transcript_command commands[TRANSCRIPT_ROW_MAX];
	size_t count;
	uint8_t *owners; /* owned: of each line of the body its command */
	size_t lines;
};

/* What one command of a row printed, all times it ran. */
struct transcript_run {
	struct view body;
	const uint32_t *lines; /* the file's number of each */
};

/* What a command says that it prints; HOST_NONE when that is not known. */
enum host_kind transcript_row_kind(const char *command);

/* What stands for a file's name: "conntrack_-S", "cat_/proc/sys/...", and of
 * "sysctl -n net.core.somaxconn" the setting's path. */
const char *transcript_row_hint(struct arena *a, const char *command);

/* A row of commands that print one line each, as many as the body has. */
bool transcript_row_lines(struct transcript_row *row, struct view commands,
	struct view body, struct arena *a);

/*
 * A row of at least two commands whose outputs are told apart by what they are;
 * release it then. False: it is none, or the body is too long to look at each
 * line.
 */
bool transcript_row_split(struct transcript_row *row, struct view commands,
	struct view body, struct arena *a);
void transcript_row_release(struct transcript_row *row);

/* The lines of a split row's command i; false when it has none. lines: of the
 * body, as transcript_source has them. */
bool transcript_row_run(const struct transcript_row *row, size_t i,
	struct view body, const uint32_t *lines, struct arena *a,
	struct transcript_run *run);

/* A line off the front, its end included. */
struct view transcript_line(struct view *rest);

#endif
