/*
 * Snapshots as they arrive: cut anywhere, with other line ends, with bytes
 * flipped. No damage may crash, lose count of lines, or make up a value: what a
 * cut file yields, the whole file yields too.
 */
#include "host_samples.h"
#include "host_seen.h"

static struct seen whole;
static struct seen cut;

/* Fields that a cut may turn into "unknown": retransmissions and process. */
static size_t
comparable_len(const char *line, size_t len, const struct seen *s)
{
	if (s->sockets == 0)
		return len;
	for (size_t i = len; i > 1; i--)
		if (line[i - 1] == 'r' && line[i - 2] == ' ')
			return i - 2;
	return len;
}

static bool
whole_has(const char *line, size_t len)
{
	size_t n = comparable_len(line, len, &whole);
	for (const char *at = whole.text; *at != '\0';) {
		const char *end = strchr(at, '\n');
		if ((size_t)(end - at) >= n && memcmp(at, line, n) == 0 &&
			(n < len || (size_t)(end - at) == len))
			return true;
		at = end + 1;
	}
	return false;
}

static void
assert_nothing_made_up(const struct sample *s, size_t len)
{
	for (const char *at = cut.text; *at != '\0';) {
		const char *end = strchr(at, '\n');
		if (!whole_has(at, (size_t)(end - at)))
			fail_msg("%s, first %zu bytes: made up \"%.*s\"",
				s->caption, len, (int)(end - at), at);
		at = end + 1;
	}
}

static void
test_every_prefix(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		size_t len = strlen(s->text);
		/* Totals over lines, and the sum of CloudWatch; and a bare
		   number, whose end shows nowhere. */
		bool sums = s->sums || s->kind == HOST_CLOUDWATCH ||
			s->kind == HOST_CONNTRACK_C || s->kind == HOST_PROC_SYS;
		see(&whole, s->kind, view_str(s->text), s->name);
		for (size_t n = 0; n <= len; n++) {
			see(&cut, s->kind, view_of(s->text, n), s->name);
			host_recognise(view_of(s->text, n), s->name);
			/* nft prints nothing where there is no rule. */
			bool empty = n == 0 && s->kind == HOST_NFT;
			if (!sums && !empty)
				assert_nothing_made_up(s, n);
		}
	}
}

/* Text with every line end replaced; the caller frees it. */
static char *
with_line_ends(const char *text, const char *end)
{
	size_t len = strlen(text);
	char *out = malloc(len * 3 + 1);
	size_t n = 0;
	assert_non_null(out);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r')
			continue;
		if (text[i] != '\n') {
			out[n++] = text[i];
			continue;
		}
		memcpy(out + n, end, strlen(end));
		n += strlen(end);
	}
	out[n] = '\0';
	return out;
}

static void
test_windows_line_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		char *text = with_line_ends(s->text, "\r\n");
		see(&whole, s->kind, view_str(s->text), s->name);
		see(&cut, s->kind, view_str(text), s->name);
		assert_int_equal(
			host_recognise(view_str(text), s->name), s->kind);
		assert_string_equal(cut.text, whole.text);
		assert_int_equal(cut.result.other, whole.result.other);
		free(text);
	}
}

/* Editors and mails turn tabs into blanks; only values keep theirs. */
static void
test_tabs_turned_into_blanks(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		if (s->kind == HOST_SYSCTL || s->kind == HOST_SS)
			continue; /* a value with tabs; rows told by a tab */
		char *text = with_line_ends(s->text, "\n");
		for (char *c = text; *c != '\0'; c++)
			if (*c == '\t')
				*c = ' ';
		see(&whole, s->kind, view_str(s->text), s->name);
		see(&cut, s->kind, view_str(text), s->name);
		assert_string_equal(cut.text, whole.text);
		free(text);
	}
}

/* Deterministic damage: each byte in turn becomes each of these. */
static void
test_bytes_replaced(void **state)
{
	(void)state;
	static const char replacements[] = "\0\n\"{}[]=:9-K% ";
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		size_t len = strlen(s->text);
		char *text = malloc(len + 1);
		assert_non_null(text);
		for (size_t at = 0; at < len; at++) {
			memcpy(text, s->text, len + 1);
			text[at] = replacements[at % sizeof replacements];
			see(&cut, s->kind, view_of(text, len), s->name);
			host_recognise(view_of(text, len), s->name);
		}
		free(text);
	}
}

/* The same snapshot twice in one file: a loop that appends. */
static void
test_appended_snapshots(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample *s = &samples[i];
		size_t len = strlen(s->text);
		if (s->sums || s->kind == HOST_CLOUDWATCH ||
			s->kind == HOST_UPTIME || s->kind == HOST_PROC_SYS)
			continue;
		char *text = malloc(2 * len + 1);
		assert_non_null(text);
		memcpy(text, s->text, len);
		memcpy(text + len, s->text, len + 1);
		see(&whole, s->kind, view_str(s->text), s->name);
		see(&cut, s->kind, view_str(text), s->name);
		assert_int_equal(cut.sockets, 2 * whole.sockets);
		assert_int_equal(cut.counters, 2 * whole.counters);
		assert_int_equal(cut.settings, 2 * whole.settings);
		assert_int_equal(cut.result.other, 2 * whole.result.other);
		free(text);
	}
}

