/*
 * The reasons, from worst to mildest, each with its figures.
 */
#include "ingest/audit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const char *
audit_grade_word(enum audit_grade g)
{
	static const char *const words[] = {"good", "weak", "unusable"};
	return words[g];
}

__attribute__((format(printf, 4, 5))) static void
add(struct audit *a, enum audit_grade grade, const char *id, const char *format,
	...)
{
	if (a->count == AUDIT_REASONS_MAX)
		return;
	if (grade > a->grade)
		a->grade = grade;
	a->reasons[a->count].id = id;
	va_list args;
	va_start(args, format);
	vsnprintf(a->reasons[a->count].detail, AUDIT_DETAIL_MAX, format, args);
	va_end(args);
	a->count++;
}

/* The file itself: can it be read, whole, and does it hold anything. */
static void
audit_file(struct audit *a, const struct feed_piece *p)
{
	if (p->error.kind != ERROR_NONE)
		add(a, AUDIT_UNUSABLE, "unreadable", "%s", p->error.text);
	else if (p->packets == 0)
		add(a, AUDIT_UNUSABLE, "empty",
			"no packet in it: wrong interface, wrong filter, or "
			"stopped before its buffer was written (use tcpdump "
			"-U)");
	else if (p->kinds[PACKET_UNKNOWN_LINK] == p->packets)
		add(a, AUDIT_UNUSABLE, "unknown-link-type",
			"its link type is not decoded");
	for (int i = 0; i < ANOMALY_COUNT; i++) {
		if (i != ANOMALY_CAPTURE_CUT && i != ANOMALY_CAPTURE_DAMAGED &&
			i != ANOMALY_COMPRESSION_DAMAGED &&
			i != ANOMALY_READING_TIMED_OUT)
			continue;
		if (p->anomalies.list[i].count > 0)
			add(a, AUDIT_WEAK, anomaly_id((enum anomaly)i),
				"%s, at byte %" PRIu64,
				anomaly_meaning((enum anomaly)i),
				p->anomalies.list[i].at);
	}
}

/* What it lost, or was told not to see. */
static void
audit_losses(
	struct audit *a, const struct vantage *v, const struct feed_piece *p)
{
	if (p->summary.dropped > 0)
		add(a, AUDIT_WEAK, "drops",
			"the capture itself says that it lost %" PRIu64
			" packet%s",
			p->summary.dropped, p->summary.dropped == 1 ? "" : "s");
	if (v->audit.loss_events > 0)
		add(a, AUDIT_WEAK, "loss",
			"%" PRIu64 " time%s data was acknowledged that was "
			"never captured",
			v->audit.loss_events,
			v->audit.loss_events == 1 ? "" : "s");
	if (v->audit.lacks_client_side + v->audit.lacks_server_side > 0 &&
		v->audit.two_sided == 0)
		add(a, AUDIT_WEAK, "one-sided",
			"only the %s side of its connections was captured",
			v->audit.lacks_client_side > 0 ? "server's"
						       : "client's");
	if (v->audit.overflowed)
		add(a, AUDIT_WEAK, "memory-limit",
			"more attempts than the memory limit holds");
	if (p->kinds[PACKET_CUT] > 0)
		add(a, AUDIT_WEAK, "cut-packets",
			"%" PRIu64 " packet%s cut before the TCP header is "
			"complete (snaplen too small)",
			p->kinds[PACKET_CUT],
			p->kinds[PACKET_CUT] == 1 ? " is" : "s are");
	if (p->summary.has_filter)
		add(a, AUDIT_GOOD, "filtered", "captured with a filter%s%s",
			p->summary.filter[0] != '\0' ? ": " : "",
			p->summary.filter);
	if (v->audit.duplicates > 0)
		add(a, AUDIT_GOOD, "duplicates",
			"%" PRIu64 " handshake packets were captured twice "
			"(-i any or a mirror port); they count once",
			v->audit.duplicates);
}

void
audit_piece(struct audit *a, const struct vantage *v,
	const struct feed_piece *piece)
{
	*a = (struct audit){.grade = AUDIT_GOOD};
	audit_file(a, piece);
	audit_losses(a, v, piece);
}
