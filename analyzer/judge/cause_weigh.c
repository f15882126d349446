/*
 * What evidence adds up to, in words and not in numbers.
 */
#include "judge/cause.h"

static const char *const finding_words[] = {
	[FINDING_CONFIRMED] = "confirmed",
	[FINDING_LIKELY] = "likely",
	[FINDING_POSSIBLE] = "possible",
	[FINDING_RULED_OUT] = "ruled-out",
	[FINDING_NONE] = "none",
};

const char *
finding_word(enum finding_confidence f)
{
	return finding_words[f];
}

/*
 * A row that is not sure never confirms and never contradicts. Confirmed and
 * contradicted at once is a conflict that a person must look at: likely, with
 * both sides named.
 */
enum finding_confidence
cause_weigh(const struct cause *c, const struct gathered *gathered)
{
	uint32_t seen = 0;
	bool confirmed = false;
	for (size_t i = 0; i < c->evidence_count; i++) {
		enum weighs weighs = c->evidence[i].weighs;
		if (weighs == WEIGHS_CONTRADICTS)
			continue;
		if (gathered[i].rows > 0)
			seen |= UINT32_C(1) << i;
		if (weighs == WEIGHS_CONFIRMS && gathered[i].sure_rows > 0)
			confirmed = true;
	}
	bool contradicted = false;
	for (size_t i = 0; i < c->evidence_count; i++)
		if (c->evidence[i].weighs == WEIGHS_CONTRADICTS &&
			gathered[i].sure_rows > 0 &&
			(c->evidence[i].unless & seen) == 0)
			contradicted = true;
	if (confirmed)
		return contradicted ? FINDING_LIKELY : FINDING_CONFIRMED;
	if (contradicted)
		return FINDING_RULED_OUT;
	for (size_t i = 0; i < c->likely_count; i++)
		if ((c->likely[i] & ~seen) == 0)
			return FINDING_LIKELY;
	return seen != 0 ? FINDING_POSSIBLE : FINDING_NONE;
}
