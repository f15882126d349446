/*
 * Numbers, addresses and times out of text.
 *
 * cite: RFC 3339 section 5.6 (date-time); IANA, Assigned Internet Protocol
 * Numbers.
 */
#include "parsers/flow/values.h"

#include <strings.h>
#include <time.h>

/* The longest flow whose duration is believed: a year. */
#define DURATION_MAX_S ((uint64_t)366 * 86400)

bool
value_count(struct view v, int64_t *out)
{
	uint64_t n;
	if (!view_number(v, INT64_MAX, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

/* "40131.0": what exporters make of an integer in a column of floats. cite:
   cloud.google.com, BigQuery schema of VPC flow logs (FLOAT), exported as CSV */
static struct view
whole(struct view v)
{
	return v.len > 2 && v.data[v.len - 1] == '0' && v.data[v.len - 2] == '.'
		? view_of(v.data, v.len - 2)
		: v;
}

bool
value_port(struct view v, int32_t *out)
{
	uint64_t n;
	v = whole(v);
	if (!view_number(v, UINT16_MAX, &n))
		return false;
	*out = (int32_t)n;
	return true;
}

bool
value_protocol(struct view v, int16_t *out)
{
	/* cite: IANA, Assigned Internet Protocol Numbers. */
	static const struct {
		const char *name;
		uint8_t number;
	} names[] = {
		{"tcp", 6},
		{"udp", 17},
		{"icmp", 1},
		{"icmpv6", 58},
		{"ipv6-icmp", 58},
		{"sctp", 132},
		{"esp", 50},
		{"ah", 51},
		{"gre", 47},
		{"ipip", 94},
	};
	uint64_t n;
	v = whole(v);
	if (view_number(v, UINT8_MAX, &n)) {
		*out = (int16_t)n;
		return true;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (v.len == strlen(names[i].name) &&
			strncasecmp((const char *)v.data, names[i].name,
				v.len) == 0) {
			*out = names[i].number;
			return true;
		}
	}
	return false;
}

bool
value_address(struct view v, struct flow_address *out)
{
	out->has = ip_read(v, &out->ip);
	return out->has;
}

bool
value_seconds(struct view v, int64_t *ns)
{
	uint64_t n;
	if (!view_number(v, INT64_MAX / NS_PER_S, &n))
		return false;
	*ns = (int64_t)n * NS_PER_S;
	return true;
}

/*
 * As seconds this is the year 5138, as milliseconds March 1973; the same holds a
 * thousand times further on for micro- and nanoseconds: no flow log is of either,
 * so our own boundaries cannot be met by a real time.
 */
#define EPOCH_MILLISECONDS_FROM UINT64_C(100000000000)
#define EPOCH_MICROSECONDS_FROM UINT64_C(100000000000000)
#define EPOCH_NANOSECONDS_FROM UINT64_C(100000000000000000)

bool
value_epoch(struct view v, int64_t *ns)
{
	uint64_t n;
	if (!view_number(v, INT64_MAX, &n))
		return false;
	int64_t unit = n < EPOCH_MILLISECONDS_FROM ? NS_PER_S
		: n < EPOCH_MICROSECONDS_FROM      ? NS_PER_MS
		: n < EPOCH_NANOSECONDS_FROM       ? NS_PER_US
						   : 1;
	if (n > (uint64_t)(INT64_MAX / unit))
		return false;
	*ns = (int64_t)n * unit;
	return true;
}

/* len digits at at, which must lie within v and between min and max. */
static bool
digits(struct view v, size_t at, size_t len, uint64_t min, uint64_t max,
	int *out)
{
	uint64_t n;
	if (at + len > v.len ||
		!view_number(view_of(v.data + at, len), max, &n) || n < min)
		return false;
	*out = (int)n;
	return true;
}

/* The offset from UTC at the end: Z, +hh:mm, -hh:mm or +hhmm. */
static bool
zone_seconds(struct view v, int64_t *out)
{
	int hours;
	int minutes;
	if (view_is(v, "Z") || view_is(v, "z")) {
		*out = 0;
		return true;
	}
	bool colon = v.len == 6 && v.data[3] == ':';
	if ((!colon && v.len != 5) || (v.data[0] != '+' && v.data[0] != '-') ||
		!digits(v, 1, 2, 0, 23, &hours) ||
		!digits(v, colon ? 4 : 3, 2, 0, 59, &minutes))
		return false;
	*out = (int64_t)hours * 3600 + (int64_t)minutes * 60;
	if (v.data[0] == '-')
		*out = -*out;
	return true;
}

/* Cut to nanoseconds; *at moves behind the digits. */
static bool
fraction(struct view v, size_t *at, int64_t *ns)
{
	*ns = 0;
	if (*at >= v.len || v.data[*at] != '.')
		return true;
	int64_t unit = NS_PER_S / 10;
	size_t first = ++*at;
	for (; *at < v.len && v.data[*at] >= '0' && v.data[*at] <= '9';
		++*at, unit /= 10)
		*ns += unit * (v.data[*at] - '0');
	return *at > first;
}

bool
value_time(struct view v, int64_t *ns)
{
	struct tm tm = {0};
	int64_t nanos;
	int64_t zone;
	size_t at = 19;
	/* "2006-01-02T15:04:05": 2261 is the last whole year that fits. */
	if (!digits(v, 0, 4, 1970, 2261, &tm.tm_year) ||
		!digits(v, 5, 2, 1, 12, &tm.tm_mon) ||
		!digits(v, 8, 2, 1, 31, &tm.tm_mday) ||
		!digits(v, 11, 2, 0, 23, &tm.tm_hour) ||
		!digits(v, 14, 2, 0, 59, &tm.tm_min) ||
		!digits(v, 17, 2, 0, 60, &tm.tm_sec))
		return false;
	if (v.data[4] != '-' || v.data[7] != '-' || v.data[13] != ':' ||
		v.data[16] != ':' || !byte_among(v.data[10], "Tt "))
		return false;
	if (!fraction(v, &at, &nanos) || !zone_seconds(view_skip(v, at), &zone))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ns = ((int64_t)timegm(&tm) - zone) * NS_PER_S + nanos;
	return true;
}

/* "00:01:03.001" in front of its seconds: the minutes' worth, which is cut off. */
static uint64_t
clock_seconds(struct view *v)
{
	uint64_t h;
	uint64_t min;
	if (v->len < 6 || v->data[2] != ':' || v->data[5] != ':' ||
		!view_number(view_of(v->data, 2), 99, &h) ||
		!view_number(view_of(v->data + 3, 2), 59, &min))
		return 0;
	*v = view_skip(*v, 6);
	return h * 3600 + min * 60;
}

/* "3.001", seconds, or "00:00:03.001" (nfdump 1.7: bin/output_fmt.c String_Duration) */
bool
value_duration(struct view v, int64_t *ns)
{
	uint64_t before = clock_seconds(&v);
	const uint8_t *dot = v.len == 0 ? NULL : memchr(v.data, '.', v.len);
	uint64_t s;
	uint64_t ms;
	if (dot == NULL ||
		!view_number(view_of(v.data, (size_t)(dot - v.data)),
			DURATION_MAX_S, &s) ||
		!view_number(
			view_skip(v, (size_t)(dot + 1 - v.data)), 999, &ms))
		return false;
	*ns = (int64_t)(before + s) * NS_PER_S + (int64_t)ms * NS_PER_MS;
	return true;
}
