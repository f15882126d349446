/*
 * The rows that a cause rule's test gives, written into a fresh store.
 *
 * Attempts are rows like those of stitch; the rest is SQL made from the tree's
 * texts. A value of the wrong kind is
 * the database's complaint (its tables are STRICT), shown with the test.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "judge/cause.h"
#include "judge/rule_test.h"
#include "store/tables.h"
#include "model/verdict.h"

/* The test's zero: 2026-11-20T12:00:00Z. Any instant would do. */
#define TEST_ZERO INT64_C(1795176000000000000)
/* Attempts that one row may stand for. */
#define TEST_COUNT_MAX 100000

/* How a key's value becomes SQL; cause_rows.def explains each. */
enum row_type {
	TYPE_TEXT,
	TYPE_INT,
	TYPE_TIME,
	TYPE_SPAN,
	TYPE_ADDRESS,
	TYPE_MAP
};

enum row_section {
#define S(section, table) SECTION_##section,
#define D(section, column, sql)
#define X(section, key, type, column)
#include "judge/cause_rows.def"
#undef S
#undef D
#undef X
	SECTIONS
};

static const char *const section_tables[] = {
#define S(section, table) #table,
#define D(section, column, sql)
#define X(section, key, type, column)
#include "judge/cause_rows.def"
#undef S
#undef D
#undef X
};

static const struct {
	int section;
	const char *column;
	const char *sql;
} defaults[] = {
#define S(section, table)
#define D(section, column, sql) {SECTION_##section, #column, sql},
#define X(section, key, type, column)
#include "judge/cause_rows.def"
#undef S
#undef D
#undef X
};

/* The keys that an author may write, each with its section and column. Looked
 * up one by one: a test has some dozen. */
