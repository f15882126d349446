/*
 * Stream and capture reader together, packet by packet.
 */
#include "ingest/reading.h"

#include <string.h>
#include <sys/stat.h>

/* Large files are hashed later, beside other work. */
static void
plan_hash(struct feed_piece *piece, struct stream *s)
{
	struct stat st;
	piece->late_fd = stream_hash_later(s);
	if (piece->late_fd >= 0 && fstat(piece->late_fd, &st) == 0)
		piece->late_mtime = st.st_mtim;
}

static void
report_progress(struct reading *r)
{
	progress_add(r->progress, r->stream.raw_bytes - r->reported);
	r->reported = r->stream.raw_bytes;
}

bool
reading_next(struct reading *r)
{
	struct stream *s = &r->stream;
	enum capture_status status;
	while ((status = capture_next(r->reader, &s->window, s->at_eof,
			&r->packet)) == CAPTURE_MORE) {
		stream_fill(s, capture_need(r->reader));
		report_progress(r);
		/* The file is not cut; it was left. */
		if (s->timed_out)
			break;
	}
	r->has_packet = status == CAPTURE_PACKET;
	return r->has_packet;
}

static bool
open_piece(struct reading *r, struct feed_piece *piece,
	struct progress *progress, bool hash_later)
{
	struct anomaly_sink sink = anomaly_counts_sink(&piece->anomalies);
	*r = (struct reading){.piece = piece, .progress = progress};
	if (!case_file_open(piece->file, &r->stream, sink, &piece->error))
		return false;
	if (hash_later)
		plan_hash(piece, &r->stream);
	r->reader = capture_new(sink);
	reading_next(r);
	return true;
}

bool
reading_open(
	struct reading *r, struct feed_piece *piece, struct progress *progress)
{
	return open_piece(r, piece, progress, true);
}

bool
reading_open_hashed(
	struct reading *r, struct feed_piece *piece, struct progress *progress)
{
	return open_piece(r, piece, progress, false);
}

void
reading_close(struct reading *r)
{
	struct feed_piece *piece = r->piece;
	struct stream *s = &r->stream;
	piece->summary = *capture_summary(r->reader);
	capture_free(r->reader);
	stream_finish(s);
	report_progress(r);
	memcpy(piece->sha256, s->sha256, sizeof piece->sha256);
	memcpy(piece->imprint, s->imprint, sizeof piece->imprint);
	piece->raw_bytes = s->raw_bytes;
	if (s->error.kind != ERROR_NONE)
		piece->error = s->error;
	stream_close(s);
}

static void
discard(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

int64_t
reading_first_time(const struct case_file *file)
{
	struct stream s;
	struct anomaly_sink sink = {discard, NULL};
	if (!case_file_stays(file) || !case_file_open(file, &s, sink, NULL))
		return INT64_MAX;
	struct capture_reader *reader = capture_new(sink);
	struct capture_packet packet;
	enum capture_status status;
	do {
		status = capture_next(reader, &s.window, s.at_eof, &packet);
		if (status == CAPTURE_MORE)
			stream_fill(&s, capture_need(reader));
	} while (status == CAPTURE_MORE ||
		(status == CAPTURE_PACKET &&
			!clock_believable(packet.time.ns)));
	int64_t ns = status == CAPTURE_PACKET ? packet.time.ns : INT64_MAX;
	capture_free(reader);
	stream_close(&s);
	return ns;
}
