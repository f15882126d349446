/*
 * SQL functions over the redactor, and one UPDATE for each table.
 */
#include "redact/redact_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "store/tables.h"

/* Sentences repeat from attempt to attempt: the last of each hash is kept. */
#define MEMO_SLOTS 4096
#define MEMO_TEXT_MAX 1024

struct memo {
	char *text; /* owned, as is result */
	size_t len;
	char *result;
	size_t result_len;
};

struct rewriter {
	struct redactor *redactor;
	enum redact_how how;
	struct memo *slots; /* MEMO_SLOTS; owned */
};

static const struct memo *
look_up(struct rewriter *w, struct view text)
{
	uint64_t h = text.len;
	for (size_t i = 0; i < text.len; i++)
		h = hash_mix(h ^ text.data[i], UINT64_C(0x9e3779b97f4a7c15));
	struct memo *m = &w->slots[h % MEMO_SLOTS];
	if (m->text != NULL && m->len == text.len &&
		memcmp(m->text, text.data, text.len) == 0)
		return m;
	free(m->text);
	free(m->result);
	m->text = memory_take(text.len + 1, 1);
	memcpy(m->text, text.data, text.len);
	m->len = text.len;
	m->result = redactor_rewrite(w->redactor, w->how, text, &m->result_len);
	return m;
}

static void
sql_rewrite(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	struct rewriter *w = sqlite3_user_data(context);
	(void)argc;
	const unsigned char *data = sqlite3_value_text(argv[0]);
	if (data == NULL)
		return; /* NULL stays NULL */
	struct view text = view_of(data, (size_t)sqlite3_value_bytes(argv[0]));
	if (text.len > 0 && text.len <= MEMO_TEXT_MAX) {
		const struct memo *m = look_up(w, text);
		sqlite3_result_text64(context, m->result, m->result_len,
			SQLITE_TRANSIENT, SQLITE_UTF8);
		return;
	}
	size_t len;
	char *result = redactor_rewrite(w->redactor, w->how, text, &len);
	sqlite3_result_text64(context, result, len, free, SQLITE_UTF8);
}

static void
rewriter_free(void *context)
{
	struct rewriter *w = context;
	for (size_t i = 0; i < MEMO_SLOTS; i++) {
		free(w->slots[i].text);
		free(w->slots[i].result);
	}
	free(w->slots);
	free(w);
}

/* Register one SQL function for one kind of text; SQLite frees its memo. */
static bool
register_one(struct redactor *r, struct store *s, const char *name,
	enum redact_how how, struct error *e)
{
	struct rewriter *w = memory_take(1, sizeof *w);
	*w = (struct rewriter){.redactor = r, .how = how};
	w->slots = memory_take(MEMO_SLOTS, sizeof *w->slots);
	if (sqlite3_create_function_v2(store_db(s), name, 1,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC, w, sql_rewrite, NULL,
		    NULL, rewriter_free) != SQLITE_OK)
		return store_error(store_db(s), "redacting", e);
	return true;
}

static bool
register_all(struct redactor *r, struct store *s, struct error *e)
{
	return register_one(r, s, "redact_prose", REDACT_PROSE, e) &&
		register_one(r, s, "redact_text", REDACT_TEXT, e) &&
		register_one(r, s, "redact_name", REDACT_NAME, e) &&
		register_one(r, s, "redact_path", REDACT_PATH, e);
}

