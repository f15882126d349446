/*
 * Giving up what an analysis never needs, before evidence is parsed.
 *
 * Two walls of the Linux kernel, each used when it is there: Landlock lets the
 * process open only the named files and folders, a seccomp filter leaves it the
 * system calls of reading, computing and writing. After sandbox_enter there is
 * no network, no other program, no other process and no other file for the
 * rest of the process's life, whoever runs it; files opened before stay open.
 *
 *	sandbox_begin -> sandbox_read, sandbox_write ... -> sandbox_enter
 *
 * Why these two and what they let through: decisions/0008-sandbox.md.
 *
 * Costs: 0.1 ms and one descriptor until sandbox_enter.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Sanitizers need more of the kernel than an analysis: a process of their own,
 * ptrace and all of /proc. Builds with them keep the wall against writing. */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZER 1
#endif
#endif
#ifndef SANDBOX_SANITIZER
#define SANDBOX_SANITIZER 0
#endif

/* What sandbox_enter answers when a person wanted no sandbox. */
#define SANDBOX_OFF "off"

/* What a person asks for: --sandbox, in the order of its words. */
enum sandbox_wanted {
	SANDBOX_WANT_ANY,   /* what this kernel has */
	SANDBOX_WANT_WHOLE, /* fail where it is not complete */
	SANDBOX_WANT_NONE,
};

/* The word of --sandbox. */
const char *sandbox_word(enum sandbox_wanted wanted);

struct sandbox {
	int ruleset;      /* owned until sandbox_enter; -1 without Landlock */
	uint64_t handled; /* rights that this kernel can refuse */
	bool folders;     /* folders are made as well as files */
};

/* Ask the kernel what it offers. Nothing is given up yet. */
void sandbox_begin(struct sandbox *s);

/* The same as on a kernel whose Landlock is of that version at most (0: none),
 * for the tests: what holds there must be known. */
void sandbox_begin_as(struct sandbox *s, int version_max);

/* Path may be read: a file, or a folder with everything below it. A path that
 * is not there, or a pipe, needs no permission: opening it says why not. */
void sandbox_read(struct sandbox *s, const char *path);

/* Files in and below folder may be made, written, renamed and removed. */
void sandbox_write(struct sandbox *s, const char *folder);

/* The same, and folders too, and files may move from one to another. A kernel
 * whose Landlock cannot grant the moving (before 5.19) has that wall no more. */
void sandbox_write_folders(struct sandbox *s, const char *folder);

/* Empty folders below folder may be removed. */
void sandbox_remove_folders(struct sandbox *s, const char *folder);

/*
 * Give up the rest. Call it before the first thread is made. Returns how much
 * of it was possible: "landlock+seccomp", "landlock", "seccomp" or "none".
 * Static storage; never fails otherwise.
 */
const char *sandbox_enter(struct sandbox *s);

/* Is what sandbox_enter answered all that there is to be had: both walls? A
 * build with sanitizers counts as whole with the first. */
bool sandbox_is_whole(const char *answer);

/*
 * sandbox_enter as it is wanted; its answer, or SANDBOX_OFF where nothing was given
 * up. NULL with *e set (environment) when more is wanted than this kernel has.
 */
const char *sandbox_enter_as_wanted(
	struct sandbox *s, enum sandbox_wanted wanted, struct error *e);

/* The second wall alone, with or without the calls that make folders; false
 * when this kernel or processor has none. */
bool sandbox_filter_calls(bool folders);

#endif
