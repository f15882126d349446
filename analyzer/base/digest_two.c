/*
 * Two SHA-256 streams by the SHA extensions of x86-64.
 *
 * sha256rnds2 does two rounds and takes four cycles, but a CPU can begin one
 * every second cycle or each: one stream leaves it idle. Two streams fill it.
 * The state lies in two registers as the instruction wants it, (A B E F) and
 * (C D G H); four words of the message are scheduled at a time.
 *
 * spec: FIPS 180-4, 4.2.2, 6.2.2; Intel 64 and IA-32 Software Developer's Manual,
 * volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2
 */
#include "base/digest_two.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

/* cite: FIPS 180-4, 4.2.2 */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

struct stream {
	__m128i abef;
	__m128i cdgh;
	__m128i words[4]; /* the latest sixteen of the message's schedule */
};

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

WITH_SHA static inline struct stream
state_load(const uint32_t state[8])
{
	__m128i abcd = _mm_loadu_si128((const __m128i *)&state[0]);
	__m128i efgh = _mm_loadu_si128((const __m128i *)&state[4]);
	__m128i cdab = _mm_shuffle_epi32(abcd, 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(efgh, 0x1b);
	return (struct stream){
		.abef = _mm_alignr_epi8(cdab, hgfe, 8),
		.cdgh = _mm_blend_epi16(hgfe, cdab, 0xf0),
	};
}

WITH_SHA static inline void
state_store(uint32_t state[8], const struct stream *s)
{
	__m128i feba = _mm_shuffle_epi32(s->abef, 0x1b);
	__m128i dchg = _mm_shuffle_epi32(s->cdgh, 0xb1);
	_mm_storeu_si128(
		(__m128i *)&state[0], _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)&state[4], _mm_alignr_epi8(dchg, feba, 8));
}

/* Words 4 i to 4 i + 3: of the block, or by 6.2.2's step 1. */
WITH_SHA static inline __m128i
schedule(struct stream *s, const uint8_t *block, int i)
{
	const __m128i order =
		_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i *w = s->words;
	if (i < 4)
		return w[i] = _mm_shuffle_epi8(
			       _mm_loadu_si128(
				       (const __m128i *)(block + 16 * i)),
			       order);
	__m128i sum =
		_mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]),
			_mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
	return w[i & 3] = _mm_sha256msg2_epu32(sum, w[(i + 3) & 3]);
}

/* Four rounds. */
WITH_SHA static inline void
rounds(struct stream *s, __m128i words, int i)
{
	__m128i sum = _mm_add_epi32(
		words, _mm_load_si128((const __m128i *)&constants[4 * i]));
	s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sum);
	sum = _mm_shuffle_epi32(sum, 0x0e);
	s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, sum);
}

WITH_SHA void
digest_two_compress(uint32_t a_state[8], const uint8_t *a, uint32_t b_state[8],
	const uint8_t *b, size_t blocks)
{
	struct stream x = state_load(a_state);
	struct stream y = state_load(b_state);
	for (; blocks > 0; blocks--, a += 64, b += 64) {
		__m128i x_abef = x.abef, x_cdgh = x.cdgh;
		__m128i y_abef = y.abef, y_cdgh = y.cdgh;
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			rounds(&x, schedule(&x, a, i), i);
			rounds(&y, schedule(&y, b, i), i);
		}
		x.abef = _mm_add_epi32(x.abef, x_abef);
		x.cdgh = _mm_add_epi32(x.cdgh, x_cdgh);
		y.abef = _mm_add_epi32(y.abef, y_abef);
		y.cdgh = _mm_add_epi32(y.cdgh, y_cdgh);
	}
	state_store(a_state, &x);
	state_store(b_state, &y);
}

/* cite: Intel SDM volume 2, CPUID leaf 7, EBX bit 29: SHA; leaf 1, ECX bit 19:
 * SSE4.1 */
static bool
ask_cpu(void)
{
	unsigned a, b, c, d;
	if (!__get_cpuid(1, &a, &b, &c, &d) || (c >> 19 & 1) == 0)
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1) == 1;
}

/* Asked once: in a virtual machine the question is answered by its host, which
 * takes microseconds. */
bool
digest_two_usable(void)
{
	enum { UNASKED, NO, YES };
	static _Atomic int answer = UNASKED;
	if (answer == UNASKED)
		answer = ask_cpu() ? YES : NO;
	return answer == YES;
}

#else

#include <assert.h>

bool
digest_two_usable(void)
{
	return false;
}

void
digest_two_compress(uint32_t a_state[8], const uint8_t *a, uint32_t b_state[8],
	const uint8_t *b, size_t blocks)
{
	(void)a_state;
	(void)a;
	(void)b_state;
	(void)b;
	(void)blocks;
	assert(false);
}

#endif
