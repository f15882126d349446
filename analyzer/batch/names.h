/*
 * What a capture's name says: which end it was taken at, and of which incident.
 *
 *	db-timeout-client.pcap.gz   incident "db-timeout", client
 *	client_db-timeout.pcap      the same
 *	db-timeout.s.pcap3          incident "db-timeout", server, piece 3
 *
 * Words for the ends: client, cli, c; server, srv, s, in any case, set off by
 * "-", "_", "." or a space, first or last in the name.
 */
#ifndef BATCH_NAMES_H
#define BATCH_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct name_parts {
	const char *role; /* "client", "server" or NULL; static */
	bool full_word; /* the end is spelled out, not one of the short ones */
	bool leads;     /* the word stands first, or alone */
	char incident[256]; /* the rest, without extensions; may be "" */
};

/* Take a file name (no folders) apart. */
void name_split(const char *file, struct name_parts *parts);

/* True when the file's name is that of a capture (its extension is). */
bool name_is_capture(const char *file);

/* True when the file's name is that of an archive: a case that was handed in
 * whole. */
bool name_is_archive(const char *file);

/* How a folder is called that may be a part of a case. */
enum folder_name {
	FOLDER_OTHER,
	FOLDER_CLIENT, /* client, client-2: nothing but the end */
	FOLDER_SERVER,
	FOLDER_CLIENT_WORD, /* client-only: begins with the end's name; the
	                       part of a case, or a case of that name */
	FOLDER_SERVER_WORD,
	FOLDER_NETWORK, /* network: flow logs and firewalls' logs of a case */
};

enum folder_name name_of_folder(const char *name);

/*
 * Other evidence of an incident: the name begins with the incident, a separator
 * and a full word for an end ("db-timeout-server-dmesg.txt"). That end, static,
 * or NULL.
 */
const char *name_evidence_of(const char *file, const char *incident);

#endif
