/*
 * Whether a vantage would have seen a segment at some moment.
 *
 * This is the audit that keeps the network and hosts from being accused of what
 * a capture merely missed.
 */
#ifndef STITCH_COVER_H
#define STITCH_COVER_H

#include "base/hash.h"
#include "model/coverage.h"
#include "stitch/clock.h"
#include "stitch/index.h"

/*
 * What left the other end this shortly before the capture's last packet may
 * have arrived after it: about the one-way delay over a geostationary
 * satellite. (Packets that arrived earlier than the last one of the file are in
 * the file: the kernel hands its ring blocks over in order. What came later is
 * unknown; tcpdump without --immediate-mode loses it when stopped.)
 */
#define COVER_LAST_NS (250 * NS_PER_MS)

/* What to ask about: segments of one direction between two hosts. */
struct cover_question {
	struct ip_addr own;  /* the end at which this vantage stands: it must
	                         have been seen here at all */
	struct ip_addr from; /* sender, as this vantage sees it */
	struct ip_addr to;
	uint16_t server_port;
	bool from_client;
	bool beyond_syn; /* what follows the SYN-ACK is asked for */
	bool seen_here;  /* this vantage saw other packets of the attempt */
	bool answers;    /* they answer a segment that this vantage shows: what
	                    lies behind its start came behind it, however
	                    unsure the clocks are */
	bool alone;      /* nobody captured at the client's end */
	const int64_t *at_ns;    /* moments on the reference clock */
	const int64_t *shown_ns; /* by this vantage's own clock, where that
	                            showed them; or NULL */
	int count;               /* of them, > 0 */
	int64_t unsure_ns;       /* how far the clock that showed them and this
	                      vantage's may be off, both together */
};

struct cover_answer {
	enum coverage coverage;
	const char *note; /* what speaks against the capture, or ""; static */
	int inside;       /* moments that the capture covers */
	int last_inside;  /* index of the last such moment, or -1 */
};

/* Connections between two hosts that prove something of a capture. */
struct cover_proof {
	uint32_t passed; /* worked, by the other end's capture, while it ran */
	uint32_t shown;  /* of those, in this capture */
	uint32_t client_side; /* of which it shows what the client sent */
	uint32_t lacks_client_side;
	uint32_t server_side; /* and what the server sent */
	uint32_t lacks_server_side;
	/* Besides TCP it shows what the client sends the server and nothing
	   back, and the client got something while it ran. */
	bool answers_elsewhere;
	/* Its routes say so (routes.h), a note of theirs; or NULL. */
	const char *answers_by;
	bool routes_asked;
};

/* The same of two hosts that the vantage never saw. */
struct cover_stranger {
	uint64_t key;
	struct cover_proof proof;
};

/* One vantage, ready to be asked. */
struct cover {
	const struct vantage *vantage;
	const struct clock_map *map;
	/* What another vantage proves that this capture does not show although
	   it passed here (stitch/passed_by.h). */
	bool lacks_all;     /* anything */
	bool lacks_synacks; /* SYN-ACKs */
	bool lacks_more;    /* what follows the SYN-ACK */
	bool no_answers;    /* it is alone, nobody said where it was made, and
	                       it shows no answer of any connection */
	/* A SYN that it shows came to vantage ran_by at this time, by that one's
	   own clock: until then it ran, whatever its own clock says. */
	int64_t ran_until_ns;
	size_t ran_by;   /* SIZE_MAX: none */
	bool mute;       /* its host's answers leave elsewhere, all of them */
	bool mute_asked; /* whether it is so, was looked at */
	struct ip_addr mute_host;
	bool end_doubted; /* its packets contradict what was said of it, or
	                       nobody said that it was made at a host and not
	                       beside it: it is a witness of nothing */
	struct cover_proof *proofs; /* of pairs, by their index; owned */
	struct cover_stranger
		*strangers; /* of pairs that it never saw; owned */
	uint32_t strangers_count;
	uint32_t strangers_room;
	struct index by_stranger; /* owned */
	struct hash_keys keys;
	struct index pairs;     /* owned */
	struct index hosts;     /* every address that the vantage saw; owned */
	struct index datagrams; /* pairs of hosts, besides TCP; owned */
};

void cover_init(
	struct cover *c, const struct vantage *v, const struct clock_map *map);
void cover_release(struct cover *c);
void cover_ask(const struct cover *c, const struct cover_question *q,
	struct cover_answer *out);

/* The two hosts' index among the vantage's pairs, or INDEX_NONE. */
static inline uint32_t
cover_pair_index(
	const struct cover *c, struct ip_addr one, struct ip_addr other)
{
	uint32_t i = index_find(&c->pairs, hash_pair(c->keys, one, other));
	if (i == INDEX_NONE)
		return INDEX_NONE;
	const struct host_pair *p = &c->vantage->pairs[i];
	bool same = (ip_equal(p->low, one) && ip_equal(p->high, other)) ||
		(ip_equal(p->low, other) && ip_equal(p->high, one));
	return same ? i : INDEX_NONE;
}

/* What the vantage saw two hosts send each other besides TCP, or NULL. */
const struct datagrams *cover_datagrams(
	const struct cover *c, struct ip_addr one, struct ip_addr other);

/* The proofs of two hosts, to be added to. g is this vantage's sighting of
 * them, or NULL. */
struct cover_proof *cover_proof_of(struct cover *c, struct ip_addr one,
	struct ip_addr other, const struct sighting *g);

/* What the proofs say of segments of these hosts: OUTSIDE, LOSSY, both with a
 * note, or WITNESSED when they say nothing against the capture. */
enum coverage cover_proof_ask(const struct cover *c,
	const struct cover_question *q, const char **note);

/* Why answers of these hosts leave by a card that was not captured, as the server's
 * routes tell; or NULL. */
const char *cover_answers_by(
	const struct cover *c, const struct cover_question *q);

/* Of these hosts the capture holds nothing that travels the other way: that
 * looks like losses and is none. */
bool cover_lacks_answers(const struct cover *c, const struct cover_question *q);

/* The moment, captured clock, lies where one piece of the capture had ended and
 * the next not begun, or within slack ns of that. */
bool cover_between_pieces(const struct vantage *v, int64_t ns, int64_t slack);

/* True when the vantage ever saw TCP of this host. */
bool cover_knows_host(const struct cover *c, struct ip_addr host);

/* True when the vantage ever saw TCP from one host to another. */
bool cover_shows_sender(
	const struct cover *c, struct ip_addr from, struct ip_addr to);

/* True when the vantage ever saw the two hosts exchange a packet. */
bool cover_knows_pair(
	const struct cover *c, struct ip_addr one, struct ip_addr other);

#endif
