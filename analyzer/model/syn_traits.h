/*
 * The bits of attempt.traits: see syn_traits.def.
 */
#ifndef MODEL_SYN_TRAITS_H
#define MODEL_SYN_TRAITS_H

enum syn_trait {
#define X(name, bit, words) SYN_##name = bit,
#include "model/syn_traits.def"
#undef X
};

/* Those that a sender puts into a SYN, and may leave out of the next copy. */
#define SYN_SHEDDABLE \
	(SYN_ECN | SYN_MPTCP | SYN_FAST_OPEN | SYN_DATA | SYN_TIMESTAMPS)

/* Those that only who receives it can tell. */
#define SYN_ON_ARRIVAL                                        \
	(SYN_SUM_WRONG | SYN_SUM_UNFINISHED | SYN_SUM_RIGHT | \
		SYN_OUTER_SUM_WRONG | SYN_OVERHEARD)

#endif
