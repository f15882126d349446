/*
 * Access logs in the common or combined format, with whatever follows.
 *
 *	ADDRESS - USER [20/Nov/2026:23:41:20 +0000] "REQUEST" STATUS BYTES ...
 *
 * Up to three words may stand before the address (Apache httpd's vhost_combined
 * puts the virtual host there), and nginx's extra fields (upstream address,
 * connect time) behind. The message is the whole line: patterns read all of it.
 *
 * spec: nginx src/http/modules/ngx_http_log_module.c ngx_http_combined_fmt;
 * Apache httpd docs/conf/httpd.conf.in, LogFormat
 */
#include "parsers/log/log_time.h"

/* An IPv6 address, a user name, a virtual host; more is no access log. */
#define LEAD_MAX 512

bool
access_parse(struct view line, struct log_record *r, struct log_scratch *s)
{
	(void)s;
	size_t lead = line.len < LEAD_MAX ? line.len : LEAD_MAX;
	const uint8_t *open = lead > 0 ? memchr(line.data, '[', lead) : NULL;
	if (open == NULL || open == line.data || open[-1] != ' ')
		return false;
	struct cursor c =
		cursor_of(view_skip(line, (size_t)(open - line.data) + 1));
	if (!byte_digit(cursor_peek(&c)) || !time_clf(&c, &r->time) ||
		!cursor_take_text(&c, "] \""))
		return false;
	r->message = line;
	return true;
}
