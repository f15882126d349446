/*
 * A window over an input's bytes: read(), hash, unpack, slide.
 *
 * Plain bytes are read straight into the window; packed ones go through a
 * buffer of their own. All bytes of the descriptor pass through raw_read, the
 * one place that hashes and counts them.
 */
#include "ingest/stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "ingest/stream_unpack.h"

/* When reading ends, on the monotonic clock. Set before any thread reads. */
static int64_t stop_ns = INT64_MAX;

void
stream_stop_at(int64_t ns)
{
	stop_ns = ns;
}

/* Milliseconds until then, for poll(): -1 for ever, 0 over. */
static int
time_left_ms(void)
{
	struct timespec now;
	if (stop_ns == INT64_MAX)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t left = stop_ns - (int64_t)now.tv_sec * NS_PER_S - now.tv_nsec;
	if (left <= 0)
		return 0;
	return left / NS_PER_MS < INT32_MAX ? (int)(left / NS_PER_MS) + 1
					    : INT32_MAX;
}

/* Cannot be read: why, and what a person can do about it. */
static bool
refuse(struct error *error, const char *name, int code)
{
	const char *advice = "check the path and its permissions";
	if (code == EISDIR)
		advice = "name a file in it, or give the folder as the case";
	else if (code == EIO)
		advice = "copy it from its medium again";
	else if (code == EAGAIN)
		advice = "its bytes come only in time; copy them to a file";
	else if (code == EACCES || code == EPERM)
		advice = "run as a user that may, or change its permissions";
	return error_set(error, ERROR_ENVIRONMENT, "%s: cannot be read: %s; %s",
		name, strerror(code), advice);
}

/* A file of the kernel that is called regular and whose bytes come only in time,
 * as those of /proc/kmsg, which whoever reads them takes from everybody else. Only
 * such a file has an answer of its own to poll; of others one may always write.
 * cite: Linux 6.1 include/linux/poll.h, DEFAULT_POLLMASK; fs/proc/kmsg.c */
static bool
is_live(int fd, const struct stat *st)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
	return S_ISREG(st->st_mode) && st->st_size == 0 &&
		poll(&p, 1, 0) >= 0 && !(p.revents & POLLOUT);
}

bool
stream_take_fd(struct stream *s, int fd, const char *name,
	struct anomaly_sink sink, struct error *error)
{
	struct stat st;
	int code = fstat(fd, &st) != 0 ? errno
		: S_ISDIR(st.st_mode)  ? EISDIR
		: is_live(fd, &st)     ? EAGAIN
				       : 0;
	if (code != 0) {
		if (fd != STDIN_FILENO)
			close(fd);
		return refuse(error, name, code);
	}
	/* Only advice: a FIFO refuses it and is none the worse. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	*s = (struct stream){
		.fd = fd,
		.may_wait = fd == STDIN_FILENO || S_ISFIFO(st.st_mode),
		.name = memory_copy(name),
		/* Bytes beyond the window are never looked at. */
		.buffer = memory_grow(NULL, STREAM_WINDOW_FIRST, 1),
		.room = STREAM_WINDOW_FIRST,
		.sink = sink,
	};
	s->window = view_of(s->buffer, 0);
	digest_init(&s->digest);
	return true;
}

/* Between two looks for a FIFO's writer. */
#define WRITER_LOOK_MS 50

/*
 * What a person names may be anything that has a name. Devices are not even
 * opened, for that alone can wait, or do something; and nothing is waited for
 * but a FIFO's bytes.
 */
