/*
 * lostsyn batch: options, the look at a file that may be a capture, the last
 * word.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "analyze.h"
#include "base/cores.h"
#include "base/digest.h"
#include "base/message.h"
#include "base/safe_format.h"
#include "batch/batch.h"
#include "batch/names.h"
#include "batch/pool.h"
#include "batch/watch.h"
#include "batch_rules.h"
#include "command.h"
#include "ingest/pattern_folders.h"
#include "judge/judge.h"
#include "judge_command.h"
#include "parsers/capture/capture.h"
#include "parsers/patterns/pattern.h"

/* One analysis: generous for a large case, an end for a hopeless one. */
#define TIMEOUT_S 600
#define MEMORY_MB 4096
#define OUTPUT_MB 8192
/* --watch: seconds between two looks, and until a case counts as whole. */
#define WATCH_EVERY_S 2
#define WATCH_SETTLE_S 30
/* Numbers on the command line end here: sums stay far from overflow. */
#define NUMBER_MAX INT64_C(100000000)

struct batch_command {
	struct batch_options options;
	struct option_list said; /* folders that are one case each */
	struct option_list rules;
	struct option_list patterns;
	int64_t jobs;
	char redaction[32];
	char digest[DIGEST_TEXT_MAX]; /* of rules that a user brings along */
	bool merge;
	bool watch;
	int64_t settle_s;
	bool help;
};

/* By its first bytes; a packed one also by its name, because only unpacking
 * would tell, and nothing is unpacked outside of an analysis. */
static bool
looks_like_capture(const char *path)
{
	static const uint8_t gzip[] = {0x1f, 0x8b};
	static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
	static const uint8_t xz[] = {0xfd, '7', 'z', 'X', 'Z', 0};
	uint8_t bytes[CAPTURE_MAGIC_BYTES] = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	/* Unreadable: its name is all there is, and the analysis says why. */
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
	if (fd >= 0)
		close(fd);
	bool packed = n >= 6 &&
		(memcmp(bytes, gzip, sizeof gzip) == 0 ||
			memcmp(bytes, zstd, sizeof zstd) == 0 ||
			memcmp(bytes, xz, sizeof xz) == 0);
	if (n <= 0 || packed) {
		const char *slash = strrchr(path, '/');
		return name_is_capture(slash == NULL ? path : slash + 1);
	}
	return capture_recognise(view_of(bytes, (size_t)n)) !=
		CAPTURE_FORMAT_NONE;
}

static bool
read_shard(void *into, const char *text, struct error *e)
{
	struct batch_options *o = &((struct batch_command *)into)->options;
	char *end;
	unsigned long i = strtoul(text, &end, 10);
	unsigned long n =
		end != text && *end == '/' ? strtoul(end + 1, &end, 10) : 0;
	if (*end != '\0' || i < 1 || n < i || n > 1000000)
		return error_set(e, ERROR_USAGE,
			"--shard %s: write I/N, such as 1/4 to 4/4", text);
	o->shard = (uint32_t)i;
	o->shards = (uint32_t)n;
	return true;
}

#define OPTIONS_INTO struct batch_command
static const struct option_row rows[] = {
#include "cmd_batch.def"
};
const struct options batch_options = OPTIONS("batch", rows);

