/*
 * The views verdict_changes and finding_changes, printed.
 *
 * Everything comes from one database, which another program may have written:
 * no text of it reaches a terminal unescaped.
 */
#include "judge_changes.h"

#include <inttypes.h>
#include <string.h>

#include "base/safe_format.h"

/* Lines of each kind for a person; a script asks for all of them. */
#define LINES_MAX 20
#define TEXT_MAX 200

static const char verdicts_sql[] =
	"SELECT c.attempt, a.client_ip, a.client_port, a.server_ip,"
	" a.server_port, c.before, c.confidence_before, c.after,"
	" c.confidence_after, c.place_before, c.place_after"
	" FROM verdict_changes c JOIN attempts a ON a.id = c.attempt"
	" ORDER BY c.attempt";

static const char findings_sql[] =
	"SELECT cause, host, before, after, attempts_before, attempts_after"
	" FROM finding_changes ORDER BY cause, host";

static void say(FILE *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
say(FILE *out, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	safe_vprint(out, TEXT_MAX, format, arguments);
	va_end(arguments);
}

static const char *
text_of(sqlite3_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(stmt, column);
}

/* The next row; at the end or on trouble the statement is gone. */
static bool
next_row(struct store *s, sqlite3_stmt **stmt, struct error *e)
{
	int code = sqlite3_step(*stmt);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		store_error(store_db(s), "reading", e);
	sqlite3_finalize(*stmt);
	*stmt = NULL;
	return false;
}

bool
judge_changes_count(struct store *s, struct judge_changes *c, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT (SELECT count(*) FROM attempt),"
		" (SELECT count(*) FROM verdict_changes),"
		" (SELECT count(*) FROM finding_changes)",
		e);
	bool ok = stmt != NULL && next_row(s, &stmt, e);
	if (ok)
		*c = (struct judge_changes){
			.attempts = sqlite3_column_int64(stmt, 0),
			.verdicts = sqlite3_column_int64(stmt, 1),
			.findings = sqlite3_column_int64(stmt, 2),
		};
	sqlite3_finalize(stmt);
	return ok;
}

static void
say_end(FILE *out, sqlite3_stmt *stmt, int column)
{
	const char *ip = text_of(stmt, column);
	bool six = ip != NULL && strchr(ip, ':') != NULL;
	say(out, "%s%s%s:%jd", six ? "[" : "", ip, six ? "]" : "",
		(intmax_t)sqlite3_column_int64(stmt, column + 1));
}

static void
say_verdict(FILE *out, sqlite3_stmt *stmt)
{
	say(out, "  attempt %jd, ", (intmax_t)sqlite3_column_int64(stmt, 0));
	say_end(out, stmt, 1);
	say(out, " -> ");
	say_end(out, stmt, 3);
	say(out, "\n    was %s (%s), is %s (%s)\n", text_of(stmt, 5),
		text_of(stmt, 6), text_of(stmt, 7), text_of(stmt, 8));
}

static void
say_weight(FILE *out, sqlite3_stmt *stmt, int word, int attempts)
{
	if (text_of(stmt, word) == NULL)
		say(out, "not found");
	else
		say(out, "%s (attempts: %jd)", text_of(stmt, word),
			(intmax_t)sqlite3_column_int64(stmt, attempts));
}

static void
say_finding(FILE *out, sqlite3_stmt *stmt)
{
	say(out, "  cause %s", text_of(stmt, 0));
	if (text_of(stmt, 1) != NULL)
		say(out, ", host %s", text_of(stmt, 1));
	say(out, "\n    was ");
	say_weight(out, stmt, 2, 4);
	say(out, ", is ");
	say_weight(out, stmt, 3, 5);
	say(out, "\n");
}

static bool
say_rows(struct store *s, const char *sql, int64_t all, FILE *out,
	void (*line)(FILE *, sqlite3_stmt *), struct error *e)
{
	struct error trouble = {0};
	sqlite3_stmt *stmt = store_prepare(s, sql, &trouble);
	for (int i = 0; stmt != NULL && i < LINES_MAX; i++)
		if (next_row(s, &stmt, &trouble))
			line(out, stmt);
	sqlite3_finalize(stmt);
	if (all > LINES_MAX)
		say(out, "  and %jd more; --json - lists all\n",
			(intmax_t)(all - LINES_MAX));
	if (trouble.kind != ERROR_NONE)
		return error_set(e, trouble.kind, "%s", trouble.text);
	return true;
}

