/*
 * Failures that one report tells of in several lines, counted once.
 */
#ifndef STITCH_RETOLD_H
#define STITCH_RETOLD_H

#include "store/store.h"

/*
 * Of the rows of reported_failure that are of one report (event.fields,
 * told_from) and of one server and port, the first stays. Where it does not say
 * how the connect failed and another line of the report does, of this server or
 * of none that it names, that is how. temp.failure_name (name, how) names the
 * events that report failures.
 */
bool retold_merge(struct store *s, struct error *e);

#endif
