/*
 * What the readers of firewalls' lines share: fields by name, and what words of
 * many vendors mean. Private to parsers/log.
 */
#ifndef PARSERS_LOG_FIREWALL_FIELDS_H
#define PARSERS_LOG_FIREWALL_FIELDS_H

#include "parsers/log/firewall_line.h"

/* The value of a field, or empty. */
struct view firewall_field_of(const struct firewall_line *l, const char *name);

/* The first of a name wins; what is empty or "-" is none. */
void firewall_add(struct firewall_line *l, const char *name, struct view value);

/* Our name for what a device calls a field, or NULL. Static. */
const char *firewall_name_of(struct view key);

/* What was only a step on the way to another field. */
void firewall_take_off(struct firewall_line *l, const char *name);

/* Columns at commas, or at the blanks between quotes; quotes come off. Returns how
   many there are, at most max. */
size_t firewall_split(struct view v, struct view *out, size_t max);

bool firewall_holds(struct view v, const char *word);

/* The same in any case of letters; word is lower-case. */
bool firewall_names(struct view v, const char *word);

/* What a word says that the device did; SEEN when nothing. */
enum firewall_action firewall_action_of(struct view v);

/* The number that netfilter's AUDIT target writes for it. */
enum firewall_action firewall_audit_action(struct view v);

/* TCP flags as netfilter writes them, or as they stand there. */
struct view firewall_flags_of(struct view v);

/* Columns without names, quoted or not: Palo Alto and firewall_columns.def. */
bool firewall_columns_parse(struct view message, struct firewall_line *l);

/* Security events of Windows in words or as XML. */
bool firewall_windows_parse(struct view message, struct firewall_line *l);

/* Tells as path whose packet it was, RECEIVE or SEND as pfirewall.log calls it, by
   an event's direction in its own word; true: inbound. An unknown word: nothing. */
bool firewall_windows_path(struct firewall_line *l, struct view direction);

/* "key=value" in all its forms, CEF and LEEF; false when it is no firewall's.
   Whether the ends are there is the caller's question. */
bool firewall_named_parse(struct view message, struct firewall_line *l);

/* A JSON object, members of nested ones included. */
bool firewall_members_parse(struct view object, struct firewall_line *l);

/* Is the client of a Windows event told as destination? cite:
   learn.microsoft.com, auditing, event-5157: the example has the listening end
   as source ("local IP address on which application received the connection").
   The port of a client is one that systems give out themselves. */
bool firewall_is_backwards(struct view sport, struct view dport);

#endif
