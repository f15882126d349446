/*
 * SHA-256's compression of two streams side by side (digest.c's own).
 */
#ifndef BASE_DIGEST_TWO_H
#define BASE_DIGEST_TWO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* This CPU can. */
bool digest_two_usable(void);

/* Take so many blocks of 64 bytes of each stream into its eight words of state
 * (FIPS 180-4, 6.2.2). Only where it is usable. */
void digest_two_compress(uint32_t a_state[8], const uint8_t *a,
	uint32_t b_state[8], const uint8_t *b, size_t blocks);

#endif
