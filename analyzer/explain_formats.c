/*
 * lostsyn explain formats: each row of the tables of parsers/, with an example
 * where the table has one.
 */
#include "explain_formats.h"

#include <stdio.h>

#include "parsers/host/host.h"
#include "parsers/log/log.h"

static const struct {
	const char *id;
	const char *meaning;
} flows[] = {
#define X(constant, id, cloud, meaning) {id, meaning},
#include "parsers/flow/flow_parsers.def"
#undef X
};

static void
print_logs(void)
{
	puts("\n## Log lines\n\nAn envelope may stand within another: a "
	     "container's around a shipper's around\na program's. Colours, "
	     "columns of container names, quote marks and what grep\nputs in "
	     "front come off first.\n");
	for (int f = 0; f < LOG_FAMILY_COUNT; f++)
		printf("- `%s`: %s\n\n      %s\n",
			log_family_id((enum log_family)f),
			log_family_meaning((enum log_family)f),
			log_family_example((enum log_family)f));
}

static void
print_times(void)
{
	const char *example;
	const char *who;
	puts("\n## Times that lines begin with\n");
	for (size_t i = 0; log_time_form(i, &example, &who); i++)
		printf("- `%s`: %s\n", example, who);
}

void
explain_formats(void)
{
	puts("# What is read\n\nEach file is told by its content, not by its "
	     "name. `lostsyn decode FILE` says what\none was taken for and "
	     "why.");
	print_logs();
	print_times();
	puts("\n## Flow logs\n");
	for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
		printf("- `%s`: %s\n", flows[i].id, flows[i].meaning);
	puts("\n## Host state\n");
	for (int k = HOST_NONE + 1; k < HOST_KIND_COUNT; k++)
		printf("- `%s`: %s\n", host_kind_id((enum host_kind)k),
			host_kind_meaning((enum host_kind)k));
}