bool
stream_open(struct stream *s, const char *path, struct anomaly_sink sink,
	struct error *error)
{
	struct stat st;
	if (strcmp(path, "-") == 0)
		return stream_take_fd(
			s, STDIN_FILENO, "standard input", sink, error);
	if (stat(path, &st) != 0)
		return refuse(error, path, errno);
	bool fifo = S_ISFIFO(st.st_mode);
	if (!fifo && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return error_set(error, ERROR_ENVIRONMENT,
			"%s: neither a file nor a pipe; it is not opened",
			path);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return refuse(error, path, errno);
	if (!stream_take_fd(s, fd, path, sink, error))
		return false;
	s->writer_wait_ms = fifo ? STREAM_WRITER_WAIT_MS : 0;
	return true;
}

/*
 * A FIFO without a writer is at its end at once; one whose writer has not
 * written yet is not. So an end before the first byte is waited out for a
 * while, and a writer that is there for as long as it takes.
 */
static bool
wait_for_writer(struct stream *s)
{
	if (s->writer_wait_ms <= 0 || s->raw_bytes > 0)
		return false;
	poll(NULL, 0, WRITER_LOOK_MS);
	s->writer_wait_ms -= WRITER_LOOK_MS;
	if (s->writer_wait_ms <= 0)
		return error_set(&s->error, ERROR_ENVIRONMENT,
			"%s: no program writes to this pipe; start it first",
			s->name);
	return true;
}

bool
stream_take_bytes(struct stream *s, struct view bytes, const char *name,
	struct anomaly_sink sink)
{
	size_t room = bytes.len < STREAM_WINDOW_FIRST ? STREAM_WINDOW_FIRST
						      : bytes.len;
	*s = (struct stream){
		.fd = -1,
		.started = true,
		.raw_eof = true,
		.at_eof = true,
		.name = memory_copy(name),
		.buffer = memory_take(room, 1),
		.room = room,
		.raw_bytes = bytes.len,
		.unpacked_bytes = bytes.len,
		.sink = sink,
	};
	memcpy(s->buffer, bytes.data, bytes.len);
	s->window = view_of(s->buffer, bytes.len);
	digest_init(&s->digest);
	digest_add(&s->digest, bytes);
	return true;
}

bool
stream_take_part(struct stream *s, int fd, uint64_t at, uint64_t len,
	const char *name, struct anomaly_sink sink, struct error *error)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (own < 0)
		return refuse(error, name, errno);
	if (!stream_take_fd(s, own, name, sink, error))
		return false;
	s->part = true;
	s->at = at;
	s->left = len;
	return true;
}

/* Between these sizes a second reading is worth it, and out of the cache. */
#define LATER_MIN ((off_t)4 * 1024 * 1024)
#define LATER_MAX ((off_t)2 * 1024 * 1024 * 1024)

