/*
 * What can be wrong with the evidence as a whole.
 */
#ifndef MODEL_CASE_ANOMALY_H
#define MODEL_CASE_ANOMALY_H

/* Told of by the judge, whose word for it stands in meta (causes_unexamined): the
 * report's query has the meaning from here as well. */
#define CAUSES_UNEXAMINED_ID "causes-unexamined"
#define CAUSES_UNEXAMINED_MEANING                                            \
	"rules of causes were given up, for the evidence is more than they " \
	"may look at: what they weigh is not told to its end"

enum case_anomaly {
#define X(constant, id, meaning) CASE_ANOMALY_##constant,
#include "model/case_anomaly.def"
#undef X
	CASE_ANOMALY_COUNT
};

/* The stable id, and one clause that explains it. Static storage. */
const char *case_anomaly_id(enum case_anomaly a);
const char *case_anomaly_meaning(enum case_anomaly a);

#endif