static const struct row_key {
	int section;
	enum row_type type;
	const char *key;
	const char *column;
} keys[] = {
#define S(section, table)
#define D(section, column, sql)
#define X(section, key, type, column) \
	{SECTION_##section, TYPE_##type, #key, #column},
#include "judge/cause_rows.def"
#undef S
#undef D
#undef X
};

/* A row while it is written: columns and their values. */
struct row {
	sqlite3_str *columns;
	sqlite3_str *values;
	/* As wide as the longest section's columns, whose names are those of
	 * the .def and no author's. */
	char set[512]; /* " column  column " */
};

/* Every column is followed by a value, in the same order: whoever names one
 * appends the other next. */
static void
row_column(struct row *row, const char *column)
{
	sqlite3_str_appendf(row->columns, ",%s", column);
	size_t len = strlen(row->set);
	snprintf(row->set + len, sizeof row->set - len, " %s ", column);
}

static bool
row_has(const struct row *row, const char *column)
{
	char word[40];
	snprintf(word, sizeof word, " %s ", column);
	return strstr(row->set, word) != NULL;
}

/* Rounded to microseconds, half away from zero: a test says 0.1, which no
 * double is, and expects what it said. */
static int64_t
seconds_ns(const char *text)
{
	return (int64_t)(strtod(text, NULL) * 1e6 +
		       (text[0] == '-' ? -.5 : .5)) *
		NS_PER_US;
}

/* What is no number counts as 0; the database's types and bounds are what
 * complains. */
static int
whole(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

/* "ip", "ip:port", "[v6]:port", ":port": the length of the address and where
 * the port begins (NULL: none). */
static const char *
address_split(const char *text, const char **ip, int *len)
{
	const char *colon = strrchr(text, ':');
	*ip = text;
	*len = (int)strlen(text);
	if (text[0] == '[') {
		const char *end = strchr(text, ']');
		*ip = text + 1;
		*len = end != NULL ? (int)(end - text) - 1 : *len - 1;
		return end != NULL && end[1] == ':' ? end + 2 : NULL;
	}
	if (colon == NULL || strchr(text, ':') != colon)
		return NULL;
	*len = (int)(colon - text);
	return colon + 1;
}

/* An address with or without a port, into the column and into that of the same
 * name with _port. */
static void
address_write(struct row *row, const char *column, const char *text)
{
	const char *ip;
	int len;
	char port_column[40];
	const char *port = address_split(text, &ip, &len);
	if (len > 0) {
		row_column(row, column);
		sqlite3_str_appendf(row->values, ",'%.*q'", len, ip);
	}
	if (port == NULL)
		return;
	snprintf(port_column, sizeof port_column, "%s_port", column);
	row_column(row, port_column);
	sqlite3_str_appendf(row->values, ",%d", whole(port));
}

/* %Q quotes both: keys and texts are the author's. */
static void
map_write(sqlite3_str *sql, const struct tree_node *map)
{
	sqlite3_str_appendall(sql, ",json_object(");
	for (const struct tree_node *n = map->child; n != NULL; n = n->next)
		sqlite3_str_appendf(sql, "%s%Q,%Q", n == map->child ? "" : ",",
			n->key->text, n->text);
	sqlite3_str_appendall(sql, ")");
}

/* A value of a test's row as SQL, by what kind of value the key takes. Times
 * are seconds from the test's own zero. */
static void
value_write(
	struct row *row, const struct row_key *key, const struct tree_node *n)
{
	const char *text = n->text != NULL ? n->text : "";
	if (key->type == TYPE_ADDRESS) {
		address_write(row, key->column, text);
		return;
	}
	row_column(row, key->column);
	switch (key->type) {
	case TYPE_INT:
		sqlite3_str_appendf(
			row->values, ",%lld", strtoll(text, NULL, 10));
		break;
	case TYPE_TIME:
		sqlite3_str_appendf(
			row->values, ",%lld", TEST_ZERO + seconds_ns(text));
		break;
	case TYPE_SPAN:
		sqlite3_str_appendf(row->values, ",%lld", seconds_ns(text));
		break;
	case TYPE_MAP:
		map_write(row->values, n);
		break;
	default:
		sqlite3_str_appendf(row->values, ",%Q", text);
	}
}

/* NULL where the section has no such key. */
static const struct row_key *
key_find(int section, const char *word)
{
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (keys[i].section == section &&
			strcmp(keys[i].key, word) == 0)
			return &keys[i];
	return NULL;
}

/* Columns that the row left out. "n" and "zero" stand for numbers. */
static void
defaults_write(struct row *row, int section, int n)
{
	for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
		if (defaults[i].section != section ||
			row_has(row, defaults[i].column))
			continue;
		row_column(row, defaults[i].column);
		/* n is the row's number from 1, so that no two rows stand at
		 * one line. */
		if (strcmp(defaults[i].sql, "n") == 0)
			sqlite3_str_appendf(row->values, ",%d", n);
		else if (strncmp(defaults[i].sql, "zero", 4) == 0)
			sqlite3_str_appendf(row->values, ",%lld%s", TEST_ZERO,
				defaults[i].sql + 4);
		else
			sqlite3_str_appendf(
				row->values, ",%s", defaults[i].sql);
	}
}

/* Run and free a statement; a failure is the test author's to read. */
static bool
sql_run(sqlite3 *db, char *sql, FILE *out)
{
	if (sql == NULL)
		memory_exhausted();
	bool ok = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	if (!ok)
		fprintf(out, "  %s\n", sqlite3_errmsg(db));
	sqlite3_free(sql);
	return ok;
}

/* A row of a test's events, counters or the like, with what the author did not
 * write filled in. Every unknown key is told, not the first alone. */
static bool
row_write(sqlite3 *db, const struct cause_row *given, int n, FILE *out)
{
	struct row row = {sqlite3_str_new(NULL), sqlite3_str_new(NULL), ""};
	bool ok = true;
	for (const struct tree_node *v = given->map->child; v != NULL;
		v = v->next) {
		const struct row_key *key =
			key_find(given->section, v->key->text);
		if (key == NULL) {
			fprintf(out, "  line %u: unknown key '%s'\n",
				v->key->at.line, v->key->text);
			ok = false;
		} else {
			value_write(&row, key, v);
		}
	}
	defaults_write(&row, given->section, n);
	/* Source 3 is evidence.txt (cause_rows_insert). The role of a row says
	 * whose it is. */
	row_column(&row, "source");
	sqlite3_str_appendall(row.values, ",3");
	/* Both begin with a comma, which is passed over. */
	char *columns = sqlite3_str_finish(row.columns);
	char *values = sqlite3_str_finish(row.values);
	if (columns == NULL || values == NULL)
		memory_exhausted();
	ok = ok &&
		sql_run(db,
			sqlite3_mprintf("INSERT INTO %s(%s) VALUES (%s)",
				section_tables[given->section], columns + 1,
				values + 1),
			out);
	sqlite3_free(columns);
	sqlite3_free(values);
	return ok;
}

/* One entry of `attempts`: keys and what they mean where they are absent. */
enum attempt_key {
#define X(key, otherwise) ATTEMPT_##key,
#include "judge/cause_attempt.def"
#undef X
	ATTEMPT_KEYS
};

static const struct {
	const char *key;
	const char *otherwise;
} attempt_keys[] = {
#define X(key, otherwise) {#key, otherwise},
#include "judge/cause_attempt.def"
#undef X
};

/* Texts of all keys but facts; false when a key is unknown. */
static bool
attempt_texts(const struct tree_node *map, const char **text, FILE *out)
{
	for (int k = 0; k < ATTEMPT_KEYS; k++)
		text[k] = attempt_keys[k].otherwise;
	for (const struct tree_node *n = map->child; n != NULL; n = n->next) {
		int k = 0;
		while (k < ATTEMPT_KEYS &&
			strcmp(attempt_keys[k].key, n->key->text) != 0)
			k++;
		if (k == ATTEMPT_KEYS) {
			fprintf(out, "  line %u: unknown key '%s'\n",
				n->key->at.line, n->key->text);
			return false;
		}
		text[k] = n->text != NULL ? n->text : "";
	}
	return true;
}

/* The number of a host, made when it is new. */
static int64_t
host_number(sqlite3 *db, const char *ip, int len)
{
	int64_t id = 0;
	char *sql = sqlite3_mprintf(
		"INSERT INTO host(ip) SELECT '%.*q' WHERE NOT EXISTS "
		"(SELECT 1 FROM host WHERE ip = '%.*q')",
		len, ip, len, ip);
	sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	sql = sqlite3_mprintf("SELECT id FROM host WHERE ip = '%.*q'", len, ip);
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		id = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return id;
}

/* One end of a connection: the host's number in the store, and its port. */
struct end {
	int64_t host;
	int port;
};

/* The port of the text, or the one that is usual. */
static struct end
end_read(sqlite3 *db, const char *text, int port)
{
	const char *ip;
	int len;
	const char *given = address_split(text, &ip, &len);
	int64_t host = host_number(db, ip, len);
	return (struct end){host, given != NULL ? whole(given) : port};
}

/* What an insert said, for the person who wrote the test. */
static bool
told(bool ok, const struct error *e, FILE *out)
{
	if (!ok)
		fprintf(out, "  %s\n", e->text);
	return ok;
}

/* The counts and frames of a sighting matter to no cause. */
static bool
sighting_write(struct store *s, int64_t attempt, int vantage, struct end client,
	struct end server, int64_t first_ns, FILE *out)
{
	struct error e = {0};
	struct store_sighting row = {
		.attempt = attempt,
		.vantage = vantage,
		.client = client.host,
		.client_port = client.port,
		.server = server.host,
		.server_port = server.port,
		.isn = attempt,
		.first_ns = first_ns,
		.last_ns = first_ns,
		.times = "{}",
	};
	return told(store_insert_sighting(s, &row, &e), &e, out);
}

/* The verdict of a test's attempt, as the judge would have written it. */
static bool
verdict_write(
	struct store *s, int64_t attempt, const char *const *text, FILE *out)
{
	struct error e = {0};
	struct store_verdict row = store_verdict_null;
	row.attempt = attempt;
	row.verdict = text[ATTEMPT_verdict];
	row.confidence = text[ATTEMPT_confidence];
	row.failed = strcmp(row.verdict, VERDICT_CLEAN) != 0;
	row.candidates = text[ATTEMPT_candidates];
	row.missing = "[]";
	row.why = "";
	return told(store_insert_verdict(s, &row, &e), &e, out);
}

/* Facts: those of a preset, then what the map sets. */
static bool
facts_write(sqlite3 *db, int64_t attempt, const char *given,
	const struct tree_node *facts, FILE *out)
{
	struct rule_test preset = {.given = given};
	if (!facts_row_insert(db, &preset, attempt)) {
		fprintf(out, "  %s\n", sqlite3_errmsg(db));
		return false;
	}
	bool ok = true;
	const struct tree_node *n = facts != NULL ? facts->child : NULL;
	for (; ok && n != NULL; n = n->next) {
		bool null =
			n->style == TREE_PLAIN && strcmp(n->text, "null") == 0;
		ok = sql_run(db,
			sqlite3_mprintf("UPDATE facts SET \"%w\" = %Q "
					"WHERE attempt = %lld",
				n->key->text, null ? NULL : n->text, attempt),
			out);
	}
	return ok;
}

/* One attempt, the nth of its row, with what both ends saw. */
static bool
attempt_write(struct store *s, const struct tree_node *map,
	const char *const *text, int64_t id, int n, FILE *out)
{
	sqlite3 *db = store_db(s);
	struct error e = {0};
	bool clean = strcmp(text[ATTEMPT_clean], "true") == 0;
	struct end client = end_read(db, text[ATTEMPT_client], 40000);
	struct end server = end_read(db, text[ATTEMPT_server], 80);
	struct end seen = server;
	if (text[ATTEMPT_server_sees][0] != '\0')
		seen = end_read(db, text[ATTEMPT_server_sees], 80);
	/* A port of its own for each repetition, as a client has; from 40000 on
	 * it stays below 65536. */
	client.port += n % 20000;
	struct end behind = {0};
	bool translated = text[ATTEMPT_translated][0] != '\0';
	if (translated)
		behind = end_read(db, text[ATTEMPT_translated], 40000);
	int64_t ttl = whole(text[ATTEMPT_answer_ttl]);
	int64_t clock = whole(text[ATTEMPT_answer_clock]);
	int64_t first = TEST_ZERO + seconds_ns(text[ATTEMPT_at]) +
		n * seconds_ns(text[ATTEMPT_every]);
	struct store_attempt row = {
		.id = id,
		.client = client.host,
		.client_port = client.port,
		.server = server.host,
		.server_port = server.port,
		/* Nothing else tells two attempts of one 4-tuple apart. */
		.isn = id,
		.first_ns = first,
		.duration_us = seconds_ns(text[ATTEMPT_lasts]) / NS_PER_US,
		.syn_retransmits = whole(text[ATTEMPT_retransmits]),
		.clean = clean,
		.traits = whole(text[ATTEMPT_traits]),
		.seen_client = translated ? behind.host : STORE_NULL,
		.seen_port = translated ? behind.port + n : STORE_NULL,
		.used_us = translated
			? seconds_ns(text[ATTEMPT_used]) / NS_PER_US
			: STORE_NULL,
		.answer_ttl = ttl == 0 ? STORE_NULL : ttl,
		.answer_clock = clock == 0 ? STORE_NULL : clock,
	};
	bool ok = told(store_insert_attempt(s, &row, &e), &e, out);
	if (clean || !ok)
		return ok;
	return verdict_write(s, id, text, out) &&
		facts_write(db, id, text[ATTEMPT_given], tree_get(map, "facts"),
			out) &&
		(strstr(text[ATTEMPT_seen], "client") == NULL ||
			sighting_write(s, id, 0, client, server, first, out)) &&
		(strstr(text[ATTEMPT_seen], "server") == NULL ||
			sighting_write(s, id, 1, client, seen, first, out));
}

/* The attempts of a test, each as often as its count says, within a bound: a
 * count of a billion is a slip. */
static bool
attempts_write(struct store *s, const struct tree_node *list, FILE *out)
{
	int64_t id = 0;
	bool ok = true;
	const struct tree_node *map = list != NULL ? list->child : NULL;
	for (; ok && map != NULL; map = map->next) {
		const char *text[ATTEMPT_KEYS];
		ok = attempt_texts(map, text, out);
		int count = ok ? whole(text[ATTEMPT_count]) : 0;
		for (int n = 0; ok && n < count && n < TEST_COUNT_MAX; n++)
			ok = attempt_write(s, map, text, ++id, n, out);
	}
	return ok;
}

/* In the order of the references between the tables. What a run would have
 * worked out of the rows (differences of counters, sums over attempts, the
 * files of a role) is worked out here by SQL of its own, so a rule's test sees
 * what the rule will see. */
bool
cause_rows_insert(struct store *s, const struct cause_test *t, FILE *out)
{
	sqlite3 *db = store_db(s);
	/* Two captures that saw the ten minutes before and after zero, and one
	 * file for everything else. */
	bool ok = sql_run(db,
		sqlite3_mprintf(
			"INSERT INTO vantage(id,name) VALUES (0,'client'),"
			"(1,'server');"
			"INSERT INTO source(id,name,role,kind,bytes,packets,"
			"vantage,first_ns,last_ns,trust) VALUES (1,"
			"'client.pcap','client','pcap',1,1,0,%lld,%lld,'good'),"
			"(2,'server.pcap','server','pcap',1,1,1,%lld,%lld,"
			"'good');"
			"INSERT INTO source(id,name,kind,bytes) VALUES "
			"(3,'evidence.txt','text',1)",
			TEST_ZERO - 600 * NS_PER_S, TEST_ZERO + 600 * NS_PER_S,
			TEST_ZERO - 600 * NS_PER_S, TEST_ZERO + 600 * NS_PER_S),
		out);
	ok = ok && attempts_write(s, t->attempts, out);
	for (size_t i = 0; ok && i < t->rows_count; i++)
		ok = row_write(db, &t->rows[i], (int)i + 1, out);
	/* As ingest works it out: no difference without a before; and the sums,
	 * as stitch does. */
	return ok &&
		sql_run(db,
			sqlite3_mprintf(
				"INSERT INTO pair_sum(client, server, "
				"server_port, traits, attempts, clean, "
				"first_ns, last_ns, clean_first_ns, "
				"clean_last_ns) SELECT client, server, "
				"server_port, traits, count(*), "
				"sum(clean), min(first_ns), max(first_ns), "
				"min(iif(clean, first_ns, NULL)), "
				"max(iif(clean, first_ns, NULL)) FROM attempt "
				"GROUP BY client, server, server_port, traits;"
				"INSERT INTO service_sum SELECT "
				"server * 65536 + server_port, count(*), "
				"sum(clean), min(first_ns), max(first_ns), "
				"count(*) - count(DISTINCT client * 65536 + "
				"client_port), min(answer_ttl), "
				"max(answer_ttl), total(abs(answer_clock - "
				"before) > 60) FROM (SELECT *, "
				"lag(answer_clock) OVER "
				"(PARTITION BY answer_clock IS NULL, client, "
				"server, server_port "
				"ORDER BY first_ns) AS before FROM attempt) "
				"GROUP BY server, server_port;"
				"INSERT INTO second_sum(second, server, "
				"server_port, attempts, clean) SELECT "
				"first_ns / 1000000000, server, server_port, "
				"count(*), sum(clean) FROM attempt "
				"GROUP BY 1, server, server_port;"
				"UPDATE counter SET delta = after - before "
				"WHERE before IS NOT NULL AND NOT gauge;"
				"INSERT INTO source(name,role,kind,bytes) "
				"SELECT DISTINCT role, role, 'text', 1 FROM "
				"(SELECT role FROM event UNION SELECT role "
				"FROM counter UNION SELECT role FROM setting) "
				"WHERE role NOT IN ('client', 'server')"),
			out);
}
