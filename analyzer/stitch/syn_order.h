/*
 * What the order of SYNs tells where clocks tell nothing: one was set while an
 * attempt went on, so that its packets seem to travel through time.
 */
#ifndef STITCH_SYN_ORDER_H
#define STITCH_SYN_ORDER_H

#include <stdbool.h>

#include "model/facts.h"
#include "model/sighting.h"

/*
 * How many SYN-ACKs the server sent before the last SYN came, or a second before
 * ran_until_ns, all by the clock of the server's own capture: until then the
 * client's ran, as SYNs of other attempts show (INT64_MIN: none do).
 */
int syn_order_answers(const struct sighting *at_server, int64_t ran_until_ns);

/*
 * True when both ends show the same SYNs, two or more, by their timestamps, and the
 * client got no SYN-ACK: both captures ran from the first SYN to the last, and what
 * was sent in between would have come in between. Neither is NULL.
 */
bool syn_order_tells(const struct sighting *at_client,
	const struct sighting *at_server, int64_t ran_until_ns);

/*
 * True when the client got every SYN-ACK that the server's end shows, and one after
 * its ACK: that ACK was sent between two that the server's capture holds, which
 * covers it by its own clock. Either sighting may be NULL.
 */
bool syn_order_brackets_acks(
	const struct sighting *at_client, const struct sighting *at_server);

/*
 * Facts of an attempt whose times contradict each other and of which the order of
 * SYNs tells nothing. What came by the other end's clock proves nothing. What left
 * an end that shows the attempt was captured there or not, whatever clocks say;
 * and where both ends show as many copies of the same SYNs, all arrived. Neither
 * sighting is NULL.
 */
void syn_order_doubt(const struct sighting *at_client,
	const struct sighting *at_server, struct facts *f);

#endif
