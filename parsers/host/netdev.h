/*
 * The kernel's names of interface counters, from the headings of the tools.
 */
#ifndef PARSERS_HOST_NETDEV_H
#define PARSERS_HOST_NETDEV_H

#include <stdbool.h>

#include "base/bytes.h"

/*
 * "rx_dropped" for a heading "dropped" ("drop", "DRP") on the receiving side.
 * NULL if it is not known. Static storage.
 */
const char *netdev_name(bool tx, struct view heading);

#endif
