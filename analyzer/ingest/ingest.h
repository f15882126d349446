/*
 * The first stage: from the files of a case to vantages in memory, and rows
 * about the files in the store.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "ingest/case_files.h"
#include "ingest/feed.h"
#include "ingest/late_hash.h"
#include "model/event.h"
#include "store/store.h"

/* Vantages of one case; more are refused. */
#define INGEST_VANTAGES_MAX 8

struct ingest {
	const struct case_files *files;               /* borrowed */
	struct vantage vantages[INGEST_VANTAGES_MAX]; /* path order, client
	                                                 first; owned */
	size_t count;
	/* Files read for the vantage whose origin is this index; owned. */
	struct feed_piece *pieces[INGEST_VANTAGES_MAX];
	size_t pieces_count[INGEST_VANTAGES_MAX];
	struct late_hash late; /* runs from ingest_read on */
};

/*
 * Read all captures of a case, one thread a vantage. False with *e set when
 * captures were given and none is usable, or when there is neither a capture nor
 * any other evidence that is understood. Release with ingest_release in either case.
 */
bool ingest_read(struct ingest *in, const struct case_files *files,
	const struct feed_options *options, struct progress *progress,
	struct error *e);

/* May the packets settle the order of the vantages? Not that of two of which a
 * person said what one is. */
bool ingest_order_open(const struct ingest *in);

/*
 * Vantages have been arranged: a machine whose role nobody said gets that of
 * the place at which its packets put it, and its files with it. lone_end: of a
 * lone capture, 1 when its packets prove that it was made at the client, -1 at
 * the server, 0 when they do not. both_ways: the machines call each other, so
 * that no end's name is one's.
 */
void ingest_settle_roles(struct ingest *in, struct case_files *files,
	int lone_end, bool both_ways);

/*
 * Write vantage, source, accounting, trust and anomaly rows, and those of flow
 * logs and snapshots; what is an event goes to events. Call it after
 * vantages were arranged (a swapped pair). The store must be in stage
 * STORE_INGEST. False with *e set also where nothing was understood.
 */
bool ingest_write(const struct ingest *in, struct event_list *events,
	struct store *s, struct error *e);

/* False with *e set where neither captures nor any other file said anything:
 * text of no form that is known says something when a pattern knows a line. */
bool ingest_understood(const struct ingest *in, const struct event_list *events,
	struct error *e);

/* Say on standard error what is wrong with the files, a line each. */
void ingest_complain(const struct ingest *in);

/* Give back what the vantages hold; the rest stays. */
void ingest_release_vantages(struct ingest *in);

/* Wait for the files' hashes and write them. The store must be in stage
 * STORE_INGEST. */
bool ingest_write_hashes(struct ingest *in, struct store *s, struct error *e);

void ingest_release(struct ingest *in);

/* Files that nobody placed, and that name the own address of a capture's machine
 * (one for each vantage), are that machine's. Behind ingest_settle_roles. */
void ingest_claim(
	struct ingest *in, struct case_files *files, const struct ip_addr *own);

#endif
