/*
 * The progress line: share done, rate, time left.
 */
#include "base/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* Work that ends sooner needs no line. */
#define QUIET_NS (2 * NS_PER_S)

static int64_t
now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

void
progress_begin(struct progress *p, enum progress_mode mode)
{
	p->started_ns = now_ns();
	p->shown = mode == PROGRESS_ALWAYS ||
		(mode == PROGRESS_AUTO && isatty(STDERR_FILENO));
}

static bool
is_due(const struct progress *p)
{
	return p->shown && now_ns() - p->started_ns >= QUIET_NS;
}

void
progress_tick(struct progress *p, const char *what)
{
	int64_t spent = now_ns() - p->started_ns;
	if (!is_due(p))
		return;
	uint64_t done =
		atomic_load_explicit(&p->done_bytes, memory_order_relaxed);
	double seconds = (double)spent / 1e9;
	double rate = (double)done / seconds;
	char left[CLOCK_TEXT_MAX + 8] = "";
	if (p->total_bytes > done && rate > 0) {
		char span[CLOCK_TEXT_MAX];
		double rest = (double)(p->total_bytes - done) / rate;
		snprintf(left, sizeof left, ", %s left",
			clock_span((int64_t)(rest * 1e9), span));
	}
	if (p->total_bytes > 0)
		fprintf(stderr, "\r%s %3.0f %%, %.0f MB/s%s\033[K", what,
			100.0 * (double)done / (double)p->total_bytes,
			rate / 1e6, left);
	else
		fprintf(stderr, "\r%s %.0f MB, %.0f MB/s\033[K", what,
			(double)done / 1e6, rate / 1e6);
	fflush(stderr);
	p->printed = true;
}

void
progress_stage(struct progress *p, const char *what)
{
	if (!is_due(p))
		return;
	fprintf(stderr, "\r%s ...\033[K", what);
	fflush(stderr);
	p->printed = true;
}

void
progress_end(struct progress *p)
{
	if (p->printed)
		fputs("\r\033[K", stderr);
	p->printed = false;
}
