/*
 * netstat -s of Windows and Solaris, and netsh's tcpstats: "name = value".
 *
 * spec: Microsoft, netstat; RFC 4022 for what the values of TCP are; illumos
 * usr/src/cmd/cmd-inet/usr.bin/netstat/netstat.c print_tcp_stats().
 *
 *	TCP Statistics for IPv4
 *
 *	  Active Opens                        = 347883
 *	  Failed Connection Attempts          = 13218
 *
 *	TCP Statistics                      <- netsh interface ipv4 show tcpstats
 *	------------------------------
 *	Active Opens:                       347883
 *
 *	tcp:0:tcp:listenDrop	17                     <- kstat -p, illumos
 *
 *	TCP     tcpRtoAlgorithm     =     4     tcpRtoMin           =   200
 *	        tcpListenDrop       =    12     tcpListenDropQ0     =     3
 *
 * Windows translates its sentences and keeps their order, which is that of the
 * MIB: what stands below a heading with "TCP" is taken by its place and told
 * under the MIB's name, with "IPv4" or "IPv6" as scope. Other sections are told
 * as they stand, with their heading as scope. Solaris' names stay as they are.
 */
#include "parsers/host/formats.h"

/* cite: RFC 4022, section 3, tcpActiveOpens and on, as Windows orders them. */
static const char *const tcp_names[] = {"TcpActiveOpens", "TcpPassiveOpens",
	"TcpAttemptFails", "TcpEstabResets", "TcpCurrEstab", "TcpInSegs",
	"TcpOutSegs", "TcpRetransSegs"};
#define TCP_NAMES (sizeof tcp_names / sizeof tcp_names[0])

static size_t
count_of(struct view line, uint8_t what)
{
	size_t n = 0;
	for (size_t i = 0; i < line.len; i++)
		n += line.data[i] == what;
	return n;
}

/* "  Active Opens          = 347883": one pair, the name of any words. */
static bool
sentence_read(struct view line, struct view *name, struct view *value)
{
	size_t at = view_find(line, "=");
	size_t colon = view_find(line, ":  ");
	if (at == TEXT_NOWHERE && !view_begins(line, " "))
		at = colon;
	else if (count_of(line, '=') != 1 || !view_begins(line, "  "))
		return false;
	if (at == TEXT_NOWHERE)
		return false;
	*name = view_trim(view_first(line, at));
	*value = view_trim(view_skip(line, at + 1));
	return is_number(*value) && name->len > 0;
}

static bool
is_rule(struct view line)
{
	return view_begins(line, "------");
}

/* A heading of Windows: an address family and a protocol, no "="; of netsh the
   protocol alone, and a line below it. */
static bool
is_heading(struct view line)
{
	return view_is(view_trim(line), "TCP Statistics") ||
		(!view_begins(line, " ") && !view_has(line, "=") &&
			(view_has(line, "IPv4") || view_has(line, "IPv6")) &&
			line.len < 60);
}

/* "tcpListenDrop       =    12" */
static bool
pair_next(struct view *rest, struct view *name, struct view *value)
{
	size_t at = view_find(*rest, "=");
	if (at == TEXT_NOWHERE)
		return false;
	struct view before = view_trim(view_first(*rest, at));
	size_t blank = view_find_last(before, ' ');
	size_t tab = view_find_last(before, '\t');
	if (blank == TEXT_NOWHERE || (tab != TEXT_NOWHERE && tab > blank))
		blank = tab;
	*name = blank == TEXT_NOWHERE ? before : view_skip(before, blank + 1);
	*rest = view_skip(*rest, at + 1);
	*value = word_next(rest);
	return is_number(*value);
}

static bool
is_solaris(struct view line)
{
	struct view name;
	struct view value;
	return (view_has(line, "tcpRtoAlgorithm") ||
		       view_has(line, "tcpListenDrop") ||
		       view_has(line, "tcpAttemptFails")) &&
		pair_next(&line, &name, &value);
}

/* "tcp:0:tcp:listenDrop	17", kstat -p: told under the name of netstat -s.
   cite: illumos kstat(8), -p; usr/src/uts/common/inet/tcp/tcp_stats.c */
static bool
kstat_read(struct view line, struct view *name, struct view *value)
{
	static const char module[] = "tcp:0:tcp:";
	struct view rest = line;
	struct view word = word_next(&rest);
	if (!view_begins(word, module))
		return false;
	*name = view_skip(word, sizeof module - 1);
	*value = word_next(&rest);
	return name->len > 0 && is_number(*value) && view_trim(rest).len == 0;
}

static void
kstat_tell(struct host_run *r, struct view name, struct view value)
{
	char first = (char)name.data[0];
	if (first >= 'a' && first <= 'z')
		first = (char)(first - 'a' + 'A');
	scratch_clear(&r->text);
	scratch_adds(&r->text, "tcp");
	host_scratch_add(&r->text, view_of(&first, 1));
	host_scratch_add(&r->text, view_skip(name, 1));
	if (emit_value(r, view_str(""), run_text(r, &r->text), value,
		    VALUE_COUNTER))
		run_claim(r);
}

enum host_match
mib_pairs_recognise(struct view head)
{
	struct view line;
	struct view name;
	struct view value;
	bool heading = false;
	while (line_next(&head, &line)) {
		if (view_trim(line).len == 0 || (heading && is_rule(line)))
			continue;
		if (is_solaris(line) || kstat_read(line, &name, &value) ||
			(heading && sentence_read(line, &name, &value)))
			return HOST_MATCH_YES;
		heading = is_heading(line);
	}
	return HOST_MATCH_NO;
}

static void
solaris_read(struct host_run *r)
{
	struct view rest = r->line;
	struct view name;
	struct view value;
	bool any = false;
	while (pair_next(&rest, &name, &value))
		any |= emit_value(r, view_str(""), name, value, VALUE_COUNTER);
	if (any)
		run_claim(r);
}

struct section {
	struct view heading; /* "" before the first */
	size_t place;        /* of the next pair */
};

static void
windows_read(struct host_run *r, struct section *s, struct view name,
	struct view value)
{
	bool tcp = view_has(s->heading, "TCP") && s->place < TCP_NAMES;
	struct view scope = !tcp               ? s->heading
		: view_has(s->heading, "IPv6") ? view_str("IPv6")
					       : view_str("IPv4");
	if (tcp)
		name = view_str(tcp_names[s->place]);
	s->place++;
	if (emit_value(r, scope, name, value, VALUE_COUNTER))
		run_claim(r);
}

void
mib_pairs_parse(struct host_run *r)
{
	struct section s = {view_str(""), 0};
	struct view name;
	struct view value;
	while (run_next_whole(r)) {
		if (is_heading(r->line)) {
			s = (struct section){view_trim(r->line), 0};
			run_claim(r);
		} else if (s.heading.len > 0 &&
			sentence_read(r->line, &name, &value)) {
			windows_read(r, &s, name, value);
		} else if (s.heading.len > 0 && is_rule(r->line)) {
			run_claim(r);
		} else if (kstat_read(r->line, &name, &value)) {
			kstat_tell(r, name, value);
		} else {
			solaris_read(r);
		}
	}
}
