/*
 * What both bodies and names of files are coded with.
 */
#ifndef PARSERS_MAIL_CODING_H
#define PARSERS_MAIL_CODING_H

#include <stdint.h>

/* Two hexadecimal digits as a byte, or -1. */
int coding_hex(const uint8_t two[2]);

#endif
