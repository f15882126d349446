/*
 * Finding the evidence of a case: which files there are and whose they are.
 *
 * Everything under a folder, or with a file name, that begins with a vantage's
 * name belongs to that vantage; what a file is, is told by its content. An
 * archive is a folder: its members are files of the case.
 *
 *	case_files_init -> case_files_root, case_files_walk, case_files_add ...
 *	-> (the sandbox) -> case_files_look -> (case.yaml is read)
 *	-> case_files_place -> case_file_open for each that is read
 */
#ifndef INGEST_CASE_FILES_H
#define INGEST_CASE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "ingest/spool.h"
#include "ingest/stream.h"
#include "model/case_config.h"
#include "parsers/capture/capture.h"
#include "parsers/host/host.h"
#include "parsers/log/log.h"

struct stream;

/* Bounds of a case folder; beyond them the run stops and says so. */
#define CASE_FILES_MAX 20000
#define CASE_DEPTH_MAX 16 /* a must-gather has 9 */

/* Bytes of a file that decide what it is: the most that a family asks for. */
#define CASE_FILE_HEAD_BYTES LOG_HEAD_BYTES

/* Archives within archives; a compressed file within one is none. */
#define CASE_ARCHIVE_DEPTH_MAX 5

/*
 * An archive whose members are this many times its own size is a bomb, unless
 * they are few: text logs come to 20 or 100 times, rarely to more; gzip cannot
 * say more than 1032. Nothing is said of less than CASE_ARCHIVE_SMALL bytes.
 */
#define CASE_ARCHIVE_RATIO_MAX 1000
#define CASE_ARCHIVE_SMALL (UINT64_C(256) * 1024 * 1024)

/* Bytes of all members that are looked at, those passed over included. */
#define CASE_ARCHIVE_BYTES_MAX (UINT64_C(64) * 1024 * 1024 * 1024)

/* Longest role name; longer folder names are no vantage. */
#define CASE_ROLE_MAX 48

