/*
 * Which of the files of a vantage its rows are said to be from.
 */
#include "stitch/first_source.h"

#include "store/tables.h"

bool
first_source(
	const struct vantage *v, struct store *s, int64_t *id, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT s.id FROM source s JOIN vantage v ON v.id = s.vantage "
		"WHERE v.name = ?1 ORDER BY s.id LIMIT 1",
		e);
	if (stmt == NULL)
		return false;
	sqlite3_bind_text(stmt, 1, v->name, -1, SQLITE_STATIC);
	*id = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0)
					       : STORE_NULL;
	sqlite3_finalize(stmt);
	return true;
}
