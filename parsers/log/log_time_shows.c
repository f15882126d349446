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
				!is_hardware_address(v, i)) {
				*where = view_of(v.data + i, strlen(shapes[k]));
				return true;
			}
	}
	return false;
}
