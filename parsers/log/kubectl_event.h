/*
 * How often an event of Kubernetes was seen, by the line that kubectl prints.
 */
#ifndef PARSERS_LOG_KUBECTL_EVENT_H
#define PARSERS_LOG_KUBECTL_EVENT_H

#include <stdint.h>

#include "base/bytes.h"

/* 1 for any other line. */
uint32_t kubectl_event_times(struct view line);

#endif
