/*
 * The facts about one attempt, as stitch works them out and rules ask for them.
 * The columns and their meanings are in facts.def.
 */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

#include <stdint.h>

/* An INT fact that is not known: NULL in SQL. */
#define FACT_UNKNOWN INT64_MIN

#define FACT_TYPE_INT int64_t
#define FACT_TYPE_TEXT const char *
#define FACT_TYPE_WORD const char *
#define FACT_TYPE_PROSE const char *

struct facts {
#define X(name, type, meaning) FACT_TYPE_##type name;
#include "model/facts.def"
#undef X
};

enum facts_column {
#define X(name, type, meaning) FACTS_COLUMN_##name,
#include "model/facts.def"
#undef X
	FACTS_COLUMNS
};

enum fact_type {
	FACT_INT,
	FACT_TEXT,
	FACT_WORD = FACT_TEXT,
	FACT_PROSE = FACT_TEXT,
};

struct fact_column {
	const char *name;
	enum fact_type type;
	const char *meaning; /* one clause, for schema and rule authors */
};

/* FACTS_COLUMNS rows, in the order of the SQL table. Static storage. */
extern const struct fact_column fact_columns[];

#endif
