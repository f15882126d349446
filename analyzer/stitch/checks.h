/*
 * Reports of failed connects out of health checks. A check's event says that it
 * failed and its fields say why: those whose connect failed are reports of the
 * balancer's connects to that server, by the names that the balancer has for it.
 */
#ifndef STITCH_CHECKS_H
#define STITCH_CHECKS_H

#include <stdbool.h>

#include "base/error.h"
#include "store/store.h"

/* Makes temp.failed_check of the checks whose connect failed, which may have no
 * row. false: the store failed, and e says how. */
bool checks_find(struct store *s, struct error *e);

/* Writes their rows of reported_failure, and hosts for the names of servers, and
 * drops temp.failed_check. false as above. */
bool checks_report(struct store *s, struct error *e);

#endif
