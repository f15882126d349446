/*
 * lostsyn batch: options, the look at a file that may be a capture, the last
 * word.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyze.h"
#include "base/cores.h"
#include "base/digest.h"
#include "base/message.h"
#include "batch/batch.h"
#include "batch/names.h"
#include "batch/pool.h"
#include "command.h"
#include "ingest/pattern_folders.h"
#include "judge/judge.h"
#include "judge_command.h"
#include "parsers/capture/capture.h"

#define RULE_FOLDERS_MAX 16

/* One analysis: generous for a large case, an end for a hopeless one. */
#define TIMEOUT_S 600
#define MEMORY_MB 4096
#define OUTPUT_MB 8192
/* Numbers on the command line end here: sums stay far from overflow. */
#define NUMBER_MAX INT64_C(100000000)

enum {
	OPT_JOBS = 256,
	OPT_RESUME,
	OPT_QUICK,
	OPT_SHARD,
	OPT_DRY_RUN,
	OPT_MERGE,
	OPT_REJUDGE,
	OPT_TIMEOUT,
	OPT_MEMORY,
	OPT_OUTPUT,
	OPT_RULES,
	OPT_PATTERNS,
	OPT_PROGRESS,
	OPT_REDACT,
	OPT_REDACT_KEY,
};

static const struct option long_options[] = {
	{"output", required_argument, NULL, 'o'},
	{"jobs", required_argument, NULL, OPT_JOBS},
	{"resume", no_argument, NULL, OPT_RESUME},
	{"quick", no_argument, NULL, OPT_QUICK},
	{"shard", required_argument, NULL, OPT_SHARD},
	{"dry-run", no_argument, NULL, OPT_DRY_RUN},
	{"merge", no_argument, NULL, OPT_MERGE},
	{"rejudge", no_argument, NULL, OPT_REJUDGE},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"output-size", required_argument, NULL, OPT_OUTPUT},
	{"rules", required_argument, NULL, OPT_RULES},
	{"patterns", required_argument, NULL, OPT_PATTERNS},
	{"progress", required_argument, NULL, OPT_PROGRESS},
	{"redact", no_argument, NULL, OPT_REDACT},
	{"redact-key", required_argument, NULL, OPT_REDACT_KEY},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static const char usage[] =
	"usage: lostsyn batch ARCHIVE -o DIR [options]\n"
	"       lostsyn batch --merge DIR... -o DIR\n"
	"       lostsyn batch --rejudge -o DIR [--rules DIR]\n"
	"\n"
	"Analyses every case below ARCHIVE: folders with client and server\n"
	"parts (or case.yaml), captures named by their ends (x-client.pcap\n"
	"and x-server.pcap; also cli, c, srv, s), and captures alone.\n"
	"DIR gets the reports, index.html, index.sqlite and index.ndjson.\n"
	"\n"
	"  -o DIR              where results go; nothing else is written\n"
	"  --jobs N            cases at a time (default: processors)\n"
	"  --resume            go on in DIR: redo what is unfinished and\n"
	"                      what has other content, rules or program\n"
	"  --quick             with --resume: a file of the same size and\n"
	"                      time of change is taken for unchanged\n"
	"  --shard I/N         only the I-th of N parts of the archive\n"
	"  --merge             join the DIRs of shards into -o DIR\n"
	"  --rejudge           judge what is in DIR by the rules of today,\n"
	"                      without ARCHIVE; the index shows what changed\n"
	"  --dry-run           print the cases, analyse nothing\n"
	"  --timeout S         seconds for one case (600)\n"
	"  --memory MB         address space for one case (4096; 0: any)\n"
	"  --output-size MB    largest file of one case (8192)\n"
	"  --rules DIR         as for analyze\n"
	"  --patterns DIR      as for analyze\n"
	"  --redact            as for analyze, in each case's reports; index,\n"
	"                      folders and lists of inputs keep all names\n"
	"  --redact-key FILE   the same, with the pseudonyms of this FILE\n"
	"  --progress WHEN     auto, always or never\n"
	"  -q                  no summary, no line per case not analysed\n"
	"\n"
	"Exit status: 1 a case has failed attempts, 2 no usable case, 3 disk\n"
	"or memory, or no failed attempt but a case that did not finish.\n"
	"\n"
	"Example: lostsyn batch incidents/ -o results --jobs 8\n";

const char *
batch_usage(void)
{
	return usage;
}

