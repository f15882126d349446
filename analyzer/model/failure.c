/*
 * The tables behind failure.h.
 */
#include "model/failure.h"

#include <assert.h>
#include <string.h>

static const struct {
	const char *id, *words, *one;
	int lasted_s;
} hows[] = {
#define X(constant, id, words, one, lasted_s) {id, words, one, lasted_s},
#include "model/failure.def"
#undef X
};

static const struct {
	const char *end;
	enum failure_how how;
} events[] = {
#define X(end, how) {end, FAILURE_##how},
#include "model/failure_events.def"
#undef X
};

static const struct failure_check checks[] = {
#define X(event, said, how) {event, said, FAILURE_##how},
#include "model/failure_checks.def"
#undef X
};

/* All of the name, or its last words. */
static int
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name);
	size_t n = strlen(end);
	return len >= n && strcmp(name + len - n, end) == 0 &&
		(len == n || name[len - n - 1] == '-');
}

enum failure_how
failure_of_event(const char *name)
{
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (ends_in(name, events[i].end))
			return events[i].how;
	return FAILURE_COUNT;
}

const struct failure_check *
failure_check_at(size_t nth)
{
	return nth < sizeof checks / sizeof checks[0] ? &checks[nth] : NULL;
}

const char *
failure_id(enum failure_how how)
{
	assert(how < FAILURE_COUNT);
	return hows[how].id;
}

const char *
failure_words(enum failure_how how)
{
	assert(how < FAILURE_COUNT);
	return hows[how].words;
}

const char *
failure_words_one(enum failure_how how)
{
	assert(how < FAILURE_COUNT);
	return hows[how].one;
}

int
failure_lasted_s(enum failure_how how)
{
	assert(how < FAILURE_COUNT);
	return hows[how].lasted_s;
}

enum failure_how
failure_of_id(const char *id)
{
	for (int how = 0; how < FAILURE_COUNT; how++)
		if (strcmp(hows[how].id, id) == 0)
			return (enum failure_how)how;
	return FAILURE_COUNT;
}
