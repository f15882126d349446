/*
 * Access logs of AWS application (ALB) and network (NLB, TLS listeners) load
 * balancers.
 *
 *	http 2018-07-02T22:23:00.186641Z app/name/id CLIENT:PORT TARGET:PORT ...
 *	tls 2.0 2018-12-20T02:59:40 net/name/id listener CLIENT:PORT ...
 *
 * The time is when the answer was sent (ALB) or the connection closed (NLB),
 * UTC in both, though the second does not write it. The message is the whole
 * line.
 *
 * spec: AWS Elastic Load Balancing guides, "Access logs for your Application
 * Load Balancer" and "... Network Load Balancer"
 */
#include "parsers/log/log_time.h"

/* Types of an ALB's first field. */
static const char *const types[] = {
	"http ", "https ", "h2 ", "grpcs ", "ws ", "wss "};

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
	if (!known || (network && !cursor_until(&c, ' ', &version)))
		return false;
	if (!time_iso(&c, &r->time) || !cursor_take(&c, ' '))
		return false;
	r->time.kind = LOG_TIME_UTC;
	r->time.offset_known = true;
	r->message = line;
	r->tag = network ? view_str("nlb") : view_str("alb");
	return true;
}
