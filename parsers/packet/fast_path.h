/*
 * Ethernet, at most one VLAN tag, IPv4 or IPv6, TCP: nearly every frame.
 */
#ifndef PARSERS_PACKET_FAST_PATH_H
#define PARSERS_PACKET_FAST_PATH_H

#include <stdbool.h>

#include "parsers/packet/walk.h"

/* Decode into *w->p, which is cleared; false with *w and *w->p unchanged but
 * for fields that the walk sets again, when anything is out of the ordinary. */
bool fast_path_decode(struct walk *w);

#endif
