/*
 * Many words in one pass: see literals.h.
 */
#include "parsers/patterns/literals.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"

#define GROUP 4  /* bytes hashed at once */
#define STRIDE 3 /* bytes between two samples: LITERAL_MIN - GROUP + 1 */

/* 128 Ki bits are 16 KiB, half of a first-level cache. */
#define HASH_BITS 17
#define BITMAP_BYTES ((1 << HASH_BITS) / 8)

/* An odd number near 2^32 divided by the golden ratio, our own choice. */
#define HASH_FACTOR 0x9e3779b1u

/* A group of four bytes of a word, and where in the word it stands. */
struct entry {
	uint32_t group;
	uint32_t offset; /* of the group in its word, bytes */
	uint16_t word;
	uint16_t next; /* entry of the same hash + 1; 0 ends */
};

/* Few groups are let through by the bits: their entries are found in a table that
 * is eight times smaller than one with a place for each hash would be. */
#define HEAD_BITS 14

struct literals {
	uint8_t bits[BITMAP_BYTES];
	uint16_t heads[1 << HEAD_BITS]; /* entry + 1; 0: none */
	struct view *words;             /* copies; owned */
	uint8_t *bytes;                 /* of all words; owned */
	struct entry *entries;          /* STRIDE a word; owned */
	size_t count;
};

static uint32_t
hash_group(uint32_t group)
{
	return group * HASH_FACTOR >> (32 - HASH_BITS);
}

static uint32_t
head_of(uint32_t group)
{
	return hash_group(group) >> (HASH_BITS - HEAD_BITS);
}

/* How common a byte is in logs, roughly: lower case, digits and spaces most. */
static unsigned
commonness(uint8_t x)
{
	if (byte_among(x, " aeinorst"))
		return 8;
	if (x >= 'a' && x <= 'z')
		return 5;
	if ((x >= '0' && x <= '9') || byte_among(x, "-.:/=\""))
		return 5;
	return 2;
}

/* What stands in every other line of every log. */
static const char everyday[] =
	" accepted address and at available by client close closed com command "
	"connected connecting connection could daemon did does entered failed "
	"for "
	"from get has host http https in info is kernel load lost message "
	"network "
	"not of on open out password port process properly queue reached read "
	"received recent request root sent server service session "
	"source "
	"start started state status systemd system table tcp the thread time "
	"to "
	"connect ended upstream "
	"type update user was with without work worker workers would write new "
	"operation error found name=\" t() () \" [0] = : - 200 ";

static void
bit_set(uint8_t *bits, const uint8_t *group)
{
	uint32_t h = hash_group(load_le32(group));
	bits[h >> 3] |= (uint8_t)(1u << (h & 7));
}

static inline unsigned
bit_get(const uint8_t *bits, const uint8_t *group)
{
	uint32_t h = hash_group(load_le32(group));
	return (unsigned)bits[h >> 3] >> (h & 7) & 1;
}

/* What a group of everyday words weighs against a run: as much as three of
   its bytes could make up for. */
#define EVERYDAY_WEIGHT 18

/* How common bytes and groups are: a bit for each group of everyday words. */
struct rarity {
	uint8_t common[256];
	uint8_t known[BITMAP_BYTES];
};

static void
rarity_fill(struct rarity *r)
{
	*r = (struct rarity){0};
	for (unsigned x = 0; x < 256; x++)
		r->common[x] = (uint8_t)commonness((uint8_t)x);
	for (size_t i = 0; i + GROUP < sizeof everyday; i++)
		bit_set(r->known, (const uint8_t *)everyday + i);
}

static unsigned
group_weight(const struct rarity *r, const uint8_t *group)
{
	return bit_get(r->known, group) ? EVERYDAY_WEIGHT : 0;
}

/* Where the rarest run of LITERAL_MIN bytes begins. The sum of a run is that of the
 * one before with a byte and a group more, and less. */
static size_t
rarest_run(struct view word, const struct rarity *r)
{
	const uint8_t *p = word.data;
	size_t best = 0;
	unsigned sum = 0;
	for (size_t k = 0; k < LITERAL_MIN; k++)
		sum += r->common[p[k]];
	for (size_t k = 0; k < STRIDE; k++)
		sum += group_weight(r, p + k);
	unsigned best_sum = sum;
	for (size_t i = 1; i + LITERAL_MIN <= word.len; i++) {
		sum += r->common[p[i + LITERAL_MIN - 1]];
		sum += group_weight(r, p + i + STRIDE - 1);
		sum -= r->common[p[i - 1]] + group_weight(r, p + i - 1);
		if (sum < best_sum) {
			best_sum = sum;
			best = i;
		}
	}
	return best;
}

