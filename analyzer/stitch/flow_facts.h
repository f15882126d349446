/*
 * What flow logs, and the logs of clients, say about attempts.
 *
 * A flow log is a further vantage that sees existence, not order: its records
 * are joined to attempts by addresses, ports and a window of time.
 */
#ifndef STITCH_FLOW_FACTS_H
#define STITCH_FLOW_FACTS_H

#include "base/error.h"
#include "store/store.h"

/* Fill facts.flow_syn and facts.flow_reply; costs nothing without records. */
bool flow_facts_write(struct store *s, struct error *e);

/* The same by what firewalls between the ends logged; behind flow_facts_write
 * and the writing of events. */
bool flow_facts_by_events(struct store *s, struct error *e);

/* Fill facts.syn_logged by what the packet filter of the server's own machine
 * logged: behind the writing of events and sightings. A rule that logs, before
 * routing as well, shows that the SYN came in and not what became of it. */
bool flow_facts_of_arrivals(struct store *s, struct error *e);

/* Fill facts.wait_told by what clients and proxies logged of waits; behind the
 * writing of events and facts. */
bool flow_facts_of_waits(struct store *s, struct error *e);

#endif
