/*
 * How fast events are found in a log, beside `grep -F` over the same words.
 *
 *	log_scan make MIB >FILE    a syslog of that size, one line in a thousand
 *	                           of interest; the same bytes every time
 *	log_scan words >WORDS      what the patterns look for
 *	log_scan scan FILE         lines, events and MB/s of one pass
 *
 *	LC_ALL=C grep -cF -f WORDS FILE
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "parsers/patterns/scan.h"
#include "parsers/patterns/set.h"

#define WINDOW ((size_t)256 * 1024) /* as ingest/stream.c */

static double
seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The everyday lines of a server, and now and then one that matters. */
static int
make(long mib)
{
	static const char *const ordinary[] = {
		"sshd[%u]: Accepted publickey for deploy from 10.3.%u.%u port "
		"%u ssh2",
		"systemd[1]: Started session-%u.scope - Session %u of User "
		"deploy%u%u.",
		"CRON[%u]: (root) CMD (command -v debian-sa1 > /dev/null && "
		"debian-sa1 %u %u %u)",
		"kernel: [%u.%06u] audit: type=1400 apparmor=\"STATUS\" "
		"name=\"%u\" pid=%u comm=\"apparmor_parser\"",
		"api[%u]: request id=%u status=200 duration=%ums bytes=%u "
		"path=/v1/items upstream=10.2.0.2:8080",
		"postfix/smtpd[%u]: connect from unknown[10.3.%u.%u]; "
		"connection %u in the last minute",
		"dhclient[%u]: DHCPREQUEST of 10.3.%u.%u on eth0 to 10.3.0.1 "
		"port 67 xid=%u",
	};
	static const char *const telling[] = {
		"kernel: [%u.%06u] nf_conntrack: nf_conntrack: table full, "
		"dropping packet",
		"kernel: [%u.%06u] DROP-SYN IN=eth0 OUT= MAC= SRC=10.1.0.2 "
		"DST=10.2.0.2 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=%u DF "
		"PROTO=TCP SPT=%u DPT=80 WINDOW=64240 RES=0x00 SYN URGP=0",
		"api[%u]: connect to 10.2.0.2:80: Connection timed out (%u %u "
		"%u)",
	};
	uint64_t left = (uint64_t)mib << 20;
	uint32_t x = 2463534242u; /* xorshift32: any seed but 0 */
	for (uint32_t line = 0;; line++) {
		char text[512];
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		const char *format = x % 1000 == 0
			? telling[line % (sizeof telling / sizeof *telling)]
			: ordinary[x / 1000 %
				  (sizeof ordinary / sizeof *ordinary)];
		int n = snprintf(text, sizeof text,
			"Nov 20 %02u:%02u:%02u web01 ", line / 36000 % 24,
			line / 600 % 60, line / 10 % 60);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		n += snprintf(text + n, sizeof text - (size_t)n, format,
			x % 32768, x / 7 % 250, x / 11 % 250, x / 13 % 60000);
#pragma GCC diagnostic pop
		text[n++] = '\n';
		if ((uint64_t)n > left)
			return 0;
		left -= (uint64_t)n;
		fwrite(text, 1, (size_t)n, stdout);
	}
}

static void
count_event(void *context, const struct log_event *event)
{
	(void)event;
	++*(uint64_t *)context;
}

static int
scan(const char *path)
{
	static uint8_t window[LOG_WINDOW_MAX + WINDOW];
	double start = seconds();
	struct pattern_set *set = pattern_set_ours();
	double loaded = seconds();
	int fd = open(path, O_RDONLY);
	uint64_t events = 0;
	size_t have = 0;
	struct log_scanner *s = NULL;
	for (;;) {
		ssize_t n = fd < 0 ? -1 : read(fd, window + have, WINDOW);
		if (n < 0)
			return 3;
		have += (size_t)n;
		struct view v = view_of(window, have);
		if (s == NULL)
			s = log_scanner_new(set, v, "");
		log_scan(s, &v, n == 0, count_event, &events);
		memmove(window, v.data, v.len);
		have = v.len;
		if (n == 0)
			break;
	}
	double end = seconds();
	const struct log_scan_summary *sum = log_scan_summary(s);
	printf("%s: %" PRIu64 " lines, %" PRIu64 " candidates, %" PRIu64
	       " events, %.0f MB/s, patterns loaded in %.1f ms\n",
		log_family_id(sum->guess.family), sum->lines, sum->candidates,
		events, (double)sum->bytes / 1e6 / (end - loaded),
		(loaded - start) * 1e3);
	log_scanner_free(s);
	pattern_set_free(set);
	return 0;
}

static int
words(void)
{
	struct pattern_set *set = pattern_set_ours();
	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->patterns[i].contains_count; k++)
			printf("%s\n",
				(const char *)set->patterns[i]
					.contains[k]
					.data);
	pattern_set_free(set);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "make") == 0)
		return make(strtol(argv[2], NULL, 10));
	if (argc == 3 && strcmp(argv[1], "scan") == 0)
		return scan(argv[2]);
	if (argc == 2 && strcmp(argv[1], "words") == 0)
		return words();
	fprintf(stderr, "usage: log_scan make MIB | scan FILE | words\n");
	return 2;
}
