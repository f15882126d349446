/*
 * Captures of several servers that stand side by side at the far end.
 *
 *	client -> balancer -> one of server 1, server 2, server 3
 *
 * Of a path the last capture is the server's of every attempt. Behind a balancer
 * each server has attempts of its own, and none passes two of them.
 */
#ifndef STITCH_ABREAST_H
#define STITCH_ABREAST_H

#include "stitch/case.h"

/*
 * Set k->abreast of each vantage that is a server's own; none unless there are
 * two, and the far one is among them or shows no attempt at all. Such a vantage
 * has no router's name and sends no SYN on; it shows one server address in all
 * of its attempts, which no other capture shows but the client's and those that
 * are said to stand between, and none of its attempts is in another one's. (A
 * router in front of a server whose capture is there too shows that server's
 * address.) Behind match_run and own_find.
 */
void abreast_find(struct stitch_case *k);

/* The server's end of an attempt: the one of them that shows it, or else the one
 * that has its server's address, or else k->far. */
size_t abreast_far(const struct stitch_case *k, uint32_t attempt);

#endif
