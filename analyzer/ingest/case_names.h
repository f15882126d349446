/*
 * Machines' names in the names of files: web-01-dmesg.txt, dmesg.web-01,
 * capture_web-01_eth0.pcap0 are of web-01.
 */
#ifndef INGEST_CASE_NAMES_H
#define INGEST_CASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/ip.h"

/*
 * What is left of a file's name without the words for what such files are
 * (capture, dmesg, eth0, before, dates ...); NULL when nothing is. Copied to a.
 */
const char *case_name_machine(struct arena *a, const char *name);

/* Is that an address: "10.0.0.5", "10-0-0-5", "ip-10-0-0-5"? */
bool case_name_address(const char *machine, struct ip_addr *out);

/* Is machine in name as a whole word, or words? Case does not count. */
bool case_name_has(const char *name, const char *machine);

/* Does a name begin with a word for what stands between hosts (fw, lb, router,
 * mirror ...)? */
bool case_name_between(const char *name);

/* The machine whose own report (sosreport, supportconfig) a folder of this name
 * is, at the front of a path, and what shows it; NULL of other names. */
const char *case_name_report(
	struct arena *a, const char *part, const char **because);

/*
 * The machine in a path of a known layout, and what shows it: the host of a
 * sosreport or supportconfig, the node or pod of a must-gather or a kubectl cluster-info dump,
 * the container of Docker's logs. "" where the layout says that it is no
 * machine's; NULL where the path has no such layout.
 */
const char *case_name_layout(
	struct arena *a, const char *path, const char **because);

/* Is it the same machine: equal, or one the first part of the other ("db-02" and
 * "db-02.example.org")? Case does not count. */
bool case_name_same(const char *a, const char *b);

/* The interface that a capture's file name has a word for (eth0, veth1a2b), cut
 * to room bytes with its end; false when there is none. */
bool case_name_card(const char *name, char *out, size_t room);

#endif
