/*
 * Archives of any bytes: listing and reading them ends, names are texts of a
 * bounded length, and a case made of one has members with a place below it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ingest/case_files.h"
#include "ingest/members.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A few bytes can unpack to gigabytes; this many show all that there is. */
#define UNPACKED_MAX ((size_t)4 * 1024 * 1024)
#define MEMBERS_MAX 2000

static void
nobody(void *context, enum anomaly a, uint64_t at)
{
	(void)context;
	(void)a;
	(void)at;
}

/* All members; the sum of their bytes, at most UNPACKED_MAX. */
static size_t
read_members(struct members *m)
{
	static uint8_t block[4096];
	struct member member;
	size_t total = 0;
	for (int i = 0; i < MEMBERS_MAX && total < UNPACKED_MAX &&
		members_next(m, &member) == MEMBERS_ONE;
		i++) {
		if (member.name[0] == '\0' ||
			strlen(member.name) > MEMBERS_NAME_MAX ||
			(member.kind == MEMBER_LINK) != (member.link != NULL))
			abort();
		ssize_t n;
		while (total < UNPACKED_MAX &&
			(n = members_read(m, block, sizeof block)) > 0)
			total += (size_t)n;
	}
	members_close(m);
	return total;
}

/* The same bytes as a case. */
static void
look(int fd)
{
	struct case_files c;
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	case_files_init(&c);
	case_files_spool(&c);
	case_files_add(&c, path, NULL);
	case_files_look(&c, NULL);
	case_files_place(&c);
	for (size_t i = 0; i < c.count; i++)
		if (c.list[i].member &&
			(strstr(c.list[i].place, "../") != NULL ||
				c.list[i].spool != &c.spool))
			abort();
	case_files_release(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream s;
	int fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	size_t total = read_members(members_of_part(fd, 0, size));
	static const enum members_format formats[] = {
		MEMBERS_TAR, MEMBERS_MAIL, MEMBERS_BOX, MEMBERS_BASE64};
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (!stream_take_part(&s, fd, 0, size, "input",
			    (struct anomaly_sink){nobody, NULL}, NULL))
			abort();
		total += read_members(members_of_stream(formats[i], &s));
		stream_close(&s);
	}
	if (total < UNPACKED_MAX)
		look(fd);
	close(fd);
	return 0;
}
