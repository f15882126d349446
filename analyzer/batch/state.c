/*
 * Reading and writing case.state, and the decision of --resume.
 *
 * A state keeps its case only when everything that could change the result is the
 * same: content, limits, rules, program, redaction. Anything that does not read as
 * written here is no state, and the case is analysed again: the safe side.
 */
#include "batch/state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "batch/folder.h"

/* The number goes up when a line is added: an older state is none, and its case
 * is analysed again. */
#define HEAD "lostsyn-case-state 2"

static const char *const outcomes[OUTCOMES] = {
	"done", "unusable", "timeout", "error", "signal"};

const char *
outcome_name(enum outcome o)
{
	return outcomes[o];
}

/* In the order in which batch_state_read wants them, one value a line; none can
 * hold a line end (names are escaped, reasons cut at it). */
void
state_write(const struct batch_state *s, FILE *out)
{
	fprintf(out, HEAD "\nname %s\nkind %s\ntool %s\nrules %s\nformer %s\n",
		s->name, s->kind, s->tool, s->rules, s->former);
	fprintf(out, "inputs %s\nquick %s\n", s->inputs, s->quick);
	fprintf(out, "timeout %" PRId64 "\nmemory %" PRId64, s->timeout_s,
		s->memory_mb);
	fprintf(out, "\noutput %" PRId64 "\noutcome %s\n", s->output_mb,
		outcome_name(s->outcome));
	fprintf(out, "status %d\nsignal %d\nreason %s\nend\n", s->status,
		s->signal, s->reason);
}

/* The next line must be "key value"; its value, in line, or NULL. */
static char *
next_value(FILE *in, const char *key, char *line, int room)
{
	size_t n = strlen(key);
	if (fgets(line, room, in) == NULL)
		return NULL;
	size_t len = strlen(line);
	if (len == 0 || line[len - 1] != '\n')
		return NULL;
	line[len - 1] = '\0';
	if (strncmp(line, key, n) != 0 || line[n] != ' ')
		return NULL;
	return line + n + 1;
}

/* The value of the next line, which must be that key's and must fit. */
static bool
read_text(FILE *in, const char *key, char *to, size_t room)
{
	char line[STATE_NAME_MAX + 64];
	const char *value = next_value(in, key, line, sizeof line);
	if (value == NULL || strlen(value) >= room)
		return false;
	memcpy(to, value, strlen(value) + 1);
	return true;
}

/* The same for a number, with nothing behind it. */
static bool
read_number(FILE *in, const char *key, int64_t *to)
{
	char line[128];
	char *end;
	const char *value = next_value(in, key, line, sizeof line);
	if (value == NULL)
		return false;
	*to = strtoll(value, &end, 10);
	return end != value && *end == '\0';
}

/* The same for a word that says how a case ended. */
static bool
read_outcome(FILE *in, enum outcome *to)
{
	char word[32];
	if (!read_text(in, "outcome", word, sizeof word))
		return false;
	for (int i = 0; i < OUTCOMES; i++)
		if (strcmp(word, outcomes[i]) == 0) {
			*to = (enum outcome)i;
			return true;
		}
	return false;
}

/* All lines in their order, and the last one, without which the file was cut.
 * It may be a stranger's: nothing of it is believed but its form. */
static bool
read_all(struct batch_state *s, FILE *in)
{
	char line[128];
	int64_t status;
	int64_t signal;
	if (fgets(line, sizeof line, in) == NULL ||
		strcmp(line, HEAD "\n") != 0)
		return false;
	bool ok = read_text(in, "name", s->name, sizeof s->name) &&
		read_text(in, "kind", s->kind, sizeof s->kind) &&
		read_text(in, "tool", s->tool, sizeof s->tool) &&
		read_text(in, "rules", s->rules, sizeof s->rules) &&
		read_text(in, "former", s->former, sizeof s->former) &&
		read_text(in, "inputs", s->inputs, sizeof s->inputs) &&
		read_text(in, "quick", s->quick, sizeof s->quick) &&
		read_number(in, "timeout", &s->timeout_s) &&
		read_number(in, "memory", &s->memory_mb) &&
		read_number(in, "output", &s->output_mb) &&
		read_outcome(in, &s->outcome) &&
		read_number(in, "status", &status) &&
		read_number(in, "signal", &signal) &&
		read_text(in, "reason", s->reason, sizeof s->reason) &&
		fgets(line, sizeof line, in) != NULL &&
		strcmp(line, "end\n") == 0;
	if (!ok)
		return false;
	s->status = (int)status;
	s->signal = (int)signal;
	return true;
}

bool
batch_state_read(struct batch_state *s, int at, const char *name)
{
	FILE *in = folder_file(at, name);
	*s = (struct batch_state){0};
	if (in == NULL)
		return false;
	bool ok = read_all(s, in);
	fclose(in);
	return ok;
}

/* A case that ran out of time or memory may end well with more of it, so that
 * other limits are a reason to analyse it again. */
static bool
same_limits(const struct batch_state *old, const struct batch_state *now)
{
	return old->timeout_s == now->timeout_s &&
		old->memory_mb == now->memory_mb &&
		old->output_mb == now->output_mb;
}

bool
state_keeps(const struct batch_state *old, const struct batch_state *now,
	bool quick)
{
	if (strcmp(old->name, now->name) != 0 ||
		strcmp(old->kind, now->kind) != 0 ||
		strcmp(old->tool, now->tool) != 0 ||
		strcmp(old->rules, now->rules) != 0)
		return false;
	const char *was = quick ? old->quick : old->inputs;
	const char *is = quick ? now->quick : now->inputs;
	if (strcmp(was, "-") == 0 || strcmp(was, is) != 0)
		return false;
	switch (old->outcome) {
	case OUTCOME_DONE:
	case OUTCOME_UNUSABLE:
		return true;
	case OUTCOME_TIMEOUT:
		return same_limits(old, now);
	case OUTCOME_ERROR:
	case OUTCOME_SIGNAL:
		break;
	}
	return false;
}
