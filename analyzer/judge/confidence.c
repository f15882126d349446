/*
 * The words for how sure a rule is, least first.
 */
#include <string.h>

#include "judge/rule.h"

static const char *const confidence_words[] = {
	[CONFIDENCE_NONE] = "none",
	[CONFIDENCE_POSSIBLE] = "possible",
	[CONFIDENCE_LIKELY] = "likely",
	[CONFIDENCE_CERTAIN] = "certain",
};

const char *
confidence_word(enum confidence c)
{
	return confidence_words[c];
}

enum confidence
confidence_parse(const char *word)
{
	for (int c = CONFIDENCE_POSSIBLE; c <= CONFIDENCE_CERTAIN; c++)
		if (strcmp(word, confidence_words[c]) == 0)
			return (enum confidence)c;
	return CONFIDENCE_NONE;
}
