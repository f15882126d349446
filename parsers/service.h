/*
 * Names of services that stand in the place of a port.
 */
#ifndef PARSERS_SERVICE_H
#define PARSERS_SERVICE_H

#include "base/bytes.h"

/* The port of a service as decimal digits, or empty for a name that services.def
   does not have. Static storage. */
struct view service_port(struct view name);

#endif
