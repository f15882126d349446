/*
 * How the attempts to each service ended: the unit of the first screen.
 *
 * A service is a server address and port as clients know it; an address that it
 * is translated to counts as the service, where an attempt that was seen at both
 * ends shows the translation. Rows that one cause explains are put together
 * (groups), so that a host with a thousand dead ports is one row.
 *
 * Costs a pass over the judged attempts (shared with report_judged.c), one over
 * what findings explain and one over the clean attempts; memory for as many
 * services as SERVICES_KEPT_MAX, beyond which attempts are only counted.
 */
#ifndef REPORT_SERVICES_H
#define REPORT_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "render/words.h"

struct report;
struct report_judged;

/* More services than any table shows; a scan of ports has no more to say. */
#define SERVICES_KEPT_MAX 65536

/* How many rows of one cause read better as one. */
#define SERVICES_GROUP_MIN 3

/* Addresses of a group that are counted. */
#define SERVICES_HOSTS_MAX 999

struct service_sum {
	int64_t server; /* host.id */
	const char *ip;
	int64_t port;
	int64_t attempts, failed, undecided, slow;
	int64_t reported;          /* failures that logs tell of beside these */
	int64_t clients;           /* how many different ones failed */
	int64_t client;            /* host.id of the first of them, -1: none */
	int verdict;               /* commonest failure: index into the model's
	                          verdicts, else what is undecided; -1: none */
	int64_t verdict_count;     /* so many */
	const char *confidence;    /* of most of these; NULL without verdict */
	int64_t example;           /* the first of these */
	int finding;               /* index into findings, -1: none */
	int64_t explained;         /* so many does it explain here */
	int64_t first_ns, last_ns; /* of the failed and undecided ones, else of
	                              the slow ones; CLOCK_UNKNOWN_NS: none */
	int group;                 /* index into groups */
};

/* A finding that some service's row names. */
struct report_reason {
	int64_t id;
	const char *rule, *title, *confidence;
	int rank; /* order of the report, best first */
};

/* A row of the first screen: services that fail alike, by one cause. */
struct report_group {
	int row;       /* report_service.group of its services */
	int first;     /* its worst service */
	int services;  /* how many */
	bool one_host; /* all at one address */
	int hosts;     /* how many addresses */
	int64_t attempts, failed, undecided, slow, reported, explained;
	int64_t clients; /* -1: several, not added up */
	int64_t first_ns, last_ns;
};

struct report_services {
	struct service_sum *list; /* worst first; owned */
	int count;
	int troubled;     /* so many of them failed, are undecided or slow */
	int64_t left_out; /* services beyond SERVICES_KEPT_MAX, at most */
	int64_t slow;     /* over all */
	struct report_reason *findings; /* owned */
	int finding_count;
	struct report_group *groups; /* worst first, of troubled ones; owned */
	int group_count;
};

/* While the judged attempts go by. */
struct services_pass;
struct services_pass *services_begin(void);

/* An attempt, whose verdict is row row of the
 * model's verdicts as they stand in this pass. */
void services_judge(struct services_pass *p, const struct report_judged *j,
	int row, bool slow);

/* Once the verdicts have their final order: the rest of the model. Frees p. */
void services_end(struct services_pass *p, struct report *r);

/* The groups, once the list has its order. */
void service_groups_make(struct report *r);

void services_release(struct report_services *s);

#endif
