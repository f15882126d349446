/*
 * Interface totals of Windows: netstat -e and Get-NetAdapterStatistics.
 *
 * spec: Microsoft, netstat; NetAdapter, Get-NetAdapterStatistics (Format-List).
 *
 *	Interface Statistics
 *	                           Received            Sent
 *	Unicast packets                1000             900
 *	Discards                         17               0
 *
 *	Name                     : Ethernet
 *	ReceivedDiscardedPackets : 17
 *
 * They are told under the kernel's names of Linux (netdev_names.def). netstat
 * sums all interfaces and has no scope.
 */
#include "parsers/host/formats.h"

#define ROW_WORDS 5

static bool
is_list_line(struct view line)
{
	return view_begins(line, "ReceivedDiscardedPackets") &&
		view_has(line, " : ");
}

static bool
is_title(struct view line)
{
	return view_is(view_trim(line), "Interface Statistics");
}

static bool
is_totals_line(struct view line)
{
	return is_title(line) || is_list_line(line);
}

enum host_match
adapter_totals_recognise(struct view head)
{
	return head_has(head, is_totals_line);
}

/* "Discards   17   0": a name of one or two words, received, sent. */
static bool
row_read(struct host_run *r)
{
	static const char *const rows[][3] = {
		{"Unicast", "rx_packets", "tx_packets"},
		{"Discards", "rx_dropped", "tx_dropped"},
		{"Errors", "rx_errors", "tx_errors"}};
	struct view w[ROW_WORDS];
	size_t n = words_split(r->line, w, ROW_WORDS);
	if (n < 3 || n == ROW_WORDS || !is_number(w[n - 1]) ||
		!is_number(w[n - 2]) || run_line_is_cut(r))
		return false;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!view_is(w[0], rows[i][0]))
			continue;
		emit_value(r, view_str(""), view_str(rows[i][1]), w[n - 2],
			VALUE_COUNTER);
		emit_value(r, view_str(""), view_str(rows[i][2]), w[n - 1],
			VALUE_COUNTER);
	}
	return true;
}

/* "ReceivedDiscardedPackets : 17"; "Name : Ethernet" gives the scope. */
static bool
member_read(struct host_run *r)
{
	static const char *const names[][2] = {
		{"ReceivedUnicastPackets", "rx_packets"},
		{"ReceivedDiscardedPackets", "rx_dropped"},
		{"ReceivedPacketErrors", "rx_errors"},
		{"OutboundDiscardedPackets", "tx_dropped"},
		{"OutboundPacketErrors", "tx_errors"},
		{"SentUnicastPackets", "tx_packets"}};
	size_t at = view_find(r->line, " : ");
	if (at == TEXT_NOWHERE || run_line_is_cut(r))
		return false;
	struct view name = view_trim(view_first(r->line, at));
	struct view value = view_trim(view_skip(r->line, at + 3));
	if (view_is(name, "Name")) {
		scratch_clear(&r->scope);
		host_scratch_add(&r->scope, value);
		run_text(r, &r->scope);
		return true;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (view_is(name, names[i][0]))
			return emit_value(r, scratch_view(&r->scope),
				view_str(names[i][1]), value, VALUE_COUNTER);
	return false;
}

void
adapter_totals_parse(struct host_run *r)
{
	scratch_clear(&r->scope);
	while (run_next(r)) {
		if (run_blank(r))
			continue;
		if (is_title(r->line) || member_read(r) || row_read(r))
			run_claim(r);
	}
}
