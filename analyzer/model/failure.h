/*
 * How connections fail, in the words of those who report it: logs of proxies
 * and programs, firewalls, flow logs.
 */
#ifndef MODEL_FAILURE_H
#define MODEL_FAILURE_H

#include <stddef.h>

enum failure_how {
#define X(constant, id, words, one, lasted_s) FAILURE_##constant,
#include "model/failure.def"
#undef X
	FAILURE_COUNT
};

/* Stands for a server of which a report does not say which it is. */
#define FAILURE_UNNAMED "a server that is not named"

/* What an event reports, by its name; FAILURE_COUNT when it reports none. */
enum failure_how failure_of_event(const char *name);

/* A health check that failed: what it has to say first, and what that reports. */
struct failure_check {
	const char *event, *said;
	enum failure_how how;
};

/* The rows of failure_checks.def, in its order; NULL when there is no nth one. */
const struct failure_check *failure_check_at(size_t nth);

/* "no-answer" ... Static storage, as are the others. */
const char *failure_id(enum failure_how how);
/* "got no answer in time": what happened to connects. */
const char *failure_words(enum failure_how how);
/* The same of one: "was refused". */
const char *failure_words_one(enum failure_how how);
/* Seconds before the report at which the first SYN may have been sent. */
int failure_lasted_s(enum failure_how how);

/* The way back from an id; FAILURE_COUNT when there is none such. */
enum failure_how failure_of_id(const char *id);

#endif
