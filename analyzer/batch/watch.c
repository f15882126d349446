/*
 * A walk over each case's parts by their status alone; nothing is opened.
 *
 * Bounded: PLAN_DEPTH_MAX levels. What cannot be read counts as changed now: it
 * is tried again.
 */
#include "batch/watch.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Names of what rsync, scp clients, browsers, editors and transfer programs
 * have not finished. */
static const char *const unfinished[] = {".part", ".partial", ".filepart",
	".crdownload", ".download", ".tmp", ".temp", ".swp", ".incomplete",
	".lock"};

/* nftw hands nothing through to its function. */
static struct {
	int64_t newest_s;
	uint64_t mark;
	bool unfinished;
} seen;

static bool
is_unfinished(const char *name)
{
	size_t len = strlen(name);
	/* rsync: .name.Xq3f2A */
	if (name[0] == '.' && len > 8 && name[len - 7] == '.')
		return true;
	for (size_t i = 0; i < sizeof unfinished / sizeof *unfinished; i++) {
		size_t n = strlen(unfinished[i]);
		if (len > n && strcmp(name + len - n, unfinished[i]) == 0)
			return true;
	}
	return false;
}

static void
mix(uint64_t value)
{
	/* FNV-1a's prime: what is told apart is change, not malice. */
	seen.mark = (seen.mark ^ value) * UINT64_C(1099511628211);
}

static int
look(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	if (kind == FTW_NS || kind == FTW_DNR) {
		seen.unfinished = true;
		return 0;
	}
	if (is_unfinished(path + at->base))
		seen.unfinished = true;
	if (st->st_mtime > seen.newest_s)
		seen.newest_s = st->st_mtime;
	for (const char *p = path; *p != '\0'; p++)
		mix((unsigned char)*p);
	mix((uint64_t)st->st_size);
	mix((uint64_t)st->st_mtime);
	mix((uint64_t)st->st_mtim.tv_nsec);
	return 0;
}

/* Look at all of a case; seen says what it was. */
static bool
is_settled(const struct batch_case *c, int64_t until_s)
{
	seen.newest_s = 0;
	seen.unfinished = false;
	for (size_t i = 0; i < c->parts_count; i++)
		if (nftw(c->parts[i].path, look, PLAN_DEPTH_MAX, FTW_PHYS) != 0)
			seen.unfinished = true;
	/* A time ahead of this clock is somebody else's clock, and no sign. */
	bool ahead = seen.newest_s > (int64_t)time(NULL);
	return !seen.unfinished && (seen.newest_s <= until_s || ahead);
}

size_t
watch_keep_settled(struct plan *p, int64_t settle_s)
{
	size_t kept = 0;
	size_t before = p->count;
	int64_t until_s = (int64_t)time(NULL) - settle_s;
	seen.mark = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < p->count; i++) {
		uint64_t mark = seen.mark;
		if (is_settled(&p->cases[i], until_s))
			p->cases[kept++] = p->cases[i];
		else
			seen.mark = mark;
	}
	p->count = kept;
	return before - kept;
}

uint64_t
watch_mark(const struct batch_options *o)
{
	struct plan p;
	uint64_t mark = 0;
	if (plan_make(&p, o, NULL)) {
		watch_keep_settled(&p, o->settle_s);
		mark = p.count > 0 ? seen.mark : 0;
	}
	plan_release(&p);
	return mark;
}
