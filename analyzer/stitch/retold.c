/*
 * Reports of several lines: see retold.h. A few statements, over the events that
 * go on with a report and those that begin one.
 */
#include "stitch/retold.h"

/* The lines of reports that have more than one: head is the line of the first
   event. Both halves of the union see only such reports. */
static const char members_sql[] =
	"CREATE TEMP TABLE told AS SELECT e.id AS event, e.source, e.line,"
	" CAST(substr(e.fields ->> '$.told_from', 6) AS INTEGER) AS head,"
	" n.how, e.dst, e.dst_port FROM event e"
	" JOIN temp.failure_name n ON n.name = e.name"
	" WHERE e.fields ->> '$.told_from' IS NOT NULL;"
	"CREATE INDEX temp.told_head ON told (source, head);"
	"INSERT INTO temp.told SELECT e.id, e.source, e.line, e.line, n.how,"
	" e.dst, e.dst_port FROM event e"
	" JOIN temp.failure_name n ON n.name = e.name"
	" WHERE (e.source, e.line) IN (SELECT source, head FROM temp.told)"
	" AND e.fields ->> '$.told_from' IS NULL;"
	"CREATE INDEX temp.told_event ON told (event);";

/* The rows are found by their events while they are few. */
static const char index_sql[] =
	"CREATE INDEX reported_by_event ON reported_failure (event);";

/* Two lines may tell of two servers, which are two failures. */
static const char merge_sql[] =
	"UPDATE reported_failure SET how = (SELECT o.how FROM temp.told t"
	"  JOIN temp.told o ON o.source = t.source AND o.head = t.head"
	"  WHERE t.event = reported_failure.event AND o.how <> 'not-told'"
	"  AND (o.dst IS NULL OR o.dst = t.dst AND o.dst_port = t.dst_port)"
	"  ORDER BY o.line DESC LIMIT 1)"
	" WHERE how = 'not-told' AND event IN (SELECT t.event FROM temp.told t"
	"  JOIN temp.told o ON o.source = t.source AND o.head = t.head"
	"  WHERE o.how <> 'not-told'"
	"  AND (o.dst IS NULL OR o.dst = t.dst AND o.dst_port = t.dst_port));"
	"DELETE FROM reported_failure WHERE event IN (SELECT t.event"
	" FROM temp.told t JOIN temp.told o ON o.source = t.source"
	"  AND o.head = t.head AND o.line < t.line"
	" JOIN reported_failure a ON a.event = t.event"
	" JOIN reported_failure b ON b.event = o.event"
	" WHERE b.server = a.server AND b.server_port = a.server_port);"
	"DROP INDEX reported_by_event;";

bool
retold_merge(struct store *s, struct error *e)
{
	return store_exec(s, members_sql, e) && store_exec(s, index_sql, e) &&
		store_exec(s, merge_sql, e) &&
		store_exec(s, "DROP TABLE temp.told;", e);
}