/* "column = ..." for one UPDATE; a JSON text that is none is text. */
static void
append_column(sqlite3_str *sql, const struct store_column *c)
{
	const char *column = c->name;
	const char *how = "text";
	switch (c->kind) {
	case STORE_CLASS_KEEP:
		return;
	case STORE_CLASS_TUPLE_HASH:
		sqlite3_str_appendf(sql, ",%w = NULL", column);
		return;
	case STORE_CLASS_PROSES:
		sqlite3_str_appendf(sql,
			",%w = CASE WHEN json_valid(%w) THEN (SELECT "
			"json_group_array(redact_prose(value)) "
			"FROM json_each(%w)) ELSE redact_text(%w) END",
			column, column, column, column);
		return;
	case STORE_CLASS_OBJECT:
		sqlite3_str_appendf(sql,
			",%w = CASE WHEN json_valid(%w) THEN (SELECT "
			"json_group_object(key, redact_text(value)) "
			"FROM json_each(%w)) ELSE redact_text(%w) END",
			column, column, column, column);
		return;
	case STORE_CLASS_PROSE:
		how = "prose";
		break;
	case STORE_CLASS_NAME:
		how = "name";
		break;
	case STORE_CLASS_PATH:
		how = "path";
		break;
	case STORE_CLASS_TEXT:
		break;
	default:
		return; /* numbers */
	}
	sqlite3_str_appendf(sql, ",%w = redact_%s(%w)", column, how, column);
}

/* All that has to be done to one table, in one statement. */
static bool
update_table(struct store *s, const struct store_table *t, struct error *e)
{
	sqlite3_str *set = sqlite3_str_new(NULL);
	for (int i = 0; i < t->columns_count; i++)
		append_column(set, &t->columns[i]);
	char *text = sqlite3_str_finish(set);
	if (text == NULL) /* nothing to do; for lack of memory it exits */
		return true;
	char *sql = sqlite3_mprintf("UPDATE \"%w\" SET %s", t->name, text + 1);
	bool ok = sql != NULL && store_exec(s, sql, e);
	sqlite3_free(sql);
	sqlite3_free(text);
	return ok;
}

static bool
update_all(struct store *s, struct error *e)
{
	for (int i = 0; i < STORE_TABLES; i++)
		if (!update_table(s, &store_tables[i], e))
			return false;
	return true;
}

/* Names that stand in the database, by a query for each kind. */
static bool
learn(struct redactor *r, struct store *s, const char *sql, enum redact_how how,
	bool in_prose, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s, sql, e);
	if (stmt == NULL)
		return false;
	int code;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		if (name != NULL)
			redactor_name(r, name, how, in_prose);
	}
	bool ok = code == SQLITE_DONE || store_error(store_db(s), "reading", e);
	sqlite3_finalize(stmt);
	return ok;
}

/* Words that counters and settings of the kernel are called by. */
static bool
learn_words(struct redactor *r, struct store *s, struct error *e)
{
	sqlite3_stmt *stmt = store_prepare(s,
		"SELECT name FROM counter UNION SELECT name FROM setting "
		"UNION SELECT kind FROM source",
		e);
	if (stmt == NULL)
		return false;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		redactor_know(r,
			view_str((const char *)sqlite3_column_text(stmt, 0)));
	sqlite3_finalize(stmt);
	return true;
}

bool
redact_store(struct redactor *r, struct store *s, struct error *e)
{
	static const char hosts[] =
		"SELECT DISTINCT host FROM event WHERE host IS NOT NULL";
	/* app-01 of app-01.example.org */
	static const char short_hosts[] =
		"SELECT DISTINCT substr(host, 1, instr(host, '.') - 1) "
		"FROM event WHERE instr(host, '.') > 1";
	static const char host_settings[] =
		"SELECT DISTINCT value FROM setting WHERE name IN "
		"('kernel.hostname', 'kernel.domainname', 'hostname')";
	return learn_words(r, s, e) &&
		learn(r, s, "SELECT name FROM source", REDACT_PATH, true, e) &&
		learn(r, s,
			"SELECT name FROM vantage UNION SELECT role FROM "
			"source",
			REDACT_NAME, true, e) &&
		learn(r, s, "SELECT value FROM meta WHERE key = 'case_name'",
			REDACT_NAME, true, e) &&
		learn(r, s, hosts, REDACT_NAME, false, e) &&
		learn(r, s, short_hosts, REDACT_NAME, false, e) &&
		learn(r, s, host_settings, REDACT_NAME, false, e) &&
		register_all(r, s, e) && update_all(s, e) &&
		store_meta(s, "redacted", "1", e);
}
