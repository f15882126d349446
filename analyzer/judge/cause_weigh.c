/*
 * What evidence adds up to, in words and not in numbers. It looks at the counts of
 * rows alone, twice at each piece, and the same counts give the same word.
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

/* Which pieces have rows, the contradictions only by rows that are sure. */
static uint32_t
pieces_with_rows(const struct cause *c, const struct gathered *gathered)
{
	uint32_t with = 0;
	for (size_t i = 0; i < c->evidence_count; i++)
		if (c->evidence[i].weighs == WEIGHS_CONTRADICTS
				? gathered[i].sure_rows > 0
				: gathered[i].rows > 0)
			with |= UINT32_C(1) << i;
	return with;
}

/*
 * A row that is not sure never confirms and never contradicts, and what
 * `unless` names takes its force from either. Confirmed and contradicted at
 * once is a conflict that a person must look at: likely, with both sides named.
 */
enum finding_confidence
cause_weigh(const struct cause *c, const struct gathered *gathered)
{
	uint32_t with = pieces_with_rows(c, gathered);
	uint32_t seen = 0; /* of these, what speaks for the cause */
	bool confirmed = false;
	bool contradicted = false;
	for (size_t i = 0; i < c->evidence_count; i++) {
		const struct evidence *e = &c->evidence[i];
		bool sure = gathered[i].sure_rows > 0 && !(e->unless & with);
		if (e->weighs == WEIGHS_CONTRADICTS)
			contradicted = contradicted || sure;
		else
			seen |= with & UINT32_C(1) << i;
		if (e->weighs == WEIGHS_CONFIRMS)
			confirmed = confirmed || sure;
	}
	if (confirmed)
		return contradicted ? FINDING_LIKELY : FINDING_CONFIRMED;
	if (contradicted)
		return FINDING_RULED_OUT;
	for (size_t i = 0; i < c->likely_count; i++)
		if ((c->likely[i] & ~seen) == 0)
			return FINDING_LIKELY;
	return seen != 0 ? FINDING_POSSIBLE : FINDING_NONE;
}
