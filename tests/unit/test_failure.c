/*
 * Which events report a failed connect, and how: by the end of their names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/failure.h"

static void
names_tell_how(void **state)
{
	(void)state;
	assert_int_equal(
		failure_of_event("firewall-syn-timeout"), FAILURE_NO_ANSWER);
	assert_int_equal(
		failure_of_event("access-connect-timeout"), FAILURE_NO_ANSWER);
	assert_int_equal(
		failure_of_event("firewall-connection-limit"), FAILURE_DROPPED);
	assert_int_equal(failure_of_event("firewall-nat-ports-exhausted"),
		FAILURE_DROPPED);
	assert_int_equal(
		failure_of_event("gclb-connect-failed"), FAILURE_NOT_TOLD);
	assert_int_equal(failure_of_event("nginx-connect-too-many-open-files"),
		FAILURE_NOT_TOLD);
}

/* The connection stood, or nobody knows. */
static void
others_report_none(void **state)
{
	(void)state;
	static const char *const names[] = {"nginx-read-timeout",
		"request-timeout", "tls-handshake-timeout", "pool-timeout",
		"connection-reset", "probe-reached", "uwsgi-listen-queue-full",
		"too-many-open-files", "nginx-too-many-open-files"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(failure_of_event(names[i]), FAILURE_COUNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tell_how),
		cmocka_unit_test(others_report_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
