/*
 * What looks like a date or a time of day, whether or not it can be read: see
 * time_shows in log_time.h. A line that shows one takes no other line's time.
 */
#include "parsers/log/log_time.h"

/* A digit's run of n at v.data[i], with separators as given: "dd:dd:dd". */
static bool
shape_at(struct view v, size_t i, const char *shape)
{
	size_t n = strlen(shape);
	if (v.len - i < n || (i > 0 && byte_digit(v.data[i - 1])))
		return false;
	for (size_t k = 0; k < n; k++) {
		uint8_t x = v.data[i + k];
		if (shape[k] == 'd'               ? !byte_digit(x)
				: shape[k] == '-' ? !byte_among(x, "-/.")
						  : x != (uint8_t)shape[k])
			return false;
	}
	return i + n == v.len || !byte_digit(v.data[i + n]);
}

/* How far into a line a time is looked for. */
#define SHOWS_MAX 64

static bool
is_hex(uint8_t x)
{
	return byte_digit(x) || ((x | 0x20) >= 'a' && (x | 0x20) <= 'f');
}

/* Two hexadecimal digits at v.data[i], no more and no fewer. */
static bool
pair_at(struct view v, size_t i)
{
	return i + 2 <= v.len && is_hex(v.data[i]) && is_hex(v.data[i + 1]) &&
		(i == 0 || !is_hex(v.data[i - 1])) &&
		(i + 2 == v.len || !is_hex(v.data[i + 2]));
}

/* Do the three pairs at i belong to more of them: a hardware address, as in the
   "MAC=" of a packet log? cite: IEEE 802-2014 8.1, six pairs */
static bool
is_hardware_address(struct view v, size_t i)
{
	bool before = i >= 3 && v.data[i - 1] == ':' && pair_at(v, i - 3);
	bool behind = i + 8 < v.len && v.data[i + 8] == ':' &&
		pair_at(v, i + 9) && i + 11 < v.len && v.data[i + 11] == ':';
	return before || behind;
}

/* Do the n bytes at i belong to more parts between dots, or to a name: an IPv4
   address as in "10.20.30.40", a version as in "v12.10.21" or "proxy/12.10.21"? */
static bool
is_dotted_number(struct view v, size_t i, size_t n)
{
	size_t behind = i + n;
	if (memchr(v.data + i, '.', n) == NULL)
		return false;
	if (behind + 1 < v.len && v.data[behind] == '.' &&
		byte_digit(v.data[behind + 1]))
		return true;
	if (i == 0)
		return false;
	uint8_t x = v.data[i - 1];
	if (i > 1 && byte_among(x, "./-_"))
		return x == '.' ? byte_digit(v.data[i - 2])
				: byte_letter(v.data[i - 2]);
	return byte_letter(x);
}

/* Months as they are written out; the short forms are month_names.def. cite: glibc
   2.36 localedata/locales, "mon" of en, de, fr and es */
static const char *const long_months[] = {"January", "February", "March",
	"April", "June", "July", "August", "September", "October", "November",
	"December", "Januar", "Februar", "M\303\244rz", "Juni", "Juli",
	"Oktober", "Dezember", "janvier", "f\303\251vrier", "avril", "juin",
	"juillet", "ao\303\273t", "septembre", "octobre", "novembre",
	"d\303\251cembre", "enero", "febrero", "marzo", "mayo", "junio",
	"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"};

/* A month's name at v.data[i], and nothing of a longer word; bytes, or 0. */
static size_t
month_at(struct view v, size_t i)
{
	struct view rest = view_skip(v, i);
	size_t n = 0;
	if (i > 0 && (byte_letter(v.data[i - 1]) || v.data[i - 1] >= 0x80))
		return 0;
	for (size_t k = 0; k < sizeof long_months / sizeof *long_months; k++)
		if (rest.len > 0 &&
			(uint8_t)long_months[k][0] == rest.data[0] &&
			view_begins(rest, long_months[k]))
			n = strlen(long_months[k]);
	struct cursor c = cursor_of(rest);
	if (n == 0 && byte_letter(rest.data[0]) && time_month(&c))
		n = (size_t)(c.p - rest.data);
	bool whole = n > 0 &&
		(n == rest.len ||
			(!byte_letter(rest.data[n]) && rest.data[n] < 0x80));
	return whole ? n : 0;
}

/* What may stand between a day and its month. */
static const char *const joints[] = {" ", ". ", "-", "/", ".", "th of ",
	"st of ", "nd of ", "rd of ", "th ", "st ", " de ", " of "};

/* Is the month at v.data[i] behind one of them and a digit? Bytes of it, or 0. */
static size_t
joint_before(struct view v, size_t i)
{
	for (size_t k = 0; k < sizeof joints / sizeof *joints; k++) {
		size_t n = strlen(joints[k]);
		if (i > n && byte_digit(v.data[i - n - 1]) &&
			memcmp(v.data + i - n, joints[k], n) == 0)
			return n;
	}
	return 0;
}

/* "Nov 20", "20. November", "20th of November": a month with a day of one or two
   digits beside it. A day behind a small letter is another word's: "sent 0". */
