/*
 * A log that several machines wrote into, as a collector, a search in a log store
 * or a person put it together:
 *
 *	Nov 21 09:14:58 app-07 kernel: nf_conntrack: table full, dropping packet
 *	Nov 21 09:14:58 web-03 nginx[812]: upstream timed out (110: ...
 *
 * Every line that names its machine is of that machine; one that names none goes
 * with the line above it. Of a table, whose first line names its columns, every
 * machine's part begins with that line.
 */
#ifndef INGEST_COLLECTED_H
#define INGEST_COLLECTED_H

#include "base/arena.h"
#include "base/bytes.h"

/* Machines that are told apart; a log of more is left whole. */
#define COLLECTED_HOSTS_MAX 64

struct collected_part {
	struct view host;
	struct view body;
	const uint32_t *lines; /* the file's number of each line of the body */
};

/*
 * Call take for every machine's part, in the order in which they come first; all
 * texts lie in the arena. 0, and nothing taken, where the lines name fewer than
 * two machines or more than are told apart.
 */
size_t collected_split(struct view text, struct arena *a,
	void (*take)(void *context, const struct collected_part *part),
	void *context);

/* May this be the name of a machine, by which a part is told from others? */
bool collected_names(struct view host);

#endif
