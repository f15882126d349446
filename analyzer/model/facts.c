/*
 * The columns of facts, from facts.def.
 */
#include "model/facts.h"

const struct fact_column fact_columns[] = {
#define X(name, type, meaning) {#name, FACT_##type, meaning},
#include "model/facts.def"
#undef X
};
