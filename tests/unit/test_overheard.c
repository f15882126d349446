/*
 * Which SYNs a plain Ethernet card overheard.
 */
#include "ingest/overheard.h"
#include "track_one.h"

static uint16_t
left(uint32_t i)
{
	return script_sighting(&script, i)->syn_to;
}

/* Behind a stale neighbour table: answered at one address, asked at another. */
static void
frames_for_another_machine(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S seq 1000 to 11\n"
		"0.001 S>C S. seq 5000 ack 1001 to 10\n"
		"1.000 C>S S seq 2000 cport 50001 to 12\n"
		"2.000 C>S S seq 2000 cport 50001 to 12\n"
		"3.000 C>S S seq 3000 cport 50002 to 11\n");
	overheard_settle(&script.v);
	assert_int_equal(left(0), 0);
	assert_int_not_equal(left(1), 0);
	assert_int_equal(left(2), 0);
}

/* A mirror in front of several machines with one address: each answers. */
static void
several_that_answer(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S seq 1000 to 11\n"
		"0.001 S>C S. seq 5000 ack 1001 to 10\n"
		"1.000 C>S S seq 2000 cport 50001 to 12\n"
		"1.001 S>C S. seq 6000 ack 2001 cport 50001 to 10\n"
		"2.000 C>S S seq 3000 cport 50002 to 12\n");
	overheard_settle(&script.v);
	assert_int_equal(left(1), 0);
	assert_int_equal(left(2), 0);
}

/* Nothing of this server was answered: nobody knows its address. */
static void
another_servers_address(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S seq 1000 shost 9 to 11\n"
		"0.001 S>C S. seq 5000 ack 1001 shost 9 to 10\n"
		"1.000 C>S S seq 2000 cport 50001 to 12\n");
	overheard_settle(&script.v);
	assert_int_equal(left(1), 0);
}

/* A copy to each: one of them was the server's own. */
static void
copies_to_both(void **state)
{
	(void)state;
	script_play(&script,
		"0.000 C>S S seq 1000 to 11\n"
		"0.001 S>C S. seq 5000 ack 1001 to 10\n"
		"1.000 C>S S seq 2000 cport 50001 to 12\n"
		"2.000 C>S S seq 2000 cport 50001 to 11\n");
	overheard_settle(&script.v);
	assert_int_equal(left(1), 0);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(frames_for_another_machine),
		STORY(several_that_answer),
		STORY(another_servers_address),
		STORY(copies_to_both),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
