/*
 * The page and the comment as wholes: their first sentences, how large they get,
 * whether the pictures' figures are those of the tables, and that nothing of
 * them can load or run anything.
 */
#include "test_report_support.h"

#include "report/overview.h"
#include "report/sentences.h"

/* n failed attempts 7 ms apart and as many clean ones between them. */
static struct store *
store_of_many(int n)
{
	char sql[4096];
	snprintf(sql, sizeof sql,
		"INSERT INTO vantage VALUES (0, 'client', 0), (1, 'server', 0);"
		"INSERT INTO clock(vantage, reference, offset_ns, "
		"uncertainty_ns,"
		" drift_ppm, pairs, method) VALUES"
		" (0, 'client', 0, 0, 0, 0, 'reference'),"
		" (1, 'client', 0, 0, 0, 9, 'bounds');"
		"INSERT INTO verdict_words(verdict, story) VALUES"
		" ('syn-lost-in-network', 'the SYN left the client and never"
		" reached the server');"
		"CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION"
		" ALL SELECT i + 1 FROM c WHERE i < %d) SELECT i FROM c;"
		"INSERT INTO host SELECT i, '198.51.' || (i / 250) || '.' ||"
		" (i %% 250) FROM n;"
		"INSERT INTO attempt(id, client, "
		"client_port, server, server_port, isn, first_ns, "
		"duration_us, syn_retransmits, clean) SELECT 2 * i, i, i %% "
		"65536, 1, 80, i,"
		" 1795217551000000000 + i * 7000000, 7000000, 3, 0 FROM n;"
		"INSERT INTO attempt(id, client, "
		"client_port, server, server_port, isn, first_ns, "
		"duration_us, syn_retransmits, clean) SELECT 2 * i + 1, 1, i "
		"%% 65536, 1, 443,"
		" i, 1795217551000000000 + i * 7000000, 300, 0, 1 FROM n;"
		"INSERT INTO facts(attempt, c_present, s_present, c_syn, s_syn,"
		" syn_covered, s_receives, c_synack, s_synack, c_ack, s_ack)"
		" SELECT 2 * i, 1, 1, 4, 1, 4, 'covered', 0, 0, 0, 0 FROM n;"
		"INSERT INTO verdict SELECT 2 * i, CASE i %% 3 WHEN 0 THEN"
		" 'refused-by-server' ELSE 'syn-lost-in-network' END, 'SYN',"
		" 'network, client->server', 'certain', 1, '[]', '[]',"
		" '4 SYNs left the client and 1 reached the server.' FROM n;"
		"INSERT INTO sighting SELECT 2 * i, v.id, i, i %% 65536, 1, 80,"
		" i, 1795217551000000000 + i * 7000000, 1795217558000000000,"
		" 4 - 3 * v.id, 0, 0, 0, 0, 0, 0, 0, 0, 0, i, i + 9, 0, 0, 0,"
		" 0, 0, 0, 0, 0, 0, 0, CASE v.id WHEN 0 THEN"
		" '{\"syn\":[0,1000000,3000000,7000000]}' ELSE"
		" '{\"syn\":[80]}' END, NULL, NULL, NULL, NULL FROM n,"
		" vantage v;",
		n);
	return store_with(sql);
}

