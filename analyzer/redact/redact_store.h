/*
 * One pass over evidence.sqlite, after it was judged and before any report is
 * made of it: all outputs are made from the redacted database, so none of them
 * can pass it by.
 */
#ifndef REDACT_REDACT_STORE_H
#define REDACT_REDACT_STORE_H

#include "redact/redactor.h"
#include "store/store.h"

/*
 * Tell the redactor the names that the database holds (files, vantages, the
 * case, hosts), rewrite every text column and set meta key "redacted". The
 * store must be in stage STORE_REDACT and the redactor have its key. Old bytes
 * are still in the database's free space: store_publish of a store that was
 * created with store_create_in_memory leaves them behind.
 *
 * Costs one rewrite of each distinct text, about 2 us for 100 bytes.
 */
bool redact_store(struct redactor *r, struct store *s, struct error *e);

#endif