enum case_file_kind {
	CASE_FILE_CAPTURE,
	CASE_FILE_FLOWS,      /* a cloud's flow log */
	CASE_FILE_LOG,        /* lines with an envelope that is known */
	CASE_FILE_SNAPSHOT,   /* host state: ss, nstat, conntrack ... */
	CASE_FILE_TRANSCRIPT, /* a copied session; its parts are files, too */
	CASE_FILE_NOTE,       /* expected.json, README.md: about the case */
	CASE_FILE_ARCHIVE,    /* its members follow it in the list */
	CASE_FILE_OTHER,  /* nothing that is read yet; maybe why, in problem */
	CASE_FILE_PASSED, /* not looked into for the reason in problem, which
	                       is none to worry about */
	CASE_FILE_BROKEN, /* cannot be read; why is in problem */
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

/* A machine of the case, and how it is known which files are of it. */
struct case_host {
	const char *name;    /* the role where only that is known */
	const char *role;    /* "client", "server" or a name: the vantage its
	                     captures are and the role of its files */
	const char *because; /* one clause: what says that files are of it */
	const char *role_because; /* one clause: what says its role */
	bool said;                /* a person gave the role */
	bool shown;               /* packets show it */
	bool captured;            /* it has a capture */
	bool unnamed; /* called as its capture is, whose name names none */
};

struct case_file {
	const char *path;  /* to open it; "-" is standard input; NULL for a
	                     member of an archive */
	const char *name;  /* relative to the case folder, or as given; of a
	                     member "archive.zip: its/path" */
	const char *place; /* what tells whose it is: the same as if archives
	                      were folders */
	const char *role;  /* vantage it belongs to, or NULL */
	size_t host_at;    /* its machine: 1 + index in hosts; 0 none */
	bool role_guessed; /* nobody and no name gave it */
	bool named;        /* on the command line, not found in a folder */
	bool asked;        /* its role is of the command line as well */
	uint64_t device;   /* of a named one, and its number there: what is */
	uint64_t inode;    /* named is not read again where it lies */
	bool linked;       /* a link that --follow-links let follow */
	enum case_file_kind kind;
	enum capture_format format;
	const char *kind_id; /* the report's word for what it is; static */
	enum host_kind host_kind;
	enum log_family log_family;
	/* CASE_FILE_OTHER, but text: a log if a pattern knows a line of it */
	bool text;
	enum case_moment moment; /* by its name: *before*, *after* */
	const char *stem;        /* its name without that word */
	const char *compression; /* gzip, zstd, xz, bzip2, lz4 or NULL */
	const char *problem;
	/* A member's bytes in the spool; spooled is false when they are not
	   kept, because nothing reads them. */
	bool member;
	bool spooled;
	bool damaged; /* an archive of which not all could be read */
	const struct spool *spool; /* of a member; borrowed */
	uint64_t part_at;
	uint64_t
		bytes; /* of a member, an archive and what came through a pipe */
	int depth;     /* archives around it */
	int64_t changed_s; /* of a member: when it was written last, seconds
	                      since the epoch; 0 not told */
	/* What can be read only once was begun to be read: owned, or NULL. */
	struct stream *held;
	char sha256[DIGEST_TEXT_MAX]; /* of an archive; else "" */
	/* Of a part of a transcript; else empty, 0 and NULL. */
	struct view part;           /* its bytes, in the case's arena */
	const uint32_t *part_lines; /* the whole file's number of each line */
	int64_t printed_ns;  /* UTC: a date that was printed with it; 0 none */
	const char *whole;   /* the transcript's name */
	const char *hint;    /* what its command says of its content */
	const char *command; /* that printed it, as it was typed; or NULL */
	const char *host;    /* machine that its prompt names, or NULL */
	/* What its content says of its machine (case_identity.h): a name or
	   NULL, and addresses. */
	const char *says;
	const struct ip_addr *addresses;
	size_t addresses_count;
	bool collected; /* a log whose front names several machines */
};

struct case_files {
	struct arena arena;
	struct case_file *list; /* owned */
	size_t count;
	size_t room;
	/* What a person said of the case, or NULL; borrowed. Set it before the
	   files are recognised. */
	const struct case_config *config;
	/* What log lines mean, sealed; NULL: our own patterns. Borrowed. */
	const struct pattern_set *patterns;
	char name[256];    /* of the case: its folder's or first file's name */
	bool follow_links; /* also those that lead out of the evidence */
	/* Where links may lead to: real paths of what was named. */
	const char **roots; /* owned; the texts are the arena's */
	size_t roots_count;
	size_t walked;           /* folders and files that were walked */
	struct case_host *hosts; /* owned */
	size_t hosts_count;
	struct spool spool; /* members of archives */
	uint64_t unpacked;  /* bytes of all members so far */
	size_t members;
};

void case_files_init(struct case_files *c);
void case_files_release(struct case_files *c);

/* Open the spool; before the sandbox. */
void case_files_spool(struct case_files *c);

/* Add a file named on the command line; role may be NULL. */
void case_files_add(struct case_files *c, const char *path, const char *role);

/* A file of the case, found in path; both texts are copied. The list moves. */
struct case_file *case_files_new(
	struct case_files *c, const char *path, const char *name);

/* A path that was named: links that lead to it, or below it, do not lead out of
 * the evidence. Links are looked at by case_files_walk: name all paths first. */
void case_files_root(struct case_files *c, const char *path);

/*
 * Walk case folders, or take single files, "-" for standard input. Of several
 * paths each is a folder of the case, called as its own last part is. Pipes, sockets and devices in a
 * folder are listed and never opened: that could wait for ever. Links that lead
 * out of the evidence are listed and not followed, unless follow_links is set.
 * False with *e set when it cannot be read at all or is beyond bounds.
 */
bool case_files_paths(struct case_files *c, const char *const *paths,
	size_t count, struct error *e);

/* One path. */
bool case_files_walk(struct case_files *c, const char *path, struct error *e);

/*
 * Look at every file's first bytes: what each is. Archives bring their members
 * into the list. False with *e set when there is no room for them.
 */
bool case_files_look(struct case_files *c, struct error *e);

/*
 * Settle whose each file is: machines by the names of folders and files, and
 * their roles where somebody said them. Machines with captures and without a
 * role get one: a lone one is the client, of two the first by name is
 * (case_hosts_settle corrects that by the packets).
 */
void case_files_place(struct case_files *c);

/* The machine of a role gets another one, and its files with it. shown: packets
 * prove it. */
void case_host_rename(struct case_files *c, size_t host, const char *role,
	const char *because, bool shown);

/* A machine's own address, by its capture: files that nobody placed and that
 * name it are that machine's. */
void case_files_claim(
	struct case_files *c, size_t host, struct ip_addr address);

/* Index + 1 of the machine of this name, or 0. */
size_t case_host_find(const struct case_files *c, const char *name);

/* Says nothing but the file's own name that its machine is there? */
bool case_host_alone(const struct case_files *c, size_t index);

/* Index + 1 of the machine, which is new or known by this name; name must live
 * as long as the case. */
size_t case_host_named(
	struct case_files *c, const char *name, const char *because);

/* Does a machine stand between the ends, by its name or by what was said? */
bool case_host_between(const struct case_host *h);

/*
 * Say of files whose machine nobody knows how to tell it; a line each, a few at
 * most. An unplaced log can cost the confirmed cause.
 */
void case_files_ask(const struct case_files *c);

/*
 * Open a file of the case that was looked at; as stream_open. What came through
 * a pipe can be opened once. A part of a transcript is its bytes.
 */
bool case_file_open(const struct case_file *f, struct stream *s,
	struct anomaly_sink sink, struct error *e);

/* Can it be opened more than once? */
bool case_file_stays(const struct case_file *f);

/* Bytes as stored; 0 when that is not known before reading. */
uint64_t case_file_bytes(const struct case_file *f);

/*
 * Look into an archive at index i, of which s is open at its front: its members
 * become files behind the others. False with *e set when there is no room left
 * or too little; whatever is wrong with the archive is in its problem.
 */
bool case_archive_unpack(
	struct case_files *c, size_t i, struct stream *s, struct error *e);

/* The same of a case: only where the name is an archive's. */
const char *case_archive_name(struct arena *a, const char *name);

/* A name without the endings of archives and compressions; into a. */
const char *case_archive_stem(struct arena *a, const char *name);

/* Is it about the case rather than evidence of it? By its place. */
bool case_file_is_note(const struct case_file *f);

/* A line's number in the file that a person has; line is from 1. */
static inline uint64_t
case_file_line(const struct case_file *f, uint64_t line)
{
	return f->part_lines != NULL && line > 0 ? f->part_lines[line - 1]
						 : line;
}

/* What tells of a content that does not: the name, or the command behind it. */
static inline const char *
case_file_hint(const struct case_file *f)
{
	return f->hint != NULL ? f->hint : f->place;
}

/* Append a file that is recognised and has its role; it is copied, its texts
 * must live in the arena. */
void case_files_append(struct case_files *c, const struct case_file *f);

/* "client" or "server" when a name begins with that word, else NULL. */
const char *case_role_word(const char *name);

/* Of a file that is recognised as nothing: why it is not read, as its problem. */
void case_file_explain(struct case_file *f, struct view head);

/*
 * What a file is, by its first CASE_FILE_HEAD_BYTES bytes: sets kind, kind_id
 * and the family's own field; f->place breaks ties.
 */
void case_file_recognise(struct case_file *f, struct view head);

/*
 * A file that a person named must be usable: false with *e set when one cannot
 * be opened, or was named as a capture and is none. Files found in a folder are
 * only listed.
 */
bool case_files_check_named(const struct case_files *c, struct error *e);

#endif
