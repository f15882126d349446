/*
 * What others put in front of a log line, and must come off before it is known.
 *
 *	web-1  | LINE            docker compose, foreman, stern
 *	[pod/web-1/nginx] LINE   kubectl logs --prefix
 *	> LINE                   mail and chat
 *	messages:12:LINE         grep -Hn, zgrep
 *	{app="web"} LINE         logcli
 *	   12<tab>LINE           cat -n
 *
 * and colours (ESC [ ... m), which stand anywhere in a line.
 */
#ifndef PARSERS_LOG_LOG_PREFIX_H
#define PARSERS_LOG_LOG_PREFIX_H

#include "parsers/log/envelope.h"

/* Prefixes that are taken off one line, one behind the other. */
#define LOG_PREFIXES_MAX 4

/* A line without its ESC sequences; line itself where it has none. */
struct view log_uncolour(struct view line, struct log_scratch *s);

/* A prefix that stands for itself, taken off. False: there is none. */
bool log_prefix_take(struct view *line);

/* The highest nth of log_prefix_try whose prefix is unmistakable enough to stand
   at the very front; behind it comes a bare word, within messages only. */
#define LOG_PREFIX_LABELS 4

/*
 * The nth place, from 0, at which a line may begin if what stands before it is a
 * prefix that only the line behind it shows to be one. False: no more.
 */
bool log_prefix_try(struct view line, int nth, struct view *behind);

#endif