static int
occurrences(const char *text, const char *what)
{
	int n = 0;
	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

static void
ten_thousand_failures_stay_small(void **state)
{
	(void)state;
	struct store *s = store_of_many(10000);
	struct report *r = report_of(s, false);
	char *page = written(r, FORMAT_HTML, 0, false);
	assert_true(strlen(page) < 2000000);
	assert_int_equal(occurrences(page, "<details class=\"attempt\""), 500);
	/* Two verdicts; the first of each stands open. */
	assert_int_equal(
		occurrences(page,
			"class=\"attempt\" id=\"attempt-2\" data-n=\"2\" "
			"data-d=\"7000000\" data-r=\"3\" open"),
		1);
	/* The sections that have room beside them. */
	assert_int_equal(occurrences(page, "<details class=\"wide\" open>"), 6);
	assert_int_equal(occurrences(page, "\" open>"), 2 + 6);
	assert_non_null(strstr(page, "report.json and evidence.sqlite"));
	/* For tests/browser, which opens it. */
	const char *to = getenv("LARGE_PAGE");
	if (to) {
		FILE *f = fopen(to, "wb");
		assert_non_null(f);
		fputs(page, f);
		assert_int_equal(fclose(f), 0);
	}
	char *comment = written(r, FORMAT_MARKDOWN, 0, false);
	assert_true(strlen(comment) < 8000);
	free(comment);
	free(page);
	report_free(r);
	store_free(s);
}

/* Lanes and cells add up to the verdicts, exactly, whatever is clean. */
static void
pictures_add_up(void **state)
{
	(void)state;
	struct store *s = store_of_many(3000);
	struct report *r = report_of(s, false);
	overview_complete(r->overview, r);
	const struct overview *o = r->overview;
	assert_int_equal(o->lane_count, 3);
	int64_t all = 0;
	for (int i = 0; i < o->lane_count; i++) {
		int64_t sum = 0;
		for (int b = 0; b < o->axis.bins; b++)
			sum += o->lanes[i].bins[b];
		assert_int_equal(sum, o->lanes[i].count);
		all += sum;
	}
	assert_int_equal(all, r->attempts);
	assert_true(o->axis.bins <= AXIS_BINS_MAX);
	assert_int_equal(o->latency_known[CLASS_FAILED], report_failed(r));
	/* Each pair of a failed and a clean one begins at the same time. */
	for (int b = 0; b < o->axis.bins; b++)
		assert_int_equal(o->lanes[2].bins[b],
			o->lanes[0].bins[b] + o->lanes[1].bins[b]);
	const struct overview_leg *syn = &o->legs[0][LEG_SYN];
	assert_int_equal(syn->passed, 3000 + 3000);
	assert_int_equal(syn->lost, 3 * 3000);
	assert_int_equal(syn->unknown, 0);
	assert_int_equal(o->by[TALLY_PORT].used, 1);
	assert_int_equal(o->by[TALLY_CLIENT].used, 3000);
	report_free(r);
	store_free(s);
}

/* More clients than the table holds: counted by SQL, with the same result. */
static void
many_clients_are_counted(void **state)
{
	(void)state;
	struct store *s = store_of_many(6000);
	struct report *r = report_of(s, false);
	assert_true(r->overview->by[TALLY_CLIENT].full);
	char *page = written(r, FORMAT_HTML, 0, false);
	assert_non_null(strstr(page, "5,992 others"));
	free(page);
	report_free(r);
	store_free(s);
}

static void
sentences_say_it_plainly(void **state)
{
	(void)state;
	char words[WORDS_MAX];
	struct store *s = store_of_many(1000);
	struct report *r = report_of(s, false);
	assert_string_equal(sentence_conclusion(r, words),
		"All 1,000 connection attempts to 198.51.0.1:80 failed: in "
		"667 of the 1,000 the SYN left the client and never "
		"reached the server.");
	assert_string_equal(sentence_cause(r, words), "");
	report_free(r);
	store_free(s);
	assert_string_equal(words_number(-1234567, words), "-1,234,567");
	assert_string_equal(words_number(999, words), "999");
	assert_string_equal(words_number(0, words), "0");
}

static void
the_cause_is_in_the_headline(void **state)
{
	(void)state;
	static const struct {
		const char *confidence, *words;
	} cases[] = {
		{"confirmed", "Cause, confirmed: Its table was full."},
		{"likely", "Cause, likely: Its table was full."},
		{"possible", ""},
		{"ruled-out", ""},
	};
	for (size_t i = 0; i < 4; i++) {
		struct error e = {0};
		char words[WORDS_MAX], sql[512];
		struct store *s = store_of_many(10);
		sqlite3_set_authorizer(store_db(s), NULL, NULL);
		snprintf(sql, sizeof sql,
			"INSERT INTO finding(id, rule, cause, title,"
			" confidence, attempts, explains, fix, verify, collect)"
			" VALUES (1, 'r', 'c', 'Its table was full', '%s', 10,"
			" '[]', '[\"Make it larger.\"]', '[]', '[]')",
			cases[i].confidence);
		assert_true(store_exec(s, sql, &e));
		struct report *r = report_of(s, false);
		assert_string_equal(sentence_cause(r, words), cases[i].words);
		char *page = written(r, FORMAT_HTML, 0, false);
		assert_int_equal(occurrences(page, "Make it larger."),
			cases[i].words[0] ? 2 : 1);
		free(page);
		report_free(r);
		store_free(s);
	}
}

/* A database without finding.worse is read as well. */
static void
findings_may_lack_a_column(void **state)
{
	(void)state;
	struct store *s = store_fixture();
	struct error e = {0};
	struct report_finding f;
	struct report *r = report_of(s, false);
	report_begin(r, QUERY_FINDINGS);
	assert_true(report_finding_next(r, &f));
	assert_non_null(strstr(f.worse, "larger backlog"));
	report_free(r);
	sqlite3_set_authorizer(store_db(s), NULL, NULL);
	/* Views that name the table would refuse the change. */
	assert_true(store_exec(s,
		"DROP VIEW findings; ALTER TABLE finding DROP COLUMN worse",
		&e));
	r = report_of(s, false);
	report_begin(r, QUERY_FINDINGS);
	assert_true(report_finding_next(r, &f));
	assert_string_equal(f.worse, "[]");
	report_free(r);
	store_free(s);
}

static void
the_page_loads_nothing(void **state)
{
	(void)state;
	static const char *const forbidden[] = {"<img", "<link", "<iframe",
		"<object", "<embed", "@import", "url(", "http://", "https://",
		"<base", "<form", "javascript:", " onload", " onclick"};
	struct store *s = store_fixture();
	struct report *r = report_of(s, false);
	char *page = written(r, FORMAT_HTML, 0, false);
	/* The fixture's own hostile text, made inert, is allowed to be there. */
	for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
		if (strstr(page, forbidden[i]))
			fail_msg("the page holds %s", forbidden[i]);
	assert_non_null(strstr(page, "default-src 'none'"));
	/* Ours alone, and it puts nothing into the page but text. */
	assert_int_equal(occurrences(page, "<script"), 1);
	const char *script = strstr(page, "<script>");
	assert_non_null(script);
	assert_non_null(strstr(page, "script-src 'sha256-"));
	static const char *const reach[] = {"innerHTML", "outerHTML",
		"insertAdjacent", "eval(", "fetch(", "XMLHttp", "import(",
		"document.write", "Function(", "setTimeout", "Worker",
		"sendBeacon", "WebSocket", "open(\""};
	for (size_t i = 0; i < sizeof reach / sizeof reach[0]; i++)
		if (strstr(script, reach[i]))
			fail_msg("the script holds %s", reach[i]);
	free(page);
	report_free(r);
	store_free(s);
}

/* Whatever a log line holds, it stays in its place of the comment. */
static void
comments_are_inert(void **state)
{
	(void)state;
	struct error e = {0};
	struct store *s = store_fixture();
	sqlite3_set_authorizer(store_db(s), NULL, NULL);
	assert_true(store_exec(s,
		"UPDATE finding_evidence SET text = '<b>x</b> @root ![a](b)"
		" | `rm` ```' || char(10) || '# h';"
		"UPDATE vantage SET name = '```' || id;"
		"UPDATE source SET name = 'a|b' || id",
		&e));
	struct report *r = report_of(s, false);
	char *comment = written(r, FORMAT_MARKDOWN, 0, false);
	assert_null(strstr(comment, "<b>"));
	assert_null(strstr(comment, "@root"));
	assert_null(strstr(comment, "![a]"));
	assert_null(strstr(comment, "\n# h"));
	assert_null(strstr(comment, "| a|b"));
	/* Two code blocks, nothing else of three. */
	assert_int_equal(occurrences(comment, "```"), 4);
	free(comment);
	report_free(r);
	store_free(s);
}

/* Findings of one rule and confidence share a card and their advice; attempts
 * that two of them explain count once, and the times are those of all. */
static void
places_share_a_card(void **state)
{
	(void)state;
	struct error e = {0};
	char words[WORDS_MAX];
	struct store *s = store_of_many(10);
	sqlite3_set_authorizer(store_db(s), NULL, NULL);
	assert_true(store_exec(s,
		"INSERT INTO finding(id, rule, cause, title, confidence, host,"
		" attempts, explains, fix, verify, collect) VALUES"
		" (1, 'r', 'r', 'A table is full', 'likely', '192.0.2.1', 5,"
		"  '[]', '[\"Enlarge it.\"]', '[]', '[]'),"
		" (2, 'q', 'q', 'Another', 'likely', '192.0.2.9', 3,"
		"  '[]', '[\"Wait.\"]', '[]', '[]'),"
		" (3, 'r', 'r', 'A table is full', 'likely', '192.0.2.2', 2,"
		"  '[]', '[\"Enlarge it.\"]', '[]', '[]');"
		"INSERT INTO finding_attempt VALUES (1, 2), (1, 4), (1, 6),"
		" (1, 8), (1, 10), (3, 10), (3, 12), (2, 14);"
		"INSERT INTO finding_evidence VALUES"
		" (1, NULL, NULL, 1795217551000000000, 'one', 'confirms'),"
		" (3, NULL, NULL, 1795217591000000000, 'two', 'confirms'),"
		" (3, NULL, NULL, 1795217999000000000, 'late', 'supports');",
		&e));
	struct report *r = report_of(s, false);
	assert_string_equal(sentence_cause(r, words),
		"Cause, likely: A table is full, seen from "
		"2026-11-20T23:32:31Z to 23:33:11Z. It explains 6 of them: "
		"most are SYN lost in network.");
	char *page = written(r, FORMAT_HTML, 0, false);
	assert_int_equal(occurrences(page, "<h3>A table is full"), 1);
	assert_int_equal(occurrences(page, "in 2 places"), 1);
	/* In its card and on the first screen. */
	assert_int_equal(occurrences(page, "<li>Enlarge it.</li>"), 2);
	assert_non_null(strstr(page, "For 1 attempt (likely: Another): Wait."));
	free(page);
	char *text = written(r, FORMAT_TEXT, 80, false);
	assert_int_equal(occurrences(text, "Enlarge it."), 1);
	assert_non_null(strstr(text,
		"likely: A table is full (6 attempts in 2 places)\n"
		"        5  192.0.2.1\n"
		"        2  192.0.2.2\n"));
	free(text);
	report_free(r);
	store_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_failures_stay_small),
		cmocka_unit_test(pictures_add_up),
		cmocka_unit_test(many_clients_are_counted),
		cmocka_unit_test(sentences_say_it_plainly),
		cmocka_unit_test(the_cause_is_in_the_headline),
		cmocka_unit_test(places_share_a_card),
		cmocka_unit_test(findings_may_lack_a_column),
		cmocka_unit_test(the_page_loads_nothing),
		cmocka_unit_test(comments_are_inert),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
