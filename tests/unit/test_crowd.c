/*
 * The crowd: what is seen of a lone SYN is kept in few bytes, and nothing of it is
 * lost when more comes.
 */
#include "track_script.h"

/* The same packets with and without a crowd: the same sightings, whatever their
 * order. */
static const char *const packets[] = {
	"0.000 C>S S seq 1000 ts 7 cport 41000 chost 11 id 5 win 1024 ttl 60",
	"0.001 C>S S seq 2000 ts 8 cport 41001 chost 12",
	"0.002 C>S S seq 3000 cport 41002 chost 13 tfo 1 len 20",
	"0.003 C>S S seq 4000 ts 9 cport 41003 chost 14",
	/* answered, repeated, refused by an error, reset */
	"0.010 S>C S. seq 5000 ack 1001 cport 41000 chost 11",
	"0.011 C>S . seq 1001 ack 5001 cport 41000 chost 11",
	"1.001 C>S S seq 2000 ts 1008 cport 41001 chost 12 id 9",
	"1.002 icmp 3/1 from 9 C>S seq 3000 cport 41002 chost 13",
	"1.003 S>C R. seq 0 ack 4001 cport 41003 chost 14",
	/* the same ports again */
	"9.000 C>S S seq 9000 ts 99 cport 41003 chost 14",
};
#define ATTEMPTS 5

static void
play(struct script *s, uint32_t whole)
{
	script_begin(s, "server");
	s->t.whole = whole;
	for (size_t i = 0; i < sizeof packets / sizeof *packets; i++)
		script_line(s, packets[i]);
}

static const struct sighting *
with_isn(const struct vantage *v, uint32_t isn)
{
	for (uint32_t i = 0; i < v->sightings; i++)
		if (vantage_sighting(v, i)->isn == isn)
			return vantage_sighting(v, i);
	return NULL;
}

static void
test_nothing_is_lost(void **state)
{
	(void)state;
	static const uint32_t isns[ATTEMPTS] = {1000, 2000, 3000, 4000, 9000};
	struct script plain;
	struct script crowded;
	play(&plain, UINT32_MAX);
	play(&crowded, 0);
	assert_int_equal(plain.v.crowd.count, 0);
	assert_int_equal(crowded.v.crowd.count, 4);
	assert_int_equal(plain.v.sightings, ATTEMPTS);
	assert_int_equal(crowded.v.sightings, ATTEMPTS);
	for (int i = 0; i < ATTEMPTS; i++) {
		struct sighting a = *with_isn(&plain.v, isns[i]);
		struct sighting b = *with_isn(&crowded.v, isns[i]);
		const struct host_pair *p = &plain.v.pairs[a.pair];
		const struct host_pair *q = &crowded.v.pairs[b.pair];
		assert_true(ip_equal(p->low, q->low));
		assert_true(ip_equal(p->high, q->high));
		assert_memory_equal(&p->seen, &q->seen, sizeof p->seen);
		/* Where they stand is another matter. */
		a.pair = b.pair = a.previous = b.previous = 0;
		assert_memory_equal(&a, &b, sizeof a);
	}
	script_end(&plain);
	script_end(&crowded);
}

/* What stays alone is a row, by kind; a host that did more is none of them. */
static void
test_who_is_in_it(void **state)
{
	(void)state;
	struct script s;
	struct sighting g;
	script_begin(&s, "server");
	s.t.whole = 0;
	script_line(&s, "0.000 C>S S seq 1 chost 21 ttl 50 win 1");
	script_line(&s, "0.000 C>S S seq 2 chost 22 ttl 60 win 2");
	script_line(&s, "0.000 C>S S seq 3 chost 23 sport 80");
	assert_int_equal(s.v.crowd.count, 3);
	assert_int_equal(s.v.crowd.kinds_count, 2);
	assert_int_equal(s.v.sightings, 0);
	assert_int_equal(s.v.pairs_count, 0);
	assert_true(vantage_saw_port(&s.v, 80));
	crowd_sighting(&s.v.crowd, 1, &g);
	assert_int_equal(g.isn, 2);
	assert_int_equal(g.ttl_c, 60);
	assert_int_equal(g.window, 2);
	assert_int_equal(g.syn, 1);
	assert_int_equal(g.c_next, 3);
	/* answered: its host is known from now on */
	script_line(&s, "0.010 S>C S. seq 9 ack 2 chost 21");
	script_line(&s, "0.020 C>S S seq 4 chost 21 cport 50000");
	assert_int_equal(s.v.crowd.count, 3);
	assert_int_equal(crowd_row(&s.v.crowd, 0)->kind, CROWD_TAKEN);
	assert_int_equal(s.v.sightings, 2);
	script_end(&s);
}

/* Beyond the kinds that are told apart, and beyond its rows: sightings. */
static void
test_bounds(void **state)
{
	(void)state;
	struct script s;
	char line[96];
	script_begin(&s, "server");
	s.t.whole = 0;
	for (uint32_t i = 0; i < CROWD_KINDS_MAX + 2; i++) {
		snprintf(line, sizeof line,
			"0.000 C>S S seq %u chost %u cport %u sport %u", i + 1,
			i % 250 + 3, i + 1000, i + 1);
		script_line(&s, line);
	}
	assert_int_equal(s.v.crowd.kinds_count, CROWD_KINDS_MAX);
	assert_int_equal(s.v.crowd.count + s.v.sightings, CROWD_KINDS_MAX + 2);
	assert_true(s.v.sightings >= 2);
	script_end(&s);
	script_begin(&s, "server");
	s.t.whole = 0;
	s.t.crowd_limit = 1;
	script_line(&s, "0.000 C>S S seq 1 chost 21");
	script_line(&s, "0.000 C>S S seq 2 chost 22");
	assert_int_equal(s.v.crowd.count, 1);
	assert_int_equal(s.v.sightings, 1);
	script_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_who_is_in_it),
		cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
