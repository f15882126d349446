/*
 * nstat: protocol counters, one a line, or as JSON.
 *
 * spec: iproute2 6.1 misc/nstat.c dump_kern_db(), dump_incr_db().
 *
 *	#kernel
 *	TcpExtListenDrops               148                0.0
 *
 *	{"kernel":{"TcpExtListenDrops":148, ...}}
 *
 * Without -a nstat prints what was added since its last run, which cannot be
 * told from the output; without -z it leaves out what is 0, which can: then
 * there is no 0 at all.
 */
#include "parsers/host/formats.h"
#include "parsers/host/host_json.h"

#define WORDS 4

static bool
is_row(const struct view *w, size_t n)
{
	int64_t rate;
	return (n == 2 || n == 3) && w[0].len > 2 && w[0].data[0] >= 'A' &&
		w[0].data[0] <= 'Z' && is_number(w[1]) &&
		(n < 3 || decimal_read(w[2], 1, &rate) == NUMBER_GOOD);
}

static bool
is_nstat_line(struct view line)
{
	struct view w[WORDS];
	size_t n = words_split(line, w, WORDS);
	return view_is(line, "#kernel") ||
		(n == 3 && is_row(w, n) && view_has(w[2], "."));
}

enum host_match
nstat_recognise(struct view head)
{
	return head_has(head, is_nstat_line);
}

static void
row_read(struct host_run *r, const struct view *w, bool *zero)
{
	emit_value(r, view_str(""), w[0], w[1], VALUE_COUNTER);
	*zero = *zero || view_is(w[1], "0");
}

void
nstat_parse(struct host_run *r)
{
	struct view w[WORDS];
	bool zero = false;
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		size_t n = words_split(r->line, w, WORDS);
		if (view_begins(r->line, "#")) {
			run_claim(r);
		} else if (is_row(w, n)) {
			row_read(r, w, &zero);
			run_claim(r);
		} else if (n > 0 && n <= 3) {
			run_malformed(r);
		}
	}
	r->result->zeros_omitted = !zero;
}

enum host_match
nstat_json_recognise(struct view head)
{
	head = view_trim(head);
	return view_begins(head, "{\"kernel\":") ? HOST_MATCH_YES
						 : HOST_MATCH_NO;
}

void
nstat_json_parse(struct host_run *r)
{
	struct host_json h;
	const struct json *j = &h.json;
	enum json_token t;
	bool zero = false;
	host_json_open(&h, r);
	while ((t = host_json_next(&h)) != JSON_END)
		if (t == JSON_NUMBER && j->depth == 2) {
			emit_value(r, view_str(""), json_key(j), j->value,
				VALUE_COUNTER);
			zero = zero || view_is(j->value, "0");
		}
	host_json_close(&h);
	r->result->zeros_omitted = !zero;
}
