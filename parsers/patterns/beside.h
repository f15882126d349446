/*
 * The address that stands beside a message, in members of its JSON object.
 *
 *	{"msg":"dial failed","err":"connection refused","addr":"192.0.2.1:80"}
 *	{"code":"ECONNREFUSED","address":"192.0.2.1","port":5432}
 *
 * Only members that say that they are the other end of an attempt are taken, only
 * an address with its port, and none where two of them name different ends.
 */
#ifndef PARSERS_PATTERNS_BESIDE_H
#define PARSERS_PATTERNS_BESIDE_H

#include "parsers/patterns/pattern.h"

/* Give an event that has neither dst nor host what object (JSON, or empty) says
   of them. The views put into e point into object. */
void beside_take(struct view object, struct log_event *e);

#endif