static bool
check_arguments(struct batch_command *c, int argc, char **argv, struct error *e)
{
	struct batch_options *o = &c->options;
	int count = argc - optind;
	if (o->out == NULL && !o->dry_run)
		return error_set(e, ERROR_USAGE,
			"missing -o DIR, the folder that the results go to");
	if (c->merge && count == 0)
		return error_set(e, ERROR_USAGE,
			"--merge: name the folders of the shards");
	if (o->rejudge && (c->merge || o->dry_run || o->shards > 1))
		return error_set(e, ERROR_USAGE,
			"--rejudge goes with -o, --rules, --jobs and limits "
			"only");
	if (o->rejudge && count != 0)
		return error_set(e, ERROR_USAGE,
			"--rejudge needs no archive, only the results: -o DIR");
	if (!c->merge && !o->rejudge && count != 1)
		return error_set(e, ERROR_USAGE,
			"one ARCHIVE at a time: the folder that holds the "
			"cases");
	if (c->watch && (c->merge || o->rejudge || o->dry_run))
		return error_set(e, ERROR_USAGE,
			"--watch goes with an archive, which is analysed");
	if (c->watch) {
		o->resume = o->quick = true;
		o->settle_s = c->settle_s;
	}
	if (o->quick && !o->resume)
		return error_set(e, ERROR_USAGE,
			"--quick has a meaning only with --resume");
	if (c->merge) {
		o->merge = (const char *const *)argv + optind;
		o->merge_count = (size_t)count;
	} else if (!o->rejudge) {
		o->archive = argv[optind];
	}
	return true;
}

static int
analyze_case(void *given, int argc, char **argv)
{
	const struct analyze_given nothing = {0};
	return analyze_run(argc, argv, given != NULL ? given : &nothing);
}

static int
judge_case(void *context, int argc, char **argv)
{
	const struct analyze_given *given = context;
	return judge_command(argc, argv, given != NULL ? given->rules : NULL);
}

static int
processors(void)
{
	int n = cores_usable();
	return n < POOL_JOBS_MAX ? n : POOL_JOBS_MAX;
}

static bool
read_options(struct batch_command *c, int argc, char **argv, struct error *e)
{
	struct batch_options *o = &c->options;
	c->jobs = processors();
	c->settle_s = WATCH_SETTLE_S;
	*o = (struct batch_options){
		.rules = c->rules.at,
		.patterns = c->patterns.at,
		.shard = 1,
		.shards = 1,
		.timeout_s = TIMEOUT_S,
		.memory_mb = MEMORY_MB,
		.output_mb = OUTPUT_MB,
		.is_capture = looks_like_capture,
		.analyze = analyze_case,
		.judge = judge_case,
	};
	if (!options_read(&batch_options, c, argc, argv, &c->help, e))
		return false;
	o->jobs = (int)c->jobs;
	o->said = c->said.at;
	o->said_count = c->said.count;
	o->rules_count = c->rules.count;
	o->patterns_count = c->patterns.count;
	o->redact |= o->redact_key != NULL;
	return c->help || check_arguments(c, argc, argv, e);
}

static void
print_summary(const struct batch_options *o, const struct batch_result *r)
{
	printf("%" PRId64 " cases: %" PRId64 " analysed (%" PRId64
	       " with failed or undetermined attempts), %" PRId64
	       " without usable evidence, %" PRId64 " not finished\n",
		r->cases, r->usable, r->with_failures,
		r->cases - r->usable - r->unfinished, r->unfinished);
	if (r->duplicates > 0)
		printf("%" PRId64
		       " with the evidence of another case, which is "
		       "counted once\n",
			r->duplicates);
	if (r->worse > 0)
		printf("%" PRId64 " server %s: more fails than on the days "
		       "before (index.html: Worse than before)\n",
			r->worse, r->worse == 1 ? "port" : "ports");
	if (o->rejudge)
		printf("%" PRId64 " with changed verdicts or findings\n",
			r->changed);
	if (r->kept > 0)
		printf("%" PRId64 " kept from an earlier run\n", r->kept);
	if (r->unplaced > 0)
		printf("%" PRId64 " %s in no case (unplaced.txt)\n",
			r->unplaced,
			r->unplaced == 1 ? "file or link" : "files or links");
	safe_print(stdout, "%s/index.html\n%s/index.sqlite\n%s/index.ndjson\n",
		o->out, o->out, o->out);
}

