/*
 * Access logs of AWS application (ALB), network (NLB, TLS listeners) and classic
 * load balancers.
 *
 *	2018-07-02T22:23:00.186641Z name CLIENT:PORT TARGET:PORT ...   classic
 *	http 2018-07-02T22:23:00.186641Z app/name/id CLIENT:PORT TARGET:PORT ...
 *	tls 2.0 2018-12-20T02:59:40 net/name/id listener CLIENT:PORT ...
 *
 * The time is when the answer was sent (ALB) or the connection closed (NLB),
 * UTC in both, though the second does not write it. The message is the whole
 * line.
 *
 * spec: AWS Elastic Load Balancing guides, "Access logs for your Application
 * Load Balancer", "... Network Load Balancer" and "... Classic Load Balancer"
 */
#include "parsers/log/log_time.h"

/* Types of an ALB's first field. */
static const char *const types[] = {
	"http ", "https ", "h2 ", "grpcs ", "ws ", "wss "};

/* "A:PORT", or "-" where no target was chosen. */
static bool
endpoint_skip(struct cursor *c, bool needed)
{
	struct view v = cursor_token(c);
	if (!needed && view_is(v, "-"))
		return cursor_take(c, ' ');
	return v.len >= 3 && memchr(v.data, ':', v.len) != NULL &&
		byte_digit(v.data[v.len - 1]) && cursor_take(c, ' ');
}

/* A classic load balancer names no type: time, name, two ends and three
   durations make sure of it. */
static bool
classic_parse(struct view line, struct log_record *r)
{
	struct cursor c = cursor_of(line);
	if (!byte_digit(cursor_peek(&c)) || !time_iso(&c, &r->time) ||
		!r->time.offset_known || !cursor_take(&c, ' '))
		return false;
	if (cursor_token(&c).len == 0 || !cursor_take(&c, ' ') ||
		!endpoint_skip(&c, true) || !endpoint_skip(&c, false))
		return false;
	for (int i = 0; i < 3; i++) {
		struct view v = cursor_token(&c);
		if (v.len == 0 ||
			(!byte_digit(v.data[0]) && !view_is(v, "-1")) ||
			!cursor_take(&c, ' '))
			return false;
	}
	r->message = line;
	r->tag = view_str("elb");
	return true;
}

bool
aws_elb_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	struct cursor c = cursor_of(line);
	bool network = cursor_take_text(&c, "tls ");
	bool known = network;
	struct view version;
	for (size_t i = 0; i < sizeof types / sizeof *types && !known; i++)
		known = cursor_take_text(&c, types[i]);
	if (!known)
		return classic_parse(line, r);
	if (network && !cursor_until(&c, ' ', &version))
		return false;
	if (!time_iso(&c, &r->time) || !cursor_take(&c, ' '))
		return false;
	r->time.kind = LOG_TIME_UTC;
	r->time.offset_known = true;
	r->message = line;
	r->tag = network ? view_str("nlb") : view_str("alb");
	return true;
}