/* Names and values that do not pair: which is missing cannot be known. */
static void
test_columns_that_do_not_fit_tell_nothing(void **state)
{
	(void)state;
	see(&cut, HOST_PROC_NETSTAT,
		view_str("TcpExt: ListenOverflows ListenDrops\n"
			 "TcpExt: 1 2 3\n"),
		NULL);
	assert_int_equal(cut.counters, 0);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_MALFORMED], 1);
	see(&cut, HOST_PROC_NETSTAT,
		view_str("TcpExt: ListenOverflows ListenDrops\nTcpExt: 1\n"),
		NULL);
	assert_int_equal(cut.counters, 0);
	/* At the end of a cut file the pairs before the cut are certain. */
	see(&cut, HOST_PROC_NETSTAT,
		view_str("TcpExt: ListenOverflows ListenDrops\nTcpExt: 1 2"),
		NULL);
	want(&cut, "|TcpExtListenOverflows=1");
	assert_int_equal(cut.counters, 1);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_CUT], 1);
}

static void
test_impossible_numbers_are_left_out(void **state)
{
	(void)state;
	see(&cut, HOST_NSTAT,
		view_str("#kernel\nTcpInErrs -3 0.0\n"
			 "TcpOutRsts 9223372036854775808 0.0\n"
			 "TcpInSegs 9223372036854775807 0.0\n"),
		NULL);
	want(&cut, "|TcpInSegs=9223372036854775807");
	assert_int_equal(cut.counters, 1);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_VALUE_RANGE], 2);
}

static void
test_rounded_counts_are_noted(void **state)
{
	(void)state;
	see(&cut, HOST_IPTABLES_L,
		view_str("Chain INPUT (policy ACCEPT 9999999T packets, 1 "
			 "bytes)\n pkts bytes target prot opt source\n"
			 "  12K    1M DROP tcp -- 0.0.0.0/0\n"),
		NULL);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_ROUNDED], 1);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_VALUE_RANGE], 1);
	want(&cut, "INPUT 1: DROP tcp -- 0.0.0.0/0|drop_packets=12000");
}

static void
test_nesting_is_bounded(void **state)
{
	(void)state;
	char text[400] = "{\"kernel\":";
	size_t n = strlen(text);
	memset(text + n, '[', 300);
	see(&cut, HOST_NSTAT_JSON, view_of(text, n + 300), NULL);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_NESTED], 1);
}

/* A counter missing where zeros are left out was 0. */
static void
test_omitted_zeros_are_told(void **state)
{
	(void)state;
	see(&cut, HOST_NSTAT, view_str("#kernel\nTcpInErrs 3 0.0\n"), NULL);
	assert_true(cut.result.zeros_omitted);
	see(&cut, HOST_NSTAT, view_str("#kernel\nTcpInErrs 0 0.0\n"), NULL);
	assert_false(cut.result.zeros_omitted);
	see(&cut, HOST_NETSTAT_S, view_str("Tcp:\n    3 resets sent\n"), NULL);
	assert_true(cut.result.zeros_omitted);
	see(&cut, HOST_PROC_NETSTAT, view_str("Tcp: InErrs\nTcp: 3\n"), NULL);
	assert_false(cut.result.zeros_omitted);
}

static void
test_a_file_of_nothing_known_says_so(void **state)
{
	(void)state;
	see(&cut, HOST_NSTAT_JSON, view_str("{\"kernel\":{\"Ip"), NULL);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_NOTHING_READ], 1);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_CUT], 1);
	/* An empty table is an answer. */
	see(&cut, HOST_SS,
		view_str("State Recv-Q Send-Q Local Address:Port Peer "
			 "Address:Port\n"),
		NULL);
	assert_int_equal(cut.anomalies[ANOMALY_SNAPSHOT_NOTHING_READ], 0);
}

/* Nobody has to listen. */
static void
test_silent_sink(void **state)
{
	(void)state;
	struct host_sink sink = {0};
	struct host_result result;
	for (size_t i = 0; i < SAMPLES; i++)
		host_parse(samples[i].kind, view_str(samples[i].text), NULL,
			&sink, &result);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_windows_line_ends),
		cmocka_unit_test(test_tabs_turned_into_blanks),
		cmocka_unit_test(test_bytes_replaced),
		cmocka_unit_test(test_appended_snapshots),
		cmocka_unit_test(test_columns_that_do_not_fit_tell_nothing),
		cmocka_unit_test(test_impossible_numbers_are_left_out),
		cmocka_unit_test(test_rounded_counts_are_noted),
		cmocka_unit_test(test_nesting_is_bounded),
		cmocka_unit_test(test_omitted_zeros_are_told),
		cmocka_unit_test(test_a_file_of_nothing_known_says_so),
		cmocka_unit_test(test_silent_sink),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
