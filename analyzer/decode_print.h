/*
 * How decode writes: a line a record, for people or (--json) for scripts.
 *
 *	print_begin(7, "socket");
 *	print_text("state", state);
 *	print_end(message);
 *
 * is `7 socket state=LISTEN | message`, or one JSON object on its line. Text from
 * files is written with hidden characters replaced or escaped.
 */
#ifndef DECODE_PRINT_H
#define DECODE_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "parsers/log/log.h"

/* From now on JSON, or not. */
void print_as_json(bool json);
bool print_is_json(void);

/* what: the kind of record, or "" where the line shows it. */
void print_begin(uint64_t line, const char *what);

/* A member; nothing where there is no text, no number (negative), no address. */
void print_text(const char *key, struct view v);
void print_number(const char *key, int64_t n);
void print_endpoint(
	const char *key, bool known, struct ip_addr ip, int32_t port);

/* A value that people need no name for: a time, an action. */
void print_bare(const char *key, const char *text);

/* A claim that holds. */
void print_claim(const char *claim);

/* A time as far as the line tells it, and no farther; key is "time" or
   "second". */
void print_time(const char *key, const struct log_time *t);

/* The end of a record, its own text where it has one (data may be NULL). */
void print_end(struct view message);

/* A line about the file: "# text", or {"about":"text"}. */
void print_about(const char *text);

/* The last line: read = recognised + other. */
void print_accounting(
	const char *kind, uint64_t lines, uint64_t recognised, uint64_t other);

#endif
