/*
 * What went wrong, for the caller and for the person at the terminal.
 *
 * One struct, filled by the function that noticed, printed once by the command.
 * Bad bytes in evidence are never an error (they are anomalies); this is for
 * usage, files of ours, the environment and memory. A message reads
 * "file: where: what; what to do".
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

enum error_kind {
	ERROR_NONE = 0,
	ERROR_USAGE,       /* exit 2: bad command line, no usable evidence */
	ERROR_RULE,        /* exit 2: a rule, pattern or case.yaml of ours */
	ERROR_ENVIRONMENT, /* exit 3: disk full, unreadable, out of memory */
};

#define ERROR_TEXT_MAX 1024

struct error {
	enum error_kind kind;
	char text[ERROR_TEXT_MAX]; /* one line, no newline at its end */
};

/*
 * Fill e (which may be NULL) unless it already holds an error: the first cause
 * wins. Always returns false, so that "return error_set(...)" reads well.
 */
bool error_set(struct error *e, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The process exit status that the contract (section 6) gives this error. */
int error_exit_status(const struct error *e);

#endif
