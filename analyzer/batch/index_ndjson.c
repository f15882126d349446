/*
 * index.ndjson: a line per case, the same keys in the same order in each.
 *
 * SQLite makes the JSON; there is one statement and no second list of keys.
 */
#include "batch/index.h"

#include "batch/index_db.h"

/* The aggregates read ordered subqueries, which SQLite keeps in order. */
static const char line_sql[] =
	"SELECT json_object('key', c.key, 'name', c.name, 'kind', c.kind,"
	" 'folder', c.folder, 'outcome', c.outcome, 'status', c.status,"
	" 'signal', c.signal, 'reason', c.reason,"
	" 'tool_version', c.tool_version, 'rules_sha256', c.rules_sha256,"
	" 'inputs_sha256', c.inputs_sha256,"
	" 'inputs', json((SELECT json_group_array(json_object("
	"   'name', name, 'role', role, 'kind', kind, 'bytes', bytes,"
	"   'sha256', sha256)) FROM (SELECT * FROM input"
	"   WHERE case_id = c.id ORDER BY name))),"
	" 'attempts', c.attempts, 'failed', c.failed,"
	" 'undetermined', c.undetermined,"
	" 'duplicate_of', (SELECT key FROM case_result f"
	"   WHERE f.id = c.duplicate_of),"
	" 'part_of', c.part_of,"
	" 'first', strftime('%Y-%m-%dT%H:%M:%SZ', c.first_ns / 1000000000,"
	"   'unixepoch'),"
	" 'last', strftime('%Y-%m-%dT%H:%M:%SZ', c.last_ns / 1000000000,"
	"   'unixepoch'),"
	" 'verdicts', json((SELECT json_group_object(verdict, attempts)"
	"   FROM (SELECT * FROM verdict_count WHERE case_id = c.id"
	"   ORDER BY verdict))),"
	" 'causes', json((SELECT json_group_array(json_object('cause', cause,"
	"   'confidence', confidence, 'attempts', attempts)) FROM"
	"   (SELECT * FROM cause_count WHERE case_id = c.id"
	"   ORDER BY cause, confidence))),"
	" 'failures', json((SELECT json_group_array(json_object("
	"   'server', server_ip, 'port', server_port, 'verdict', verdict,"
	"   'cause', nullif(cause, ''), 'attempts', attempts)) FROM"
	"   (SELECT * FROM failure WHERE case_id = c.id ORDER BY"
	"   attempts DESC, server_ip, server_port, verdict, cause))),"
	" 'rules_before', c.rules_before,"
	" 'verdicts_before', json((SELECT json_group_object(verdict, attempts)"
	"   FROM (SELECT * FROM verdict_before WHERE case_id = c.id"
	"   ORDER BY verdict))),"
	" 'causes_before', json((SELECT json_group_array(json_object("
	"   'cause', cause, 'confidence', confidence, 'attempts', attempts))"
	"   FROM (SELECT * FROM cause_before WHERE case_id = c.id"
	"   ORDER BY cause, confidence))),"
	" 'verdicts_changed', json((SELECT json_group_array(json_object("
	"   'before', before, 'confidence_before', confidence_before,"
	"   'after', after, 'confidence_after', confidence_after,"
	"   'attempts', attempts)) FROM (SELECT * FROM verdict_change"
	"   WHERE case_id = c.id ORDER BY before, confidence_before, after,"
	"   confidence_after))),"
	" 'findings_changed', json((SELECT json_group_array(json_object("
	"   'cause', cause, 'host', nullif(host, ''), 'before', before,"
	"   'after', after, 'attempts_before', attempts_before,"
	"   'attempts_after', attempts_after)) FROM (SELECT * FROM"
	"   finding_change WHERE case_id = c.id ORDER BY cause, host))))"
	" FROM case_result c ORDER BY c.id";

bool
index_write_ndjson(sqlite3 *db, FILE *out, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	int code;
	if (sqlite3_prepare_v2(db, line_sql, -1, &stmt, NULL) != SQLITE_OK)
		return index_error(db, "preparing index.ndjson", e);
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		fprintf(out, "%s\n", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE || index_error(db, "reading", e);
}
