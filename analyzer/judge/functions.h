/*
 * SQL functions of our own.
 *
 * span(us): a text, as clock_span has it. counted(n, one[, many]): "3 attempts".
 * all_of(n, one): "both attempts". chance(failed, tried, other_failed,
 * other_tried): 0 to 1. odds(p): "1 in 70" or "". share_low(hits, tries),
 * share_high(hits, tries): percent. firewall_ports(text, port): 1 the text names
 * the port, 0 it names others alone, NULL it names none. firewall_fate(...): see
 * judge/cause_functions.def.
 */
#ifndef JUDGE_FUNCTIONS_H
#define JUDGE_FUNCTIONS_H

#include <sqlite3.h>
#include <stdbool.h>

/* Give them to a connection, for as long as it is open. False without memory;
 * SQLite has the message. */
bool functions_add(sqlite3 *db);

#endif