bool
judge_changes_print(struct store *s, const struct judge_changes *c,
	const char *name, FILE *out, struct error *e)
{
	if (c->verdicts == 0 && c->findings == 0) {
		say(out, "%s: nothing changed (attempts: %jd)\n", name,
			(intmax_t)c->attempts);
		return true;
	}
	say(out, "%s: verdicts changed: %jd of %jd, findings changed: %jd\n",
		name, (intmax_t)c->verdicts, (intmax_t)c->attempts,
		(intmax_t)c->findings);
	return say_rows(s, verdicts_sql, c->verdicts, out, say_verdict, e) &&
		say_rows(s, findings_sql, c->findings, out, say_finding, e);
}

static void
put_text(struct json_writer *w, const char *key, sqlite3_stmt *stmt, int column)
{
	jsonw_text(w, key, text_of(stmt, column));
}

static void
put_int(struct json_writer *w, const char *key, sqlite3_stmt *stmt, int column)
{
	jsonw_int(w, key, sqlite3_column_int64(stmt, column));
}

static void
put_end(struct json_writer *w, const char *key, sqlite3_stmt *stmt, int column)
{
	jsonw_object(w, key);
	put_text(w, "ip", stmt, column);
	put_int(w, "port", stmt, column + 1);
	jsonw_end(w);
}

static void
put_side(struct json_writer *w, const char *key, sqlite3_stmt *stmt, int word,
	int place)
{
	jsonw_object(w, key);
	put_text(w, "verdict", stmt, word);
	put_text(w, "confidence", stmt, word + 1);
	put_text(w, "place", stmt, place);
	jsonw_end(w);
}

static void
put_verdict(struct json_writer *w, sqlite3_stmt *stmt)
{
	put_int(w, "attempt", stmt, 0);
	put_end(w, "client", stmt, 1);
	put_end(w, "server", stmt, 3);
	put_side(w, "before", stmt, 5, 9);
	put_side(w, "after", stmt, 7, 10);
}

static void
put_weight(struct json_writer *w, const char *key, sqlite3_stmt *stmt, int word,
	int attempts)
{
	if (text_of(stmt, word) == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	put_text(w, "confidence", stmt, word);
	put_int(w, "attempts", stmt, attempts);
	jsonw_end(w);
}

static void
put_finding(struct json_writer *w, sqlite3_stmt *stmt)
{
	put_text(w, "cause", stmt, 0);
	put_text(w, "host", stmt, 1);
	put_weight(w, "before", stmt, 2, 4);
	put_weight(w, "after", stmt, 3, 5);
}

static bool
put_rows(struct store *s, const char *key, const char *sql,
	struct json_writer *w,
	void (*row)(struct json_writer *, sqlite3_stmt *), struct error *e)
{
	struct error trouble = {0};
	sqlite3_stmt *stmt = store_prepare(s, sql, &trouble);
	jsonw_array(w, key);
	while (stmt != NULL && next_row(s, &stmt, &trouble)) {
		jsonw_object(w, NULL);
		row(w, stmt);
		jsonw_end(w);
	}
	jsonw_end(w);
	if (trouble.kind != ERROR_NONE)
		return error_set(e, trouble.kind, "%s", trouble.text);
	return true;
}

/* Rules before and after, NULL where there is no such word. */
static bool
put_rules(struct store *s, struct json_writer *w, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT (SELECT value FROM meta WHERE key = "
		"'former_rules_sha256'), (SELECT value FROM meta WHERE key = "
		"'rules_sha256')",
		e);
	if (stmt == NULL || !next_row(s, &stmt, e))
		return false;
	put_text(w, "former_rules_sha256", stmt, 0);
	put_text(w, "rules_sha256", stmt, 1);
	sqlite3_finalize(stmt);
	return true;
}

bool
judge_changes_json(struct store *s, const struct judge_changes *c,
	const char *name, struct json_writer *w, struct error *e)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "name", name);
	bool ok = put_rules(s, w, e);
	jsonw_int(w, "attempts", c->attempts);
	ok = ok &&
		put_rows(s, "verdicts_changed", verdicts_sql, w, put_verdict,
			e) &&
		put_rows(
			s, "findings_changed", findings_sql, w, put_finding, e);
	jsonw_end(w);
	return ok;
}