static int
exit_status(const struct batch_options *o, const struct batch_result *r)
{
	if (r->cases == 0 && o->shards > 1) {
		message("shard %d of %d holds no case", (int)o->shard,
			(int)o->shards);
		return EXIT_ALL_WELL;
	}
	if (r->with_failures > 0)
		return EXIT_FAILED_ATTEMPTS;
	if (r->unfinished > 0)
		return EXIT_ENVIRONMENT;
	return r->usable > 0 ? EXIT_ALL_WELL : EXIT_USAGE;
}

/* Results that were made with another key, or with none, are made again. */
static bool
name_redaction(struct batch_command *c, struct error *e)
{
	struct batch_options *o = &c->options;
	struct digest d;
	char hex[DIGEST_TEXT_MAX];
	char bytes[4096];
	size_t n;
	if (o->redact)
		o->redact_word = " --redact";
	if (o->redact_key == NULL)
		return true;
	FILE *in = fopen(o->redact_key, "rb");
	if (in == NULL)
		return error_set(e, ERROR_USAGE, "%s: cannot be opened: %s",
			o->redact_key, strerror(errno));
	digest_init(&d);
	while ((n = fread(bytes, 1, sizeof bytes, in)) > 0)
		digest_add(&d, view_of(bytes, n));
	fclose(in);
	digest_finish(&d, hex);
	snprintf(c->redaction, sizeof c->redaction, " --redact-key %.8s", hex);
	o->redact_word = c->redaction;
	return true;
}

static bool
run(struct batch_command *c, struct batch_result *result, struct error *e)
{
	struct batch_options *o = &c->options;
	if (c->merge)
		return batch_merge(o, result, e);
	if (!name_redaction(c, e))
		return false;
	/* Ours are loaded once, and our patterns with them; those of a user only
	 * within a sandbox, which is that of each analysis. */
	bool ours = o->rules_count == 0;
	struct rule_set *rules =
		ours ? rules_load_to_judge(NULL, 0, stderr, e) : NULL;
	if (ours ? rules == NULL
		 : !batch_rules_look(o->rules, o->rules_count, c->digest, e))
		return false;
	o->rules_sha256 = ours ? rules_digest(rules) : c->digest;
	struct pattern_set *patterns = ours ? pattern_set_ours() : NULL;
	struct analyze_given given = {rules, patterns};
	o->context = ours ? &given : NULL;
	bool ok = o->rejudge ? batch_rejudge(o, result, e)
			     : batch_run(o, result, e);
	pattern_set_free(patterns);
	rules_free(rules);
	return ok;
}

/* The whole batch once; its exit status. */
static int
run_once(struct batch_command *c)
{
	struct batch_result result = {0};
	struct error e = {0};
	if (!run(c, &result, &e))
		return command_fail(&e);
	if (c->options.dry_run)
		return EXIT_ALL_WELL;
	if (!c->options.quiet)
		print_summary(&c->options, &result);
	return exit_status(&c->options, &result);
}

/*
 * Again and again, when something is new; each time in a process of its own, for
 * a batch ends by giving up its rights. A signal ends this one, and with it the
 * one at work, whose results are whole at any moment.
 */
static int
watch(struct batch_command *c)
{
	uint64_t done = 0;
	for (;; sleep(WATCH_EVERY_S)) {
		uint64_t mark = watch_mark(&c->options);
		if (mark == 0 || mark == done)
			continue;
		fflush(stdout);
		pid_t child = fork();
		if (child < 0)
			continue;
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			exit(command_done(run_once(c)));
		}
		int status = 0;
		if (waitpid(child, &status, 0) == child && WIFEXITED(status) &&
			WEXITSTATUS(status) != EXIT_ENVIRONMENT)
			done = mark;
	}
}

int
cmd_batch(int argc, char **argv)
{
	struct batch_command c = {0};
	struct error e = {0};
	if (!read_options(&c, argc, argv, &e))
		return command_fail(&e);
	if (c.help) {
		options_print(&batch_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	return c.watch ? watch(&c) : command_done(run_once(&c));
}