struct batch_command {
	struct batch_options options;
	const char *rules[RULE_FOLDERS_MAX];
	const char *patterns[PATTERN_FOLDERS_MAX];
	char redaction[32];
	bool merge;
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
read_number(const char *option, const char *text, int64_t least, int64_t most,
	int64_t *to, struct error *e)
{
	char *end;
	errno = 0;
	*to = strtoll(text, &end, 10);
	if (end != text && *end == '\0' && errno == 0 && *to >= least &&
		*to <= most)
		return true;
	return error_set(e, ERROR_USAGE,
		"%s %s: write a number from %" PRId64 " to %" PRId64, option,
		text, least, most);
}

static bool
read_shard(struct batch_options *o, const char *text, struct error *e)
{
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

static bool
read_jobs(struct batch_options *o, const char *text, struct error *e)
{
	int64_t jobs;
	if (!read_number("--jobs", text, 1, POOL_JOBS_MAX, &jobs, e))
		return false;
	o->jobs = (int)jobs;
	return true;
}

static bool
add_rules(struct batch_command *c, const char *folder, struct error *e)
{
	if (c->options.rules_count == RULE_FOLDERS_MAX)
		return error_set(e, ERROR_USAGE, "more than %d --rules folders",
			RULE_FOLDERS_MAX);
	c->rules[c->options.rules_count++] = folder;
	return true;
}

static bool
add_patterns(struct batch_command *c, const char *folder, struct error *e)
{
	if (c->options.patterns_count == PATTERN_FOLDERS_MAX)
		return error_set(e, ERROR_USAGE,
			"more than %d --patterns folders", PATTERN_FOLDERS_MAX);
	c->patterns[c->options.patterns_count++] = folder;
	return true;
}

static bool
read_option(struct batch_command *c, int option, struct error *e)
{
	struct batch_options *o = &c->options;
	switch (option) {
	case 'o':
		o->out = optarg;
		return true;
	case OPT_JOBS:
		return read_jobs(o, optarg, e);
	case OPT_RESUME:
		o->resume = true;
		return true;
	case OPT_QUICK:
		o->quick = true;
		return true;
	case OPT_SHARD:
		return read_shard(o, optarg, e);
	case OPT_DRY_RUN:
		o->dry_run = true;
		return true;
	case OPT_MERGE:
		c->merge = true;
		return true;
	case OPT_REJUDGE:
		o->rejudge = true;
		return true;
	case OPT_TIMEOUT:
		return read_number(
			"--timeout", optarg, 1, NUMBER_MAX, &o->timeout_s, e);
	case OPT_MEMORY:
		return read_number(
			"--memory", optarg, 0, NUMBER_MAX, &o->memory_mb, e);
	case OPT_OUTPUT:
		return read_number("--output-size", optarg, 1, NUMBER_MAX,
			&o->output_mb, e);
	case OPT_RULES:
		return add_rules(c, optarg, e);
	case OPT_PATTERNS:
		return add_patterns(c, optarg, e);
	case OPT_PROGRESS:
		return progress_mode_read(&o->progress, optarg, e);
	case OPT_REDACT:
		o->redact = true;
		return true;
	case OPT_REDACT_KEY:
		o->redact = true;
		o->redact_key = optarg;
		return true;
	case 'q':
		o->quiet = true;
		return true;
	case 'h':
		c->help = true;
		return true;
	default:
		return error_set(e, ERROR_USAGE,
			"see 'lostsyn batch --help' for the options");
	}
}

static bool
check_arguments(struct batch_command *c, int argc, char **argv, struct error *e)
{
	struct batch_options *o = &c->options;
	int count = argc - optind;
	if (o->out == NULL && !o->dry_run)
		return error_set(e, ERROR_USAGE,
			"where shall the results go? name a folder with -o");
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
analyze_case(void *rules, int argc, char **argv)
{
	return analyze_run(argc, argv, rules);
}

static int
judge_case(void *rules, int argc, char **argv)
{
	return judge_command(argc, argv, rules);
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
	c->options = (struct batch_options){
		.rules = c->rules,
		.patterns = c->patterns,
		.jobs = processors(),
		.shard = 1,
		.shards = 1,
		.timeout_s = TIMEOUT_S,
		.memory_mb = MEMORY_MB,
		.output_mb = OUTPUT_MB,
		.is_capture = looks_like_capture,
		.analyze = analyze_case,
		.judge = judge_case,
	};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "o:qh", long_options, NULL)) !=
		-1)
		if (!read_option(c, option, e))
			return false;
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
	if (o->rejudge)
		printf("%" PRId64 " with changed verdicts or findings\n",
			r->changed);
	if (r->kept > 0)
		printf("%" PRId64 " kept from an earlier run\n", r->kept);
	printf("%s/index.html\n%s/index.sqlite\n%s/index.ndjson\n", o->out,
		o->out, o->out);
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
	struct rule_set *rules =
		rules_load(o->rules, o->rules_count, stderr, e);
	if (rules == NULL)
		return false;
	o->rules_sha256 = rules_digest(rules);
	o->context = rules;
	bool ok = o->rejudge ? batch_rejudge(o, result, e)
			     : batch_run(o, result, e);
	rules_free(rules);
	return ok;
}

int
cmd_batch(int argc, char **argv)
{
	struct batch_command c = {0};
	struct batch_result result = {0};
	struct error e = {0};
	int status = EXIT_ALL_WELL;
	if (!read_options(&c, argc, argv, &e))
		return command_fail(&e);
	if (c.help)
		fputs(usage, stdout);
	else if (!run(&c, &result, &e))
		status = command_fail(&e);
	else if (!c.options.dry_run) {
		status = exit_status(&c.options, &result);
		if (!c.options.quiet)
			print_summary(&c.options, &result);
	}
	return command_done(status);
}
