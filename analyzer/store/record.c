/*
 * A record is a header and a body: the header has its own length and a type for
 * each column, the body the values of those types that need bytes.
 *
 *	+-----+----------------+------------------+
 *	| len | type type type | value value ...  |
 *	+-----+----------------+------------------+
 *
 * Integers take as few of 0, 1, 2, 3, 4, 6 or 8 bytes as hold them, big-endian.
 * spec: sqlite.org/fileformat2.html, 2.1
 */
#include "store/record.h"

#include <string.h>

/* Types of a column's value. cite: fileformat2.html, 2.1, "Serial Type Codes" */
enum { TYPE_NULL = 0, TYPE_REAL = 7, TYPE_ZERO = 8, TYPE_ONE = 9 };
#define TYPE_TEXT(len) (2 * (uint64_t)(len) + 13)

/* Every type of a row takes two bytes at most, for texts are shorter than this;
 * so the header's length does, too. */
#define TEXT_MAX 8000
#define TYPE_BYTES_MAX 2

struct writer {
	uint8_t types[STORE_BULK_COLUMNS * TYPE_BYTES_MAX];
	size_t types_len;
	uint8_t *body;
	size_t body_len;
	size_t room; /* of the body */
};

/* A table's own number: INT columns with this in front of their constraint. */
static const char key_words[] = "PRIMARY KEY";

size_t
record_varint(uint8_t *out, uint64_t v)
{
	uint8_t digits[RECORD_VARINT_MAX + 1];
	size_t n = 0;
	if (v >> 56 != 0) {
		for (int i = 8; i >= 0; i--) {
			out[i] = i == 8 ? (uint8_t)v
					: (uint8_t)((v & 0x7f) | 0x80);
			v >>= i == 8 ? 8 : 7;
		}
		return RECORD_VARINT_MAX;
	}
	do {
		digits[n++] = (uint8_t)(v & 0x7f);
		v >>= 7;
	} while (v != 0);
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(digits[n - 1 - i] | (i + 1 < n ? 0x80 : 0));
	return n;
}

int
record_key(const struct store_table *t)
{
	for (int i = 0; i < t->columns_count; i++)
		if (t->columns[i].type == STORE_INT &&
			strncmp(t->columns[i].constraint, key_words,
				sizeof key_words - 1) == 0)
			return i;
	return -1;
}

bool
record_suits(const struct store_table *t)
{
	if (t->key[0] != '\0' || strstr(t->options, "WITHOUT ROWID") != NULL)
		return false;
	int key = record_key(t);
	for (int i = 0; i < t->columns_count; i++) {
		const char *rule = t->columns[i].constraint;
		if (strstr(rule, "CHECK") != NULL ||
			strstr(rule, "UNIQUE") != NULL ||
			(i != key && strstr(rule, key_words) != NULL))
			return false;
	}
	return true;
}

/* The fewest bytes that hold v, or its type where that says all. */
static unsigned
int_type(int64_t v)
{
	uint64_t size = v < 0 ? ~(uint64_t)v : (uint64_t)v;
	if (v == 0 || v == 1)
		return v == 0 ? TYPE_ZERO : TYPE_ONE;
	return size < UINT64_C(1) << 7     ? 1
		: size < UINT64_C(1) << 15 ? 2
		: size < UINT64_C(1) << 23 ? 3
		: size < UINT64_C(1) << 31 ? 4
		: size < UINT64_C(1) << 47 ? 5
					   : 6;
}

/* The caller has seen to eight bytes of room. */
static void
put_int(struct writer *w, int64_t v)
{
	static const uint8_t bytes[] = {[1] = 1,
		[2] = 2,
		[3] = 3,
		[4] = 4,
		[5] = 6,
		[6] = 8,
		[TYPE_ZERO] = 0,
		[TYPE_ONE] = 0};
	unsigned type = int_type(v);
	w->types[w->types_len++] = (uint8_t)type;
	for (int i = bytes[type] - 1; i >= 0; i--) {
		w->body[w->body_len + (size_t)i] = (uint8_t)v;
		v = (int64_t)((uint64_t)v >> 8);
	}
	w->body_len += bytes[type];
}

static void
put_real(struct writer *w, double v)
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof bits);
	w->types[w->types_len++] = TYPE_REAL;
	for (int i = 7; i >= 0; i--) {
		w->body[w->body_len + (size_t)i] = (uint8_t)bits;
		bits >>= 8;
	}
	w->body_len += 8;
}

static bool
put_text(struct writer *w, const void *text, size_t len)
{
	if (len > TEXT_MAX || len > w->room - w->body_len)
		return false;
	w->types_len += record_varint(&w->types[w->types_len], TYPE_TEXT(len));
	if (len > 0)
		memcpy(w->body + w->body_len, text, len);
	w->body_len += len;
	return true;
}

static bool
put_null(struct writer *w, const char *constraint)
{
	if (constraint[0] != '\0' && strstr(constraint, "NOT NULL") != NULL)
		return false;
	w->types[w->types_len++] = TYPE_NULL;
	return true;
}

/* False: no row of this form. */
static bool
put_member(struct writer *w, const struct store_column *c, const void *member)
{
	const struct view *view = member;
	const char *text;
	if (w->room - w->body_len < sizeof(int64_t))
		return false;
	switch (c->type) {
	case STORE_INT:
		if (*(const int64_t *)member == STORE_NULL)
			break;
		put_int(w, *(const int64_t *)member);
		return true;
	case STORE_REAL:
		if (isnan(*(const double *)member))
			break;
		put_real(w, *(const double *)member);
		return true;
	case STORE_TEXT:
		text = *(const char *const *)member;
		if (text == NULL)
			break;
		return put_text(w, text, strlen(text));
	case STORE_VIEW:
		if (view->data == NULL)
			break;
		return put_text(w, view->data, view->len);
	}
	return put_null(w, c->constraint);
}

size_t
record_write(const struct store_table *t, int key, const void *row,
	uint8_t *out, size_t room)
{
	struct writer w;
	/* The body behind the longest header; it moves up to the real one. */
	size_t reserved = TYPE_BYTES_MAX * ((size_t)t->columns_count + 1);
	if (room < reserved)
		return 0;
	w.types_len = w.body_len = 0;
	w.body = out + reserved;
	w.room = room - reserved;
	for (int i = 0; i < t->columns_count; i++) {
		const struct store_column *c = &t->columns[i];
		if (i == key)
			w.types[w.types_len++] = TYPE_NULL;
		else if (!put_member(&w, c, (const char *)row + c->offset))
			return 0;
	}
	/* The length counts itself. */
	size_t header = w.types_len + (w.types_len < 127 ? 1 : 2);
	size_t n = record_varint(out, header);
	memcpy(out + n, w.types, w.types_len);
	memmove(out + header, w.body, w.body_len);
	return header + w.body_len;
}
