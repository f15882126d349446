/*
 * Finding the evidence of a case: which files there are and whose they are.
 *
 * Everything under a folder, or with a file name, that begins with a vantage's
 * name belongs to that vantage; what a file is, is told by its content.
 */
#ifndef INGEST_CASE_FILES_H
#define INGEST_CASE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/case_config.h"
#include "parsers/capture/capture.h"
#include "parsers/host/host.h"
#include "parsers/log/log.h"

struct stream;

/* Bounds of a case folder; beyond them the run stops and says so. */
#define CASE_FILES_MAX 20000
#define CASE_DEPTH_MAX 8

/* Bytes of a file that decide what it is: the most that a family asks for. */
#define CASE_FILE_HEAD_BYTES LOG_HEAD_BYTES

/* Longest role name; longer folder names are no vantage. */
#define CASE_ROLE_MAX 48

enum case_file_kind {
	CASE_FILE_CAPTURE,
	CASE_FILE_FLOWS,      /* a cloud's flow log */
	CASE_FILE_LOG,        /* lines with an envelope that is known */
	CASE_FILE_SNAPSHOT,   /* host state: ss, nstat, conntrack ... */
	CASE_FILE_TRANSCRIPT, /* a copied session; its parts are files, too */
	CASE_FILE_NOTE,       /* expected.json, README.md: about the case */
	CASE_FILE_OTHER,      /* nothing that is read yet */
	CASE_FILE_BROKEN,     /* cannot be opened; why is in problem */
};

/* Which of two snapshots a file's name says it is. */
enum case_moment {
	CASE_MOMENT_NONE,
	CASE_MOMENT_BEFORE,
	CASE_MOMENT_AFTER,
	CASE_MOMENT_BETWEEN, /* of a series: levels count, sums do not */
};

/* "before", "after", "between" or "". Static storage. */
const char *case_moment_word(enum case_moment m);

struct case_file {
	const char *path;  /* to open it; "-" is standard input */
	const char *name;  /* relative to the case folder, or as given */
	const char *role;  /* vantage it belongs to, or NULL */
	bool role_guessed; /* nobody and no name gave it */
	bool named;        /* on the command line, not found in a folder */
	enum case_file_kind kind;
	enum capture_format format;
	const char *kind_id; /* the report's word for what it is; static */
	enum host_kind host_kind;
	enum log_family log_family;
	enum case_moment moment; /* by its name: *before*, *after* */
	const char *stem;        /* its name without that word */
	const char *compression; /* gzip, zstd, xz or NULL */
	const char *problem;
	/* Of a part of a transcript; else empty, 0 and NULL. */
	struct view part;      /* its bytes, in the case's arena */
	uint32_t lines_before; /* in the whole file */
	const char *whole;     /* the transcript's name */
	const char *hint;      /* what its command says of its content */
	const char *host;      /* machine that its prompt names, or NULL */
};

struct case_files {
	struct arena arena;
	struct case_file *list; /* owned */
	size_t count;
	size_t room;
	/* What a person said of the case, or NULL; borrowed. Set it before the
	   files are recognised. */
	const struct case_config *config;
	char name[256]; /* of the case: its folder's or first file's name */
};

void case_files_init(struct case_files *c);
void case_files_release(struct case_files *c);

/* Add a file named on the command line; role may be NULL. */
void case_files_add(struct case_files *c, const char *path, const char *role);

/*
 * Walk a case folder (or take a single file). Pipes, sockets and devices in a
 * folder are listed and never opened: that could wait for ever. False with *e
 * set when it cannot be read at all or is beyond bounds.
 */
bool case_files_walk(struct case_files *c, const char *folder, struct error *e);

/*
 * Look at every file's first bytes and settle kinds and roles. Captures without
 * a role get one: a lone one is the client's, of two the first by name is the
 * client's (the packets may correct that later).
 */
void case_files_recognise(struct case_files *c);

/* Open a file or a part of one: stream_open's promises. */
bool case_file_open(const struct case_file *f, struct stream *s,
	struct anomaly_sink sink, struct error *e);

/* What tells of a content that does not: the name, or the command behind it. */
static inline const char *
case_file_hint(const struct case_file *f)
{
	return f->hint != NULL ? f->hint : f->name;
}

/* Append a file that is recognised and has its role; it is copied, its texts
 * must live in the arena. */
void case_files_append(struct case_files *c, const struct case_file *f);

/* "client" or "server" when a name begins with that word, else NULL. */
const char *case_role_word(const char *name);

/*
 * What a file is, by its first CASE_FILE_HEAD_BYTES bytes: sets kind, kind_id
 * and the family's own field; f->name breaks ties.
 */
void case_file_recognise(struct case_file *f, struct view head);

/*
 * A file that a person named must be usable: false with *e set when one cannot
 * be opened, or was named as a capture and is none. Files found in a folder are
 * only listed.
 */
bool case_files_check_named(const struct case_files *c, struct error *e);

#endif
