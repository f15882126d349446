/*
 * Host-state snapshots become records: ss, nstat, conntrack, sysctl, nft ...
 *
 * Pure: the whole file's bytes in, callbacks out. Nothing is read, nothing is
 * allocated, no work is done twice; the stack is all it needs (a few KiB).
 *
 *	enum host_kind kind = host_recognise(head, "server/ss-ltn.txt");
 *	if (kind != HOST_NONE)
 *		host_parse(kind, whole, "server/ss-ltn.txt", &sink, &result);
 *
 * Promises: a record is handed out whole or not at all; a value that may have
 * been cut off by the end of the file is left out (snapshot-cut). Every line is
 * counted once: lines = recognised + other; blank lines and headers are
 * recognised. Any bytes are accepted as any kind.
 *
 * Views in records point into the file or into the parser's own room and are
 * good until the callback returns. They are bytes as found: not checked UTF-8.
 *
 * A file may hold one snapshot after the other (a loop that appends): records
 * are handed out in file order, the same scope and name again and again.
 *
 * Cost: one pass; 200 to 500 MB/s for tables and JSON, 100 for /proc/net/netstat,
 * 30 for prose; recognition 0.1 ms.
 */
#ifndef PARSERS_HOST_HOST_H
#define PARSERS_HOST_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "parsers/anomaly.h"

enum host_kind {
	HOST_NONE, /* not a host snapshot */
#define X(constant, id, recognise, parse, meaning) HOST_##constant,
#include "parsers/host/host_parsers.def"
#undef X
	HOST_KIND_COUNT
};

/* Bytes of a file that are worth showing to host_recognise; fewer will do. */
#define HOST_HEAD_BYTES ((size_t)16384)

/* A number that the snapshot does not show. */
#define HOST_UNKNOWN (-1)

/* The clock that a time of a trace is on. */
enum host_clock {
	HOST_CLOCK_NONE,  /* no time in the line */
	HOST_CLOCK_BOOT,  /* since boot; not quite the clock of dmesg */
	HOST_CLOCK_EPOCH, /* since 1970, UTC, the traced host's clock */
	HOST_CLOCK_START, /* since the trace began */
	HOST_CLOCK_LOCAL, /* since 1970, a wall clock of unknown zone */
};

/* Columns of table counter. */
struct host_counter {
	struct view scope; /* cpu, interface, chain and rule ...; may be "" */
	/* as the kernel spells it; protocol counters as nstat does, whatever
	   tool printed them (TcpExtListenDrops) */
	struct view name;
	int64_t value;
	bool gauge;    /* a level or a setting; else counts up since boot */
	uint32_t line; /* from 1 */
};

/* Columns of table setting. */
struct host_setting {
	struct view scope;
	struct view name;
	struct view value;
	uint32_t line;
};

struct host_endpoint {
	bool known; /* ip was a number (or *, held as ::), not a host name */
	struct ip_addr ip; /* without its zone */
	int32_t port; /* 0 to 65535, or HOST_UNKNOWN for * and unknown names */
};

/* Columns of table socket. TCP only; other sockets are read over. */
struct host_socket {
	struct view state; /* as ss spells it; UNKNOWN when not shown */
	/* of LISTEN: accepted and waiting, and the limit (only ss shows it);
	   else bytes; HOST_UNKNOWN when not shown */
	int64_t recv_q;
	int64_t send_q;
	struct host_endpoint local;
	struct host_endpoint peer;
	int32_t retransmits; /* of the running timer, or HOST_UNKNOWN */
	struct view process; /* as found, or "" */
	uint32_t line;
};

/* Columns of table conntrack. */
struct host_conntrack {
	uint8_t protocol;         /* IP protocol number */
	struct view state;        /* "" for protocols without states */
	int64_t timeout_s;        /* seconds left, or HOST_UNKNOWN */
	struct host_endpoint src; /* original direction; src, dst known */
	struct host_endpoint dst;
	struct host_endpoint reply_src; /* the reply that is expected */
	struct host_endpoint reply_dst;
	bool unreplied;
	bool assured;
	uint32_t line;
};

/*
 * A packet that the kernel threw away (kfree_skb and its readers). SYNs that a
 * listener drops for a full queue never appear here: the kernel frees them as
 * consumed (tcp_rcv_state_process(), Linux 6.12).
 */
struct host_drop {
	enum host_clock clock;
	int64_t time_ns;    /* on that clock */
	struct view reason; /* NETFILTER_DROP ..., "" when not shown */
	/* the reason is a number, whose meaning differs between kernels */
	bool reason_is_number;
	struct view location; /* function+offset or address, "" if not shown */
	struct view flags;    /* "SYN", "ACK SYN", "ACK"; "" if not shown */
	uint32_t count;       /* packets, >= 1 */
	struct host_endpoint src; /* where the trace shows the packet */
	struct host_endpoint dst;
	uint32_t line;
};

/* Any function may be NULL: then nobody listens. */
struct host_sink {
	void *context;
	void (*counter)(void *context, const struct host_counter *c);
	void (*setting)(void *context, const struct host_setting *s);
	void (*socket)(void *context, const struct host_socket *s);
	void (*conntrack)(void *context, const struct host_conntrack *c);
	void (*drop)(void *context, const struct host_drop *d);
	struct anomaly_sink anomalies; /* ANOMALY_SNAPSHOT_*, at a line start */
};

struct host_result {
	uint64_t lines; /* = recognised + other */
	uint64_t recognised;
	uint64_t other;
	uint64_t counters; /* records handed out */
	uint64_t settings;
	uint64_t sockets;
	uint64_t conntracks;
	uint64_t drops;
	/* the tool leaves out counters that are 0: one that is missing here
	   and present in another snapshot was 0 here */
	bool zeros_omitted;
};

/*
 * What a file is, by the content of its first bytes; its name (a path is fine,
 * NULL is too) only breaks ties and tells what a bare number means.
 */
enum host_kind host_recognise(struct view head, const char *name);

/*
 * Read a file as kind. name is its path or NULL; it serves where the content
 * does not say what it is about (ethtool_-S_eth0, proc/sys/net/...). result is
 * overwritten. HOST_NONE reads nothing: every line is other.
 */
void host_parse(enum host_kind kind, struct view whole, const char *name,
	const struct host_sink *sink, struct host_result *result);

/* "ss", "nstat" ...; "none". Static storage. */
const char *host_kind_id(enum host_kind kind);

/* One clause for people. Static storage. */
const char *host_kind_meaning(enum host_kind kind);

#endif
