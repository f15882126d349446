/*
 * SHA-256: the standard's examples, and two streams at once as each alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/digest.h"
#include "base/digest_two.h"

/* cite: FIPS 180-4's examples, one block and two blocks (csrc.nist.gov, "SHA256") */
static void
examples_of_the_standard(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{"abc",
			"ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039"
			"a33ce45964ff2167f6ecedd419db06c1"},
	};
	for (size_t i = 0; i < 2; i++) {
		struct digest d;
		char hex[DIGEST_TEXT_MAX];
		digest_init(&d);
		digest_add(&d,
			view_of((const uint8_t *)pairs[i][0],
				strlen(pairs[i][0])));
		digest_finish(&d, hex);
		assert_string_equal(hex, pairs[i][1]);
	}
}

static void
bytes_fill(uint8_t *to, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u;
		to[i] = (uint8_t)(seed >> 24);
	}
}

static void
assert_alone(const uint8_t *bytes, size_t len, struct digest *together)
{
	struct digest d;
	char alone[DIGEST_TEXT_MAX], hex[DIGEST_TEXT_MAX];
	digest_init(&d);
	digest_add(&d, view_of(bytes, len));
	digest_finish(&d, alone);
	digest_finish(together, hex);
	assert_string_equal(hex, alone);
}

/* Cut at any place: whole blocks, none, and parts that the next call goes on with. */
static void
two_are_as_each_alone(void **state)
{
	(void)state;
	static uint8_t x[1000], y[1000];
	static const size_t cuts[] = {0, 1, 63, 64, 65, 128, 192, 640, 999};
	bytes_fill(x, sizeof x, 1);
	bytes_fill(y, sizeof y, 2);
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		struct digest a, b;
		size_t cut = cuts[i];
		digest_init(&a);
		digest_init(&b);
		digest_add_two(&a, x, &b, y, cut);
		digest_add_two(&a, x + cut, &b, y + cut, sizeof x - cut);
		assert_alone(x, sizeof x, &a);
		assert_alone(y, sizeof y, &b);
	}
}

/* One of them is in the middle of a block. */
static void
two_that_are_not_in_step(void **state)
{
	(void)state;
	static uint8_t x[512], y[515];
	struct digest a, b;
	bytes_fill(x, sizeof x, 3);
	bytes_fill(y, sizeof y, 4);
	digest_init(&a);
	digest_init(&b);
	digest_add(&b, view_of(y, 3));
	digest_add_two(&a, x, &b, y + 3, 512);
	assert_alone(x, sizeof x, &a);
	assert_alone(y, sizeof y, &b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_standard),
		cmocka_unit_test(two_are_as_each_alone),
		cmocka_unit_test(two_that_are_not_in_step),
	};
	/* Said, for where they are not there nothing of them is tested. */
	print_message("SHA instructions: %s\n",
		digest_two_usable() ? "used" : "none");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