static bool
named_day(struct view v, size_t i, size_t n, struct view *where)
{
	size_t from = i - joint_before(v, i);
	size_t first = from;
	while (first > 0 && byte_digit(v.data[first - 1]))
		first--;
	bool capital = v.data[i] >= 'A' && v.data[i] <= 'Z';
	/* "12 may": in small letters a word, but in front of a line. */
	if (from < i && from - first <= 2 && (capital || n > 4 || first <= 1)) {
		*where = view_of(v.data + first, i + n - first);
		return true;
	}
	size_t at = i + n;
	while (at < v.len && at - i - n < 2 && byte_among(v.data[at], " .-/"))
		at++;
	size_t digits = at;
	while (digits < v.len && byte_digit(v.data[digits]))
		digits++;
	if (!capital || at == i + n || digits == at || digits - at > 2 ||
		(digits < v.len && v.data[digits] == ':'))
		return false;
	*where = view_of(v.data + i, digits - i);
	return true;
}

/* "23:41", "11:41PM", "23h41": a time of day that stands for itself. */
static bool
clock_at(struct view v, size_t i, struct view *where)
{
	size_t n = 5;
	if (i > 0 && !byte_among(v.data[i - 1], " [(<|T"))
		return false;
	if (!shape_at(v, i, "dd:dd") && !shape_at(v, i, "ddhdd"))
		return false;
	if (i + 7 <= v.len && byte_among(v.data[i + 5], "AaPp") &&
		byte_among(v.data[i + 6], "Mm"))
		n = 7;
	if (v.data[i] > '2' ||
		(i + n < v.len && !byte_among(v.data[i + n], " ])>|,;:mZ")))
		return false;
	*where = view_of(v.data + i, n);
	return true;
}

/* "20261120" in front of a line: a day of this century or the one before. */
static bool
packed_day(struct view v, struct view *where)
{
	size_t i = v.len > 0 && byte_among(v.data[0], "[(") ? 1 : 0;
	if (!shape_at(v, i, "dddddddd") || i + 8 == v.len ||
		!byte_among(v.data[i + 8], " -_T]):"))
		return false;
	const uint8_t *d = v.data + i;
	int month = (d[4] - '0') * 10 + d[5] - '0';
	int day = (d[6] - '0') * 10 + d[7] - '0';
	if (!((d[0] == '2' && d[1] == '0') || (d[0] == '1' && d[1] == '9')) ||
		month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*where = view_of(d, 8);
	return true;
}

/* Bytes of a digit that is none of ASCII's: Arabic, Persian, Devanagari, full
   width; or 0. cite: Unicode 15, general category Nd */
static size_t
foreign_digit(struct view v)
{
	if (v.len >= 2 &&
		((v.data[0] == 0xd9 && v.data[1] >= 0xa0 &&
			 v.data[1] <= 0xa9) ||
			(v.data[0] == 0xdb && v.data[1] >= 0xb0 &&
				v.data[1] <= 0xb9)))
		return 2;
	if (v.len >= 3 &&
		((v.data[0] == 0xe0 && v.data[1] == 0xa5 && v.data[2] >= 0xa6 &&
			 v.data[2] <= 0xaf) ||
			(v.data[0] == 0xef && v.data[1] == 0xbc &&
				v.data[2] >= 0x90 && v.data[2] <= 0x99)))
		return 3;
	return 0;
}

/* Four such digits in front of a line: a year. */
static bool
foreign_year(struct view v, struct view *where)
{
	size_t at = v.len > 0 && byte_among(v.data[0], "[(") ? 1 : 0;
	size_t from = at;
	for (int i = 0; i < 4; i++) {
		size_t n = foreign_digit(view_skip(v, at));
		if (n == 0)
			return false;
		at += n;
	}
	*where = view_of(v.data + from, at - from);
	return true;
}

/* How far into a line a day or a clock without the rest of a date is looked for:
   further in they are part of what is told. */
#define PARTS_MAX 32

/* What is less than a date and a time: a day, or hours and minutes. */
static bool
part_shows(struct view v, struct view *where)
{
	size_t far = v.len < PARTS_MAX ? v.len : PARTS_MAX;
	if (packed_day(v, where) || foreign_year(v, where))
		return true;
	for (size_t i = 0; i < far; i++) {
		size_t n = byte_digit(v.data[i]) ? 0 : month_at(v, i);
		if ((n > 0 && named_day(v, i, n, where)) ||
			clock_at(v, i, where))
			return true;
	}
	return false;
}

bool
time_shows(struct view v, struct view *where)
{
	static const char *const shapes[] = {
		"dddd-dd-dd", "dd-dd-dddd", "dd:dd:dd", "d:dd:dd", "dd-dd-dd"};
	size_t far = v.len < SHOWS_MAX ? v.len : SHOWS_MAX;
	for (size_t i = 0; i < far; i++) {
		if (!byte_digit(v.data[i]))
			continue;
		for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
			if (shape_at(v, i, shapes[k]) &&
				!is_hardware_address(v, i) &&
				!is_dotted_number(v, i, strlen(shapes[k]))) {
				*where = view_of(v.data + i, strlen(shapes[k]));
				return true;
			}
	}
	return part_shows(v, where);
}
