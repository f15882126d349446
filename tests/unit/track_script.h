/*
 * Packets written down as packetdrill and tcpdump write them, and what a vantage
 * made of them: helpers of the tests of ingest and stitch.
 *
 * One packet a line, seconds first:
 *
 *	0.000 C>S S seq 1000 ts 7        SYN of the client
 *	0.010 S>C S. seq 5000 ack 1001   SYN-ACK
 *	0.011 C>S . seq 1001 ack 5001    "." is the ACK flag
 *	0.012 C>S P. seq 1001 ack 5001 len 100
 *	0.020 icmp 3/1 from 9 C>S seq 1000   error that quotes C>S
 *
 * C is 10.0.0.1:40000, S is 10.0.0.2:443. Words that follow: seq, ack, len, id
 * (IP identification), ts (TSval), win, ttl, cport, sport (ports), chost and
 * shost (last byte of the addresses), tfo 1 (Fast Open option), sum (the
 * checksum: 1 right, 2 left to a card, 3 wrong; not told without). Without them:
 * TTL 64, window 65535, IP id 0.
 */
#ifndef TESTS_UNIT_TRACK_SCRIPT_H
#define TESTS_UNIT_TRACK_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ingest/track.h"

/* 2026-11-20T00:00:00Z: what second 0 of a script is. */
#define SCRIPT_START_NS (INT64_C(1795132800) * NS_PER_S)

#define SCRIPT_NET UINT32_C(0x0a000000)

/* One vantage under construction. */
struct script {
	struct vantage v;
	struct tracker t;
	int64_t offset_ns; /* its clock shows this more */
	double drift;      /* and gains this part of the time */
	uint32_t frames;
};

static inline void
script_begin(struct script *s, const char *name)
{
	*s = (struct script){0};
	snprintf(s->v.name, sizeof s->v.name, "%s", name);
	s->v.shown_by =
		SHOWN_BY_TTL; /* the order of a test's vantages is no guess */
	s->v.first.ns = s->v.last.ns = CLOCK_UNKNOWN_NS;
	s->v.started.ns = s->v.ended.ns = CLOCK_UNKNOWN_NS;
	track_init(&s->t, &s->v, TRACK_LIMIT, TRACK_WHOLE);
}

static inline void
script_end(struct script *s)
{
	track_release(&s->t);
	vantage_release(&s->v);
}

static inline uint8_t
script_flags(const char *letters)
{
	uint8_t flags = 0;
	for (; *letters != '\0'; letters++)
		flags |= *letters == 'S'  ? TCP_SYN
			: *letters == '.' ? TCP_ACK
			: *letters == 'F' ? TCP_FIN
			: *letters == 'R' ? TCP_RST
					  : TCP_PSH;
	return flags;
}

/* Ports and last bytes of the addresses. */
struct script_ends {
	uint32_t cport, sport, chost, shost;
};

/* One "word number" of a line. */
static inline void
script_word(struct packet *p, const char *word, uint32_t n,
	struct script_ends *ends)
{
	if (strcmp(word, "seq") == 0)
		p->seq = n;
	else if (strcmp(word, "ack") == 0)
		p->ack = n;
	else if (strcmp(word, "len") == 0)
		p->payload_len = n;
	else if (strcmp(word, "id") == 0)
		p->ip_id = (uint16_t)n;
	else if (strcmp(word, "ts") == 0)
		p->tsval = n;
	else if (strcmp(word, "win") == 0)
		p->window = (uint16_t)n;
	else if (strcmp(word, "ttl") == 0)
		p->ttl = (uint8_t)n;
	else if (strcmp(word, "flags") == 0) /* of what an error quotes */
		p->flags = (uint8_t)n;
	else if (strcmp(word, "tfo") == 0)
		p->options |= TCP_OPT_FAST_OPEN;
	else if (strcmp(word, "sum") == 0)
		p->traits |= n == 1 ? PACKET_SUM_RIGHT
			: n == 2    ? PACKET_SUM_UNFINISHED
				    : PACKET_SUM_WRONG;
	else if (strcmp(word, "cport") == 0)
		ends->cport = n;
	else if (strcmp(word, "sport") == 0)
		ends->sport = n;
	else if (strcmp(word, "chost") == 0)
		ends->chost = n;
	else if (strcmp(word, "shost") == 0)
		ends->shost = n;
	else
		fail_msg("no such word: %s", word);
}

/* Hand a packet that happened at true time ns to the vantage. */
static inline void
script_packet(struct script *s, const struct packet *p, int64_t ns)
{
	struct vantage *v = &s->v;
	struct captured_time at = {ns + s->offset_ns +
		(int64_t)((double)(ns - SCRIPT_START_NS) * s->drift)};
	v->audit.packets++;
	v->audit.tcp += p->kind == PACKET_TCP;
	if (v->first.ns == CLOCK_UNKNOWN_NS || at.ns < v->first.ns)
		v->first = at;
	if (v->last.ns == CLOCK_UNKNOWN_NS || at.ns > v->last.ns)
		v->last = at;
	track_packet(&s->t, p, at, ++s->frames, track_tag(&s->t, p));
}

static inline void
script_line(struct script *s, const char *line)
{
	double at;
	char way[8], flags[8], word[8];
	unsigned type = 0, code = 0, sender = 0;
	uint32_t n;
	struct script_ends ends = {40000, 443, 1, 2};
	int used = 0;
	struct packet p = {.kind = PACKET_TCP, .ttl = 64, .window = 65535};
	if (sscanf(line, " %lf icmp %u/%u from %u %7s%n", &at, &type, &code,
		    &sender, way, &used) == 5) {
		p.kind = PACKET_ICMP_ERROR;
		p.icmp_type = (uint8_t)type;
		p.icmp_code = (uint8_t)code;
		p.icmp_src = ip_from_v4(SCRIPT_NET + sender);
	} else {
		assert_int_equal(
			sscanf(line, " %lf %7s %7s%n", &at, way, flags, &used),
			3);
		p.flags = script_flags(flags);
	}
	int more;
	for (line += used;
		sscanf(line, " %7s %" SCNu32 "%n", word, &n, &more) == 2;
		line += more) {
		script_word(&p, word, n, &ends);
		p.quote_has_seq = p.quote_has_seq || strcmp(word, "seq") == 0;
	}
	bool to_server = strcmp(way, "C>S") == 0;
	assert_true(to_server || strcmp(way, "S>C") == 0);
	if (p.tsval != 0)
		p.options |= TCP_OPT_TIMESTAMPS;
	struct ip_addr c = ip_from_v4(SCRIPT_NET + ends.chost);
	struct ip_addr d = ip_from_v4(SCRIPT_NET + ends.shost);
	p.src = to_server ? c : d;
	p.dst = to_server ? d : c;
	p.src_port = (uint16_t)(to_server ? ends.cport : ends.sport);
	p.dst_port = (uint16_t)(to_server ? ends.sport : ends.cport);
	script_packet(
		s, &p, SCRIPT_START_NS + (int64_t)(at * 1e6 + 0.5) * NS_PER_US);
}

/* Many lines; empty ones are skipped. */
static inline void
script_play(struct script *s, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		char line[160];
		assert_true(n < sizeof line);
		memcpy(line, text, n);
		line[n] = '\0';
		if (strspn(line, " \t") < n)
			script_line(s, line);
		text += n + (text[n] == '\n');
	}
}

static inline const struct sighting *
script_sighting(const struct script *s, uint32_t i)
{
	assert_true(i < s->v.sightings);
	return vantage_sighting(&s->v, i);
}

#endif
