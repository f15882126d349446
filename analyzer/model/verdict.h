/*
 * The two verdicts that the program itself knows; all others are rules' alone.
 */
#ifndef MODEL_VERDICT_H
#define MODEL_VERDICT_H

/* What clean attempts carry where no rule set says so (meta clean_verdict). */
#define VERDICT_CLEAN "established"

/* The evidence cannot decide. */
#define VERDICT_UNDETERMINED "undetermined"

#endif
