/*
 * What the build has worked out of the rules that the program carries, so that no
 * start does it again: cmake/embed_prepared.c writes it, and only the program itself
 * has it. Whoever links the room alone (tests, the build's own tool) works it out.
 */
#ifndef JUDGE_PREPARED_H
#define JUDGE_PREPARED_H

#include "judge/cause.h"

/* Of one piece of evidence, as in struct evidence. */
struct prepared_evidence {
	unsigned needs;
	const struct needed_word *words;
	size_t words_count;
};

/* Of one file of embedded_rules, at the same place. Without evidence where it gives
 * a verdict. */
struct prepared_rule {
	const struct prepared_evidence *evidence;
	size_t evidence_count;
	unsigned attempts_need;
};

/* NULL where the program is another. */
extern const struct prepared_rule prepared_rules[] __attribute__((weak));

#endif
