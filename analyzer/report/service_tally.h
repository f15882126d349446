/*
 * How the attempts to each service ended, and how they fared client by client.
 */
#ifndef REPORT_SERVICE_TALLY_H
#define REPORT_SERVICE_TALLY_H

#include "report/report_model.h"

struct tally_ending {
	const char *verdict;
	int64_t count;
};

/* A client of a service. */
struct tally_client {
	int service;    /* its index, while counting */
	int64_t client; /* host.id */
	int64_t attempts, failed, undecided;
	const char *ip; /* of those that are handed out */
};

struct tally_service {
	int64_t server, port, attempts, failed, undecided;
	const char *ip;
	struct tally_ending *endings; /* by name; owned */
	int ending_count;
	const struct tally_client *clients; /* most failures first */
	int client_count; /* of these, the first that were asked for */
	int clients_in_all;
};

struct service_tally {
	struct tally_service *services; /* most failures first */
	int count;
	struct tally_client *clients; /* owned */
};

/* Count all attempts: one pass over those that were judged, and the sums of the
 * clean ones. Of each service at most clients_max clients are handed out. Memory:
 * about 100 bytes for each pair of a client and a service. Free with
 * service_tally_release. */
void service_tally_read(
	struct service_tally *t, struct report *r, int clients_max);
void service_tally_release(struct service_tally *t);

#endif
