/*
 * Bad luck from inside: the n-th allocation fails, the n-th write of the
 * database fails, for every n until a run no longer has that many.
 *
 * Each run is a child process that reads a small case, stitches it, writes the
 * store and publishes it. It must end with status 0 (the failure was absorbed),
 * or 3 with the reason said; never by a signal; and whenever it did not end
 * with 0, neither evidence.sqlite nor a temporary file may be left. A run that
 * returns an error must have given its memory back (with the leak sanitizer).
 *
 *	fault_alloc malloc | sqlite | write [STEP]
 *
 * With a STEP every STEP-th n is tried: SQLite allocates thousands of times,
 * most of them for the schema.
 *
 * malloc and its like are wrapped by the linker (--wrap) in our own code;
 * SQLite allocates through sqlite3_config and writes through the system calls
 * that its VFS lets a test replace.
 */
#include "../unit/scratch_folder.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "../unit/pcap_file.h"
#include "ingest/ingest.h"
#include "stitch/stitch.h"

#define T0 (INT64_C(1795132800) * NS_PER_S)

/* A run that fails more often than this has a loop. */
#define RUNS_MAX 100000

static atomic_long countdown; /* 0: the next one fails; below: none does */

static bool
fails_now(void)
{
	return atomic_fetch_sub(&countdown, 1) == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool wrap_counts;

void *
__wrap_malloc(size_t size)
{
	return wrap_counts && fails_now() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return wrap_counts && fails_now() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return wrap_counts && fails_now() ? NULL : __real_realloc(old, size);
}

/* SQLite's own allocator, behind a counter. */
static sqlite3_mem_methods sqlite_memory;

static void *
sqlite_malloc(int size)
{
	return fails_now() ? NULL : sqlite_memory.xMalloc(size);
}

static void *
sqlite_realloc(void *old, int size)
{
	return fails_now() ? NULL : sqlite_memory.xRealloc(old, size);
}

static ssize_t
failing_pwrite(int fd, const void *data, size_t len, off_t at)
{
	if (fails_now()) {
		errno = ENOSPC;
		return -1;
	}
	return pwrite(fd, data, len, at);
}

/* Leaks are looked for where a run returned, not where it ended in exit(3). */
const char *__asan_default_options(void);
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

const char *
__asan_default_options(void)
{
	return "leak_check_at_exit=0:allocator_may_return_null=1";
}

/* --- the run ----------------------------------------------------------- */

static bool
store_all(struct ingest *in, struct store *s, struct error *e)
{
	struct stitch_options options = {.all_attempts = true};
	struct stitch_result result;
	struct event_list events = {0};
	stitch_arrange(in->vantages, in->count);
	store_stage(s, STORE_INGEST);
	bool ok = ingest_write(in, &events, s, e);
	store_stage(s, STORE_STITCH);
	ok = ok &&
		stitch_run(in->vantages, in->count, &events, &options, s,
			&result, e) &&
		store_publish(s, e);
	event_list_release(&events);
	return ok;
}

static bool
run_case(struct error *e)
{
	struct case_files files;
	struct ingest in = {0};
	struct store *s = NULL;
	struct progress progress = {0};
	struct feed_options options = {
		NULL, INT64_MIN, INT64_MAX, TRACK_LIMIT, TRACK_WHOLE};
	case_files_init(&files);
	bool ok = case_files_walk(&files, scratch_path("case"), e);
	ok = ok && case_files_look(&files, e);
	if (ok) {
		case_files_place(&files);
		ok = ingest_read(&in, &files, &options, &progress, e);
	}
	if (ok) {
		s = store_create(scratch_path("out/evidence.sqlite"), e);
		ok = s != NULL && store_all(&in, s, e);
	}
	store_free(s);
	ingest_release(&in);
	case_files_release(&files);
	return ok;
}

static int
child(const char *kind, long n)
{
	struct error e = {0};
	wrap_counts = strcmp(kind, "malloc") == 0;
	atomic_store(&countdown, n);
	bool ok = run_case(&e);
	bool reached = atomic_load(&countdown) < 0;
	atomic_store(&countdown, -1);
	if (__lsan_do_recoverable_leak_check != NULL &&
		__lsan_do_recoverable_leak_check() != 0)
		return 90;
	if (!ok && e.text[0] == '\0')
		return 91;
	if (!ok)
		return error_exit_status(&e);
	return reached ? 0 : 92; /* nothing failed: the end of the series */
}

/* --- what must hold after it ------------------------------------------- */

static int
count_outputs(void)
{
	int n = 0;
	DIR *d = opendir(scratch_path("out"));
	assert(d != NULL);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		if (e->d_name[0] == '.')
			continue;
		char name[300];
		snprintf(name, sizeof name, "out/%s", e->d_name);
		unlink(scratch_path(name));
		n++;
	}
	closedir(d);
	return n;
}