static void
word_enter(struct literals *l, size_t w, const struct rarity *r)
{
	size_t run = rarest_run(l->words[w], r);
	for (size_t k = 0; k < STRIDE; k++) {
		size_t index = w * STRIDE + k;
		struct entry *e = &l->entries[index];
		e->group = load_le32(l->words[w].data + run + k);
		e->offset = (uint32_t)(run + k);
		e->word = (uint16_t)w;
		uint16_t *head = &l->heads[head_of(e->group)];
		e->next = *head;
		*head = (uint16_t)(index + 1);
		bit_set(l->bits, l->words[w].data + run + k);
	}
}

struct literals *
literals_new(const struct view *words, size_t count)
{
	assert(count <= LITERALS_MAX);
	struct literals *l = memory_take(1, sizeof *l);
	struct rarity rarity;
	rarity_fill(&rarity);
	size_t bytes = 0;
	for (size_t i = 0; i < count; i++)
		bytes += words[i].len;
	l->count = count;
	l->words = memory_take(count + 1, sizeof *l->words);
	l->entries = memory_take(count * STRIDE + 1, sizeof *l->entries);
	l->bytes = memory_take(bytes + 1, 1);
	uint8_t *to = l->bytes;
	for (size_t i = 0; i < count; i++) {
		assert(words[i].len >= LITERAL_MIN);
		memcpy(to, words[i].data, words[i].len);
		l->words[i] = view_of(to, words[i].len);
		to += words[i].len;
		word_enter(l, i, &rarity);
	}
	return l;
}

void
literals_free(struct literals *l)
{
	if (l == NULL)
		return;
	free(l->words);
	free(l->entries);
	free(l->bytes);
	free(l);
}

/* Is the entry's word where its group stands at text[at], from `from` on? */
static bool
entry_is(const struct literals *l, const struct entry *e, struct view text,
	size_t from, size_t at)
{
	struct view word = l->words[e->word];
	return e->group == load_le32(text.data + at) &&
		at >= from + e->offset &&
		word.len <= text.len - (at - e->offset) &&
		memcmp(text.data + at - e->offset, word.data, word.len) == 0;
}

static bool
any_word(const struct literals *l, struct view text, size_t from, size_t at)
{
	uint32_t h = head_of(load_le32(text.data + at));
	for (uint16_t i = l->heads[h]; i != 0; i = l->entries[i - 1].next)
		if (entry_is(l, &l->entries[i - 1], text, from, at))
			return true;
	return false;
}

/* The next sampled position at or behind at whose group may begin a word. */
static size_t
sample_next(const struct literals *l, struct view text, size_t at)
{
	/* Four at a time: the loads do not wait for each other. */
	while (at + 3 * STRIDE + GROUP <= text.len) {
		const uint8_t *p = text.data + at;
		if (bit_get(l->bits, p) | bit_get(l->bits, p + STRIDE) |
			bit_get(l->bits, p + 2 * STRIDE) |
			bit_get(l->bits, p + 3 * STRIDE))
			break;
		at += 4 * STRIDE;
	}
	while (at + GROUP <= text.len && !bit_get(l->bits, text.data + at))
		at += STRIDE;
	return at;
}

size_t
literals_find(const struct literals *l, struct view text, size_t from)
{
	size_t at = from;
	for (;;) {
		at = sample_next(l, text, at);
		if (at + GROUP > text.len)
			return text.len;
		if (any_word(l, text, from, at))
			return at;
		at += STRIDE;
	}
}

void
literals_all(const struct literals *l, struct view text, uint64_t *bits)
{
	for (size_t at = 0;; at += STRIDE) {
		at = sample_next(l, text, at);
		if (at + GROUP > text.len)
			return;
		uint32_t h = head_of(load_le32(text.data + at));
		for (uint16_t i = l->heads[h]; i != 0;
			i = l->entries[i - 1].next) {
			const struct entry *e = &l->entries[i - 1];
			if (entry_is(l, e, text, 0, at))
				bits[e->word / 64] |= UINT64_C(1)
					<< e->word % 64;
		}
	}
}
