/*
 * The bound on the rules' work, as a handler that SQLite calls; see run.h. It costs
 * a call every RUN_STEPS steps.
 */
#include "judge/run_limit.h"

#include <stddef.h>

static int
look(void *context)
{
	struct run_limit *limit = context;
	return --limit->looks < 0;
}

void
run_limit_set(struct run_limit *limit, sqlite3 *db, int64_t rows)
{
	limit->looks = RUN_LOOKS_FIRST + rows;
	sqlite3_progress_handler(db, RUN_STEPS, look, limit);
}

void
run_limit_clear(sqlite3 *db)
{
	sqlite3_progress_handler(db, 0, NULL, NULL);
}
