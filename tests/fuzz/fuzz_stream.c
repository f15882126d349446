/*
 * The byte stream over any file: whatever it claims to be packed with, reading
 * ends, damage is noted once at most, and all bytes are hashed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ingest/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A few bytes can unpack to gigabytes; this many show all that there is. */
#define UNPACKED_MAX ((size_t)4 * 1024 * 1024)
#define BITE 777

static void
count_note(void *context, enum anomaly a, uint64_t at)
{
	(void)a;
	(void)at;
	++*(int *)context;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int notes = 0;
	struct stream s;
	int fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
		lseek(fd, 0, SEEK_SET) != 0)
		abort();
	if (!stream_take_fd(&s, fd, "input",
		    (struct anomaly_sink){count_note, &notes}, NULL))
		abort();
	for (size_t taken = 0; taken < UNPACKED_MAX && stream_fill(&s, BITE);
		taken += BITE)
		stream_consume(&s, BITE);
	stream_finish(&s);
	if (notes > 1 || s.raw_bytes != size || s.sha256[0] == '\0')
		abort();
	stream_close(&s);
	return 0;
}
