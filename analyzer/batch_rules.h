/*
 * A user's rules, seen for a batch by a process that can do nothing else.
 */
#ifndef BATCH_RULES_H
#define BATCH_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"

/*
 * Load the rules of the folders in a process of its own, inside the sandbox; every
 * problem goes to standard error. False with *e set where they are no rules. digest
 * is that of the whole set (rules_digest). The rules themselves are not handed on:
 * each analysis loads them within its own sandbox. Call it while there is one
 * thread.
 */
bool batch_rules_look(const char *const *folders, size_t count,
	char digest[DIGEST_TEXT_MAX], struct error *e);

#endif
