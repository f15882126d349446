/*
 * How busy the host was: vmstat, mpstat, /proc/stat, free, uptime.
 *
 * spec: procps 4.0 src/vmstat.c, src/free.c, library/uptime.c; sysstat 12.6
 * mpstat.c; Linux 6.12 fs/proc/stat.c show_stat(), fs/proc/uptime.c.
 *
 *	 r  b   swpd   free   buff  cache   si   so  ...  us sy id wa st
 *	 1  0      0 155384  16788 895258    0    0  ...  20  8 71  1  0
 *
 *	01:09:47     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal ...
 *	01:09:48     all    0.00    0.00    0.00    0.00    0.00    0.00    0.00 ...
 *
 *	cpu  51436 0 18450 181600 2074 0 779 146 0 0        <- ticks since boot
 *	Mem:        24684096      708596    22371472 ...
 *	 10:25:20 up 16:03,  2 users,  load average: 0.00, 0.01, 0.05
 *
 * vmstat and mpstat print a line per interval; told is the worst of them, as a
 * level: r_max, b_max, si_max, so_max, us_max, sy_max, wa_max, st_max, id_min
 * (percent, or processes), for mpstat in hundredths of a percent with the CPU as
 * scope (%soft_max_x100, %idle_min_x100 ...). The first line of vmstat is the
 * average since boot and counts only where it is alone.
 */
#include "parsers/host/formats.h"

#define COLUMNS 32

struct extreme {
	const char *heading;
	const char *name;
	bool minimum;
	int64_t value; /* -1: not seen */
};

static void
extreme_see(struct extreme *e, int64_t value)
{
	if (e->value < 0 || (e->minimum ? value < e->value : value > e->value))
		e->value = value;
}

static bool
is_vmstat_heading(struct view line)
{
	struct view rest = line;
	struct view first = word_next(&rest);
	return view_is(first, "r") && view_is(word_next(&rest), "b") &&
		view_is(word_next(&rest), "swpd");
}

enum host_match
vmstat_recognise(struct view head)
{
	return head_has(head, is_vmstat_heading);
}

static void
vmstat_row(struct extreme *all, size_t count, struct view heading,
	struct view line, bool restart)
{
	struct view name;
	for (size_t i = 0; restart && i < count; i++)
		all[i].value = -1;
	while ((name = word_next(&heading)).len > 0) {
		int64_t value;
		if (number_read(word_next(&line), 10, &value) != NUMBER_GOOD)
			return;
		for (size_t i = 0; i < count; i++)
			if (view_is(name, all[i].heading) && value >= 0)
				extreme_see(&all[i], value);
	}
}

static void
extremes_emit(struct host_run *r, const struct extreme *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (all[i].value >= 0)
			emit_counter(r, view_str(""), view_str(all[i].name),
				all[i].value, true);
}

void
vmstat_parse(struct host_run *r)
{
	struct extreme all[] = {{"r", "r_max", false, -1},
		{"b", "b_max", false, -1}, {"si", "si_max", false, -1},
		{"so", "so_max", false, -1}, {"us", "us_max", false, -1},
		{"sy", "sy_max", false, -1}, {"wa", "wa_max", false, -1},
		{"st", "st_max", false, -1}, {"id", "id_min", true, -1}};
	size_t count = sizeof all / sizeof all[0];
	struct view heading = {0};
	unsigned rows = 0;
	while (run_next(r)) {
		struct view rest = r->line;
		if (run_blank(r))
			continue;
		if (is_vmstat_heading(r->line)) {
			heading = r->line;
		} else if (heading.len > 0 && is_number(word_next(&rest)) &&
			!run_is_cut(r, r->line)) {
			rows += rows < 2;
			vmstat_row(all, count, heading, r->line, rows == 2);
			rows += rows == 2;
		} else if (!view_has(r->line, "procs")) {
			run_malformed(r);
			continue;
		}
		run_claim(r);
	}
	extremes_emit(r, all, count);
}

static bool
is_mpstat_heading(struct view line)
{
	return view_has(line, " CPU ") && view_has(line, "%idle") &&
		view_has(line, "%sys");
}

enum host_match
mpstat_recognise(struct view head)
{
	return head_has(head, is_mpstat_heading);
}

/* Words before "CPU" are the time ("01:09:47", "01:09:47 PM") or "Average:";
   a row has as many before its CPU. */
static bool
mpstat_row(struct host_run *r, struct view heading, struct extreme *all,
	size_t count)
{
	struct view line = r->line;
	struct view name;
	struct view cpu;
	do {
		name = word_next(&heading);
		cpu = word_next(&line);
	} while (name.len > 0 && !view_is(name, "CPU"));
	if (!view_is(cpu, "all") && !is_number(cpu))
		return false;
	while ((name = word_next(&heading)).len > 0) {
		int64_t value;
		struct view word = word_next(&line);
		if (decimal_read(word, 2, &value) != NUMBER_GOOD)
			return false;
		for (size_t i = 0; i < count && !run_is_cut(r, word); i++)
			if (view_is(name, all[i].heading) && value >= 0)
				extreme_see(&all[i], value);
	}
	return true;
}

/* The worst of all CPUs and intervals: one busy CPU loses packets while the
   others idle. */
void
mpstat_parse(struct host_run *r)
{
	struct extreme all[] = {{"%soft", "%soft_max_x100", false, -1},
		{"%steal", "%steal_max_x100", false, -1},
		{"%iowait", "%iowait_max_x100", false, -1},
		{"%idle", "%idle_min_x100", true, -1}};
	size_t count = sizeof all / sizeof all[0];
	struct view heading = {0};
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_mpstat_heading(r->line))
			heading = r->line;
		else if (heading.len > 0 ? !mpstat_row(r, heading, all, count)
					 : !view_begins(r->line, "Linux "))
			continue;
		run_claim(r);
	}
	extremes_emit(r, all, count);
}

static bool
is_cpu_line(struct view line)
{
	struct view rest = line;
	return view_begins(line, "cpu ") && word_next(&rest).len == 3 &&
		is_number(word_next(&rest)) && is_number(word_next(&rest)) &&
		is_number(word_next(&rest)) && is_number(word_next(&rest));
}

enum host_match
proc_stat_recognise(struct view head)
{
	return head_has(head, is_cpu_line);
}

/* cpu lines have columns without names; the lines wanted else have one number
   each; intr and softirq begin with their sum. */
void
proc_stat_parse(struct host_run *r)
{
	static const char *const columns[] = {"user", "nice", "system", "idle",
		"iowait", "irq", "softirq", "steal"};
	while (run_next(r)) {
		struct view rest = r->line;
		struct view name = word_next(&rest);
		if (run_blank(r))
			continue;
		bool cpu = view_begins(name, "cpu");
		for (size_t i = 0; cpu && i < sizeof columns / sizeof *columns;
			i++)
			emit_value(r, name, view_str(columns[i]),
				word_next(&rest), VALUE_COUNTER);
		if (cpu ||
			emit_value(r, view_str(""), name, word_next(&rest),
				VALUE_COUNTER))
			run_claim(r);
	}
}