/* True when the n-th failure was borne; *last when there was none to bear. */
static bool
one_run(const char *kind, long n, int statuses[256], bool *last)
{
	int status = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(93);
		exit(child(kind, n));
	}
	waitpid(pid, &status, 0);
	int outputs = count_outputs();
	if (!WIFEXITED(status)) {
		printf("%s %ld: ended by signal %d\n", kind, n,
			WTERMSIG(status));
		return false;
	}
	int code = WEXITSTATUS(status);
	statuses[code]++;
	*last = code == 92;
	bool whole = code == 0 || code == 92;
	if (outputs != (whole ? 1 : 0))
		printf("%s %ld: status %d and %d files left\n", kind, n, code,
			outputs);
	if (!whole && code != 3)
		printf("%s %ld: status %d\n", kind, n, code);
	return (whole || code == 3) && outputs == (whole ? 1 : 0);
}

/* --- the case ---------------------------------------------------------- */

static void
segment(struct pcap_file *f, int64_t us, bool to_server, uint16_t port,
	uint8_t flags, uint32_t seq, uint32_t ack)
{
	struct pcap_segment s = {.ns = T0 + us * NS_PER_US,
		.src = to_server ? 1 : 2,
		.dst = to_server ? 2 : 1,
		.src_port = to_server ? port : 443,
		.dst_port = to_server ? 443 : port,
		.flags = flags,
		.seq = seq,
		.ack = ack};
	pcap_add(f, &s);
}

static void
write_case(void)
{
	static struct pcap_file near;
	static struct pcap_file far;
	pcap_begin(&near);
	pcap_begin(&far);
	for (uint16_t i = 1; i <= 4; i++) {
		int64_t at = 1000000 * (int64_t)i;
		segment(&near, at, true, i, TCP_SYN, 9, 0);
		segment(&far, at + 1000, true, i, TCP_SYN, 9, 0);
		segment(&far, at + 1100, false, i, TCP_SYN | TCP_ACK, 5, 10);
		segment(&near, at + 2000, false, i, TCP_SYN | TCP_ACK, 5, 10);
		segment(&near, at + 2100, true, i, TCP_ACK, 10, 6);
		segment(&far, at + 3000, true, i, TCP_ACK, 10, 6);
		segment(&near, at + 4000, true, 100 + i, TCP_SYN, 9, 0);
	}
	scratch_file("case/client/a.pcap", near.data, near.len);
	scratch_file("case/server/a.pcap", far.data, far.len);
	scratch_file("case/server/notes.txt", "words\n", 6);
	mkdir(scratch_path("out"), 0755);
}

static void
prepare(const char *kind)
{
	if (strcmp(kind, "sqlite") == 0) {
		sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory);
		sqlite3_mem_methods counted = sqlite_memory;
		counted.xMalloc = sqlite_malloc;
		counted.xRealloc = sqlite_realloc;
		/* Lookaside memory would hide most small allocations. */
		sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
		sqlite3_config(SQLITE_CONFIG_MALLOC, &counted);
	}
	atomic_store(&countdown, -1);
	if (strcmp(kind, "write") == 0) {
		sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
		vfs->xSetSystemCall(
			vfs, "pwrite", (sqlite3_syscall_ptr)failing_pwrite);
		vfs->xSetSystemCall(
			vfs, "pwrite64", (sqlite3_syscall_ptr)failing_pwrite);
	}
}

int
main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";
	long step = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
	if (step < 1 ||
		(strcmp(kind, "malloc") != 0 && strcmp(kind, "sqlite") != 0 &&
			strcmp(kind, "write") != 0)) {
		fputs("usage: fault_alloc malloc | sqlite | write [STEP]\n",
			stderr);
		return 2;
	}
	prepare(kind);
	if (scratch_make(NULL) != 0)
		return 2;
	write_case();
	int statuses[256] = {0};
	int bad = 0;
	bool last = false;
	long runs = 0;
	long n = 0;
	for (; !last && n < RUNS_MAX && bad < 20; n += step) {
		bad += !one_run(kind, n, statuses, &last);
		runs++;
	}
	scratch_remove(NULL);
	printf("%s: %ld failures: %d absorbed, %d ended with status 3, %d "
	       "bad\n",
		kind, runs - 1, statuses[0], statuses[3], bad);
	/* A series without a single failure tests nothing. */
	return bad > 0 || !last || statuses[3] == 0;
}
