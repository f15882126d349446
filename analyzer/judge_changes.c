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
#include "store/select.h"

/* Lines of each kind for a person; a script asks for all of them. */
#define LINES_MAX 20
#define TEXT_MAX 200

#define VERDICT_CHANGE(X)                                 \
	X(INT, attempt, "c.attempt")                      \
	X(TEXT, client_ip, "a.client_ip")                 \
	X(INT, client_port, "a.client_port")              \
	X(TEXT, server_ip, "a.server_ip")                 \
	X(INT, server_port, "a.server_port")              \
	X(TEXT, before, "c.before")                       \
	X(TEXT, confidence_before, "c.confidence_before") \
	X(TEXT, place_before, "c.place_before")           \
	X(TEXT, after, "c.after")                         \
	X(TEXT, confidence_after, "c.confidence_after")   \
	X(TEXT, place_after, "c.place_after")
STORE_SELECT(verdict_change, VERDICT_CHANGE)

static const char verdicts_sql[] =
	"SELECT 0" STORE_COLUMNS(VERDICT_CHANGE) " FROM verdict_changes c"
						 " JOIN attempts a ON a.id = "
						 "c.attempt ORDER BY c.attempt";

#define FINDING_CHANGE(X)                          \
	X(TEXT, cause, "cause")                    \
	X(TEXT, host, "host")                      \
	X(TEXT, before, "before")                  \
	X(INT, attempts_before, "attempts_before") \
	X(TEXT, after, "after")                    \
	X(INT, attempts_after, "attempts_after")
STORE_SELECT(finding_change, FINDING_CHANGE)

static const char findings_sql[] =
	"SELECT 0" STORE_COLUMNS(FINDING_CHANGE) " FROM finding_changes"
						 " ORDER BY cause, host";

#define COUNTS(X)                                                  \
	X(INT, attempts, "(SELECT count(*) FROM attempt)")         \
	X(INT, verdicts, "(SELECT count(*) FROM verdict_changes)") \
	X(INT, findings, "(SELECT count(*) FROM finding_changes)")
STORE_SELECT(counts, COUNTS)

/* Rules before and after; NULL where there is no such word. */
#define RULES(X)                                                              \
	X(TEXT, former,                                                       \
		"(SELECT value FROM meta WHERE key = 'former_rules_sha256')") \
	X(TEXT, now, "(SELECT value FROM meta WHERE key = 'rules_sha256')")
STORE_SELECT(rules, RULES)

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
	sqlite3_stmt *stmt =
		store_prepare(s, "SELECT 0" STORE_COLUMNS(COUNTS), e);
	bool ok = stmt != NULL && next_row(s, &stmt, e);
	if (ok) {
		struct counts n = counts_of(stmt);
		*c = (struct judge_changes){
			.attempts = n.attempts,
			.verdicts = n.verdicts,
			.findings = n.findings,
		};
	}
	sqlite3_finalize(stmt);
	return ok;
}

static void
say_end(FILE *out, const char *ip, int64_t port)
{
	bool six = ip != NULL && strchr(ip, ':') != NULL;
	say(out, "%s%s%s:%jd", six ? "[" : "", ip, six ? "]" : "",
		(intmax_t)port);
}

static void
say_verdict(FILE *out, sqlite3_stmt *stmt)
{
	struct verdict_change c = verdict_change_of(stmt);
	say(out, "  attempt %jd, ", (intmax_t)c.attempt);
	say_end(out, c.client_ip, c.client_port);
	say(out, " -> ");
	say_end(out, c.server_ip, c.server_port);
	say(out, "\n    was %s (%s), is %s (%s)\n", c.before,
		c.confidence_before, c.after, c.confidence_after);
}

static void
say_weight(FILE *out, const char *confidence, int64_t attempts)
{
	if (confidence == NULL)
		say(out, "not found");
	else
		say(out, "%s (attempts: %jd)", confidence, (intmax_t)attempts);
}

static void
say_finding(FILE *out, sqlite3_stmt *stmt)
{
	struct finding_change c = finding_change_of(stmt);
	say(out, "  cause %s", c.cause);
	if (c.host != NULL)
		say(out, ", host %s", c.host);
	say(out, "\n    was ");
	say_weight(out, c.before, c.attempts_before);
	say(out, ", is ");
	say_weight(out, c.after, c.attempts_after);
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
put_end(struct json_writer *w, const char *key, const char *ip, int64_t port)
{
	jsonw_object(w, key);
	jsonw_text(w, "ip", ip);
	jsonw_int(w, "port", port);
	jsonw_end(w);
}

static void
put_side(struct json_writer *w, const char *key, const char *verdict,
	const char *confidence, const char *place)
{
	jsonw_object(w, key);
	jsonw_text(w, "verdict", verdict);
	jsonw_text(w, "confidence", confidence);
	jsonw_text(w, "place", place);
	jsonw_end(w);
}

static void
put_verdict(struct json_writer *w, sqlite3_stmt *stmt)
{
	struct verdict_change c = verdict_change_of(stmt);
	jsonw_int(w, "attempt", c.attempt);
	put_end(w, "client", c.client_ip, c.client_port);
	put_end(w, "server", c.server_ip, c.server_port);
	put_side(w, "before", c.before, c.confidence_before, c.place_before);
	put_side(w, "after", c.after, c.confidence_after, c.place_after);
}

static void
put_weight(struct json_writer *w, const char *key, const char *confidence,
	int64_t attempts)
{
	if (confidence == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	jsonw_text(w, "confidence", confidence);
	jsonw_int(w, "attempts", attempts);
	jsonw_end(w);
}

static void
put_finding(struct json_writer *w, sqlite3_stmt *stmt)
{
	struct finding_change c = finding_change_of(stmt);
	jsonw_text(w, "cause", c.cause);
	jsonw_text(w, "host", c.host);
	put_weight(w, "before", c.before, c.attempts_before);
	put_weight(w, "after", c.after, c.attempts_after);
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

static bool
put_rules(struct store *s, struct json_writer *w, struct error *e)
{
	sqlite3_stmt *stmt =
		store_prepare(s, "SELECT 0" STORE_COLUMNS(RULES), e);
	if (stmt == NULL || !next_row(s, &stmt, e))
		return false;
	struct rules r = rules_of(stmt);
	jsonw_text(w, "former_rules_sha256", r.former);
	jsonw_text(w, "rules_sha256", r.now);
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
