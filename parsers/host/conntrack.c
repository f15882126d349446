/*
 * conntrack -S, conntrack -C and /proc/net/stat: counters of the tracking
 * table, and of the neighbour and route tables that share the layout.
 *
 * spec: conntrack-tools 1.4.7 src/conntrack.c nfct_stats_cb(),
 * nfct_stats_global_cb(); Linux 6.12
 * net/netfilter/nf_conntrack_standalone.c ct_cpu_seq_show(),
 * net/core/neighbour.c neigh_stat_seq_show().
 *
 *	cpu=0   	found=0 invalid=16 insert=0 insert_failed=9 drop=9 ...
 *
 *	entries                 32          <- before 1.0: totals, one a line
 *	insert_failed           0
 *
 *	entries  clashres found new invalid ignore ...    <- /proc: hexadecimal,
 *	00000002  00000000 00000000 ...                      a line per CPU
 *
 * Columns are taken by name: they differ between kernels. One line stands for
 * each possible CPU, in their order; "entries" is the same total on every line
 * and is told once.
 */
#include "parsers/host/formats.h"

#define WORDS 32

/* conntrack -C and sysctl mean the same number. */
#define NAME_COUNT "net.netfilter.nf_conntrack_count"

static bool
is_cpu_line(struct view line)
{
	return view_begins(line, "cpu=") && view_has(line, "found=");
}

static bool
is_old_total(struct view line)
{
	struct view name = word_next(&line);
	struct view value = word_next(&line);
	return view_is(name, "insert_failed") && is_number(value);
}

static bool
is_stats(struct view line)
{
	return is_cpu_line(line) || is_old_total(line);
}

enum host_match
conntrack_s_recognise(struct view head)
{
	return head_has(head, is_stats);
}

static void
cpu_line_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view cpu = word_next(&rest);
	struct view word;
	scratch_clear(&r->scope);
	scratch_adds(&r->scope, "cpu");
	host_scratch_add(&r->scope, view_skip(cpu, strlen("cpu=")));
	while ((word = word_next(&rest)).len > 0) {
		size_t at = view_find(word, "=");
		if (at == TEXT_NOWHERE ||
			!emit_value(r, scratch_view(&r->scope),
				view_first(word, at), view_skip(word, at + 1),
				VALUE_COUNTER))
			run_malformed(r);
	}
}

void
conntrack_s_parse(struct host_run *r)
{
	while (run_next(r)) {
		struct view rest = r->line;
		if (run_blank(r))
			continue;
		if (view_begins(r->line, "cpu=")) {
			cpu_line_read(r);
			run_claim(r);
			continue;
		}
		struct view name = word_next(&rest);
		struct view value = word_next(&rest);
		if (word_next(&rest).len == 0 &&
			emit_value(r, view_str(""), name, value, VALUE_COUNTER))
			run_claim(r);
	}
}

enum host_match
conntrack_c_recognise(struct view head)
{
	return is_number(view_trim(head)) ? HOST_MATCH_WEAK : HOST_MATCH_NO;
}

void
conntrack_c_parse(struct host_run *r)
{
	r->bare = true;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (emit_value(r, view_str(""), view_str(NAME_COUNT),
			    view_trim(r->line), VALUE_GAUGE))
			run_claim(r);
	}
}

/* "entries" and a name that only one of these tables has. */
static bool
is_stat_header(struct view line)
{
	static const char *const tables[] = {" insert_failed", " table_fulls",
		" hash_grows", " in_hit", "syn_received"};

	if (!view_begins(line, "entries ") && !view_begins(line, "entries\t"))
		return false;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		if (view_has(line, tables[i]))
			return !is_old_total(line);
	return false;
}

enum host_match
proc_net_stat_recognise(struct view head)
{
	return head_has(head, is_stat_header);
}

static void
stat_row_read(struct host_run *r, struct view names, uint64_t cpu)
{
	struct view values = r->line;
	scratch_clear(&r->scope);
	scratch_adds(&r->scope, "cpu");
	scratch_add_number(&r->scope, cpu);
	if (!run_columns_fit(r, names, values))
		return;
	for (;;) {
		struct view name = word_next(&names);
		struct view value = word_next(&values);
		if (name.len == 0 || value.len == 0)
			return;
		bool total = view_is(name, "entries");
		if (total && cpu > 0)
			continue;
		struct view scope =
			total ? view_str("") : scratch_view(&r->scope);
		if (!emit_value(r, scope, name, value, VALUE_HEX))
			run_malformed(r);
	}
}

void
proc_net_stat_parse(struct host_run *r)
{
	struct view names = {0};
	uint64_t cpu = 0;
	while (run_next(r)) {
		struct view rest = r->line;
		int64_t n;
		if (run_blank(r))
			continue;
		if (is_stat_header(r->line)) {
			names = r->line;
			cpu = 0;
		} else if (names.len > 0 &&
			number_read(word_next(&rest), 16, &n) == NUMBER_GOOD) {
			stat_row_read(r, names, cpu++);
		} else {
			run_malformed(r);
			continue;
		}
		run_claim(r);
	}
}