int
stream_hash_later(struct stream *s)
{
	struct stat st;
	if (s->part || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
		st.st_size < LATER_MIN || st.st_size > LATER_MAX)
		return -1;
	int fd = fcntl(s->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	s->hash_later = fd >= 0;
	return fd;
}

bool
stream_is_packed(struct view head)
{
	return unpack_recognise(head);
}

const char *
stream_compression(const struct stream *s)
{
	return s->unpacker == NULL ? NULL : unpacker_name(s->unpacker);
}

void
stream_close(struct stream *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	unpacker_free(s->unpacker);
	free(s->name);
	free(s->buffer);
	free(s->packed);
	*s = (struct stream){.fd = -1, .at_eof = true};
}

/* read(), of a part of a file as well. */
static ssize_t
read_some(struct stream *s, uint8_t *to, size_t room)
{
	if (!s->part)
		return read(s->fd, to, room);
	if (room > s->left)
		room = (size_t)s->left;
	ssize_t n = pread(s->fd, to, room, (off_t)s->at);
	if (n > 0) {
		s->at += (uint64_t)n;
		s->left -= (uint64_t)n;
	}
	return n;
}

/* Bytes from the descriptor, hashed and counted; 0 at the end or on failure,
   which raw_eof and error tell. */
static size_t
raw_read(struct stream *s, uint8_t *to, size_t room)
{
	while (!s->raw_eof) {
		ssize_t n = read_some(s, to, room);
		if (n > 0) {
			if (!s->hash_later)
				digest_add(&s->digest, view_of(to, (size_t)n));
			s->raw_bytes += (uint64_t)n;
			return (size_t)n;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && s->may_wait) {
			struct pollfd p = {.fd = s->fd, .events = POLLIN};
			int left_ms = time_left_ms();
			poll(&p, 1, left_ms);
			s->timed_out = left_ms == 0;
			s->raw_eof = s->timed_out;
			continue;
		}
		if (n == 0 && wait_for_writer(s))
			continue;
		if (n < 0)
			refuse(&s->error, s->name, errno);
		s->raw_eof = true;
	}
	return 0;
}

/* Slide the unread bytes to the buffer's front, and grow it to hold want. */
static void
make_room(struct stream *s, size_t want)
{
	size_t used = s->window.len;
	size_t room = s->room;
	while (room < want)
		room = room * 2 < STREAM_WINDOW_MAX ? room * 2
						    : STREAM_WINDOW_MAX;
	if (used > 0)
		memmove(s->buffer, s->window.data, used);
	if (room != s->room) {
		s->buffer = memory_grow(s->buffer, room, 1);
		s->room = room;
	}
	s->window = view_of(s->buffer, used);
}

static void
window_append(struct stream *s, size_t n)
{
	s->window.len += n;
	s->unpacked_bytes += n;
}

/* Where the window ends, and how much room is behind it. */
static uint8_t *
window_tail(struct stream *s, size_t *room)
{
	size_t at = (size_t)(s->window.data - s->buffer) + s->window.len;
	*room = s->room - at;
	return s->buffer + at;
}

/* The first bytes have been read into the window: are they packed? Then they
   belong into the other buffer. */
static void
look_at_magic(struct stream *s)
{
	s->started = true;
	s->unpacker = unpacker_new(s->window);
	if (s->unpacker == NULL)
		return;
	s->packed = memory_take(STREAM_PACKED_BUFFER, 1);
	s->packed_end = s->window.len;
	memcpy(s->packed, s->window.data, s->packed_end);
	s->window = view_of(s->buffer, 0);
	s->unpacked_bytes = 0;
}

static void
read_magic(struct stream *s)
{
	while (s->window.len < UNPACK_MAGIC_BYTES && !s->raw_eof)
		window_append(s,
			raw_read(s, s->buffer + s->window.len,
				STREAM_PACKED_BUFFER - s->window.len));
	look_at_magic(s);
}

/* Why the unpacker stopped, to whom it concerns. */
static void
unpack_ended(struct stream *s, enum unpack_status status)
{
	s->at_eof = true;
	if (status == UNPACK_DAMAGED)
		anomaly_note(&s->sink, ANOMALY_COMPRESSION_DAMAGED,
			s->unpacked_bytes);
	else if (status == UNPACK_TOO_BIG)
		error_set(&s->error, ERROR_USAGE,
			"%s: its %s compression needs more memory to unpack "
			"than is granted; unpack it first",
			s->name, unpacker_name(s->unpacker));
}

static void
append_unpacked(struct stream *s)
{
	if (s->packed_at == s->packed_end) {
		s->packed_at = 0;
		s->packed_end = raw_read(s, s->packed, STREAM_PACKED_BUFFER);
		if (s->timed_out)
			return;
	}
	struct view in =
		view_of(s->packed + s->packed_at, s->packed_end - s->packed_at);
	size_t room;
	uint8_t *tail = window_tail(s, &room);
	size_t made;
	enum unpack_status status =
		unpacker_run(s->unpacker, &in, s->raw_eof, tail, room, &made);
	s->packed_at = s->packed_end - in.len;
	window_append(s, made);
	if (status != UNPACK_GOING)
		unpack_ended(s, status);
}

static void
append_plain(struct stream *s)
{
	size_t room;
	uint8_t *tail = window_tail(s, &room);
	window_append(s, raw_read(s, tail, room));
	s->at_eof = s->raw_eof && !s->timed_out;
}

bool
stream_fill(struct stream *s, size_t want)
{
	assert(want <= STREAM_WINDOW_MAX);
	if (s->window.len >= want)
		return true;
	if (!s->started)
		read_magic(s);
	size_t room;
	window_tail(s, &room);
	/* Slide when it must be, or when it costs next to nothing. */
	if (room < want - s->window.len || s->window.len < 4096)
		make_room(s, want);
	while (s->window.len < want && !s->at_eof) {
		s->timed_out |= s->unpacked_bytes > 0 && time_left_ms() == 0;
		if (s->timed_out)
			break;
		if (s->unpacker != NULL)
			append_unpacked(s);
		else
			append_plain(s);
	}
	if (s->timed_out && !s->at_eof)
		anomaly_note(
			&s->sink, ANOMALY_READING_TIMED_OUT, s->unpacked_bytes);
	s->at_eof |= s->timed_out;
	return s->window.len >= want;
}

void
stream_consume(struct stream *s, size_t n)
{
	assert(n <= s->window.len);
	s->window = view_skip(s->window, n);
}

uint8_t *
stream_read_whole(struct stream *s, size_t max, size_t *len)
{
	uint8_t *data = NULL;
	size_t room = 0;
	*len = 0;
	while (stream_fill(s, 1) && *len < max) {
		size_t n =
			s->window.len < max - *len ? s->window.len : max - *len;
		assert(n > 0);
		if (*len + n > room) {
			room = (*len + n) * 2;
			data = memory_grow(data, room, 1);
		}
		memcpy(data + *len, s->window.data, n);
		*len += n;
		stream_consume(s, n);
	}
	return data;
}

bool
stream_finish(struct stream *s)
{
	while (!(s->timed_out && s->may_wait) &&
		raw_read(s, s->buffer, s->room) > 0)
		continue;
	s->window = view_of(s->buffer, 0);
	s->at_eof = true;
	if (s->sha256[0] == '\0' && !s->hash_later) {
		digest_imprint(&s->digest, s->imprint);
		digest_finish(&s->digest, s->sha256);
	}
	return s->error.kind == ERROR_NONE;
}
