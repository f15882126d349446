/*
 * Zones: see log_zone.h. Names that stand for several zones with different
 * offsets are kept as names.
 */
#include "parsers/log/log_zone.h"

static const struct {
	const char *name;
	int16_t minutes; /* east of UTC */
} zones[] = {
#define X(name, minutes) {name, minutes},
#include "parsers/log/zone_names.def"
#undef X
};

/* Zones' names that zone_names.def leaves out because they stand for several.
   A word behind a time that is none of either is not a zone. */
static const char *const ambiguous[] = {
	"CST", "CDT", "IST", "PST", "KST", "MSK", "GST"};

/* "+0100", "+01:00", "+08"; *ok false for an offset that no zone has. */
static bool
offset_take(struct cursor *c, struct zone *z, bool *ok)
{
	struct cursor at = *c;
	bool west = cursor_peek(&at) == '-';
	int h;
	int m = 0;
	*ok = true;
	if ((!cursor_take(&at, '+') && !cursor_take(&at, '-')) ||
		!cursor_digits(&at, 2, &h))
		return false;
	struct cursor colon = at;
	if (cursor_take(&colon, ':'))
		at = colon;
	if (byte_digit(cursor_peek(&at)) && !cursor_digits(&at, 2, &m))
		*ok = false;
	/* UTC-12 to UTC+14 (IANA tz), some room for older ones. */
	if (h > 15 || m > 59)
		*ok = false;
	int32_t s = h * 3600 + m * 60;
	z->known = true;
	/* "-00:00" is UTC of one who does not know his zone.
	   cite: RFC 3339 section 4.3 */
	z->number = !west || s != 0;
	z->offset_s = west ? -s : s;
	*c = at;
	return true;
}

static bool
name_known(struct view name, struct zone *z)
{
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
		if (view_is(name, zones[i].name)) {
			z->known = true;
			z->offset_s = zones[i].minutes * 60;
			return true;
		}
	return false;
}

static struct view
letters(const struct cursor *c)
{
	size_t n = 0;
	while (n < cursor_left(c) && byte_letter(c->p[n]))
		n++;
	return view_of(c->p, n);
}

/* Behind a sign "0100" or "01:00", and not more digits. */
static bool
is_offset(const struct cursor *c)
{
	if (cursor_left(c) < 5 || !byte_digit(c->p[1]) || !byte_digit(c->p[2]))
		return false;
	size_t at = c->p[3] == ':' ? 4 : 3;
	return cursor_left(c) >= at + 2 && byte_digit(c->p[at]) &&
		byte_digit(c->p[at + 1]) &&
		(cursor_left(c) == at + 2 || !byte_digit(c->p[at + 2]));
}

/* " +0000" and " +00:00" (Serilog) only whole; " UTC" only a known name. */
static bool
spaced_take(struct cursor *c, struct zone *z)
{
	struct cursor at = *c;
	bool ok;
	if (!cursor_take(&at, ' '))
		return true;
	if (is_offset(&at) && offset_take(&at, z, &ok)) {
		*c = at;
		return ok;
	}
	struct view name = letters(&at);
	bool known = name_known(name, z);
	for (size_t i = 0; i < sizeof ambiguous / sizeof *ambiguous; i++)
		if (!known && view_is(name, ambiguous[i])) {
			memcpy(z->name, name.data, name.len);
			known = true;
		}
	if (known) {
		c->p = name.data + name.len;
	}
	return true;
}

bool
zone_take(struct cursor *c, struct zone *z)
{
	bool ok;
	*z = (struct zone){0};
	if (cursor_take(c, 'Z')) {
		z->known = true;
		return true;
	}
	if (offset_take(c, z, &ok))
		return ok;
	return spaced_take(c, z);
}

bool
zone_word_take(struct cursor *c, struct zone *z)
{
	bool ok;
	*z = (struct zone){0};
	if (cursor_peek(c) == '+' || cursor_peek(c) == '-')
		return offset_take(c, z, &ok) && ok;
	struct view name = letters(c);
	if (name.len == 0 || name.len >= LOG_ZONE_MAX)
		return false;
	if (!name_known(name, z))
		memcpy(z->name, name.data, name.len);
	c->p = name.data + name.len;
	return cursor_left(c) == 0 || !byte_digit(*c->p);
}

void
zone_apply(const struct zone *z, struct log_time *t)
{
	if (z->known && t->kind == LOG_TIME_LOCAL) {
		t->kind = LOG_TIME_UTC;
		t->offset_known = true;
		t->offset_written = z->number;
		t->offset_s = z->offset_s;
		t->ns -= z->offset_s * NS_PER_S;
		return;
	}
	memcpy(t->zone, z->name, sizeof t->zone);
}
