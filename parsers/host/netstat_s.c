/*
 * netstat -s: protocol counters in prose.
 *
 * spec: net-tools 1.60 to 2.10 statistics.c; the sentences are in
 * netstat_prose.def.
 *
 *	TcpExt:
 *	    12 times the listen queue of a socket overflowed
 *	    Quick ack mode was activated 9 times
 *	    TCPLossProbes: 12               <- no sentence: the kernel's name
 *	Icmp:
 *	    ICMP input histogram:
 *	        destination unreachable: 107
 *
 * Names are told as nstat does. Most sentences are left out while their number
 * is 0. The sentences are translated in other locales: such lines are "other".
 */
#include "parsers/host/formats.h"

#define WORDS 24

static const struct {
	const char *section;
	const char *name;
	const char *sentence; /* # stands for the number */
} prose[] = {
#define X(section, name, sentence) {section, name, sentence},
#include "parsers/host/netstat_prose.def"
#undef X
};

/* cite: the tables that net-tools 2.10 and Linux 6.12 net/ipv4/proc.c print. */
static const char *const sections[] = {"Ip", "Icmp", "IcmpMsg", "Tcp", "Udp",
	"UdpLite", "TcpExt", "IpExt", "MPTcpExt", "Sctp", "Ip6", "Icmp6",
	"Udp6", "UdpLite6", "Tcp6"};

/* The name of a section's heading, or NULL. */
static const char *
section_of(struct view line)
{
	if (line.len < 2 || line.data[line.len - 1] != ':')
		return NULL;
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		if (view_is(view_first(line, line.len - 1), sections[i]))
			return sections[i];
	return NULL;
}

/* Word by word; a final period came and went between versions. */
static bool
sentence_fits(const char *sentence, const struct view *words, size_t n,
	struct view *number)
{
	struct view rest = view_str(sentence);
	for (size_t i = 0; i < n; i++) {
		struct view want = word_next(&rest);
		struct view have = words[i];
		if (i + 1 == n && view_ends(have, "."))
			have.len--;
		if (view_is(want, "#") && is_number(have))
			*number = have;
		else if (!view_equal(want, have))
			return false;
	}
	return word_next(&rest).len == 0;
}

static const char *
name_of(const char *section, struct view line, struct view *number)
{
	struct view words[WORDS];
	size_t n = words_split(line, words, WORDS);
	for (size_t i = 0; n > 1 && i < sizeof prose / sizeof prose[0]; i++)
		if (strcmp(prose[i].section, section) == 0 &&
			sentence_fits(prose[i].sentence, words, n, number))
			return prose[i].name;
	return NULL;
}

/*
 * The counter of a line under no heading, as grep leaves it: NULL unless one
 * counter alone has such a sentence, and one of several words.
 */
static const char *
name_alone(struct view line, struct view *number)
{
	enum { ENOUGH = 4 };
	struct view words[WORDS];
	size_t n = words_split(line, words, WORDS);
	const char *name = NULL;
	for (size_t i = 0; n >= ENOUGH && i < sizeof prose / sizeof prose[0];
		i++) {
		if (!sentence_fits(prose[i].sentence, words, n, number))
			continue;
		if (name != NULL && strcmp(name, prose[i].name) != 0)
			return NULL;
		name = prose[i].name;
	}
	return name;
}

/* A heading and, below it, a line that is indented by four or more; or a
   counter's sentence that grep left. */
enum host_match
netstat_s_recognise(struct view head)
{
	struct view line;
	struct view number;
	bool heading = false;
	while (line_next(&head, &line)) {
		if (heading && view_begins(line, "    "))
			return HOST_MATCH_YES;
		heading = section_of(line) != NULL;
		if (name_alone(line, &number) != NULL)
			return HOST_MATCH_YES;
	}
	return HOST_MATCH_NO;
}

/* "TCPLossProbes: 12", where there is no sentence for a counter. */
static bool
pair_read(struct host_run *r, const char *section)
{
	struct view rest = r->line;
	struct view name = word_next(&rest);
	struct view value = word_next(&rest);
	if (!view_ends(name, ":") || name.len < 2 || word_next(&rest).len > 0)
		return false;
	name.len--;
	scratch_clear(&r->text);
	/* The IPv6 tables print their names with the protocol. */
	if (!view_begins(name, section))
		scratch_adds(&r->text, section);
	host_scratch_add(&r->text, name);
	return emit_value(
		r, view_str(""), run_text(r, &r->text), value, VALUE_COUNTER);
}

/* The two histograms of ICMP use the same sentences; they are told apart as
   sections of their own, "Icmp<" received and "Icmp>" sent. */
static const char *
histogram_of(struct view line, const char *section)
{
	bool v6 = strchr(section, '6') != NULL;
	if (view_has(line, "ICMP input histogram:"))
		return v6 ? "Icmp6<" : "Icmp<";
	if (view_has(line, "ICMP output histogram:"))
		return v6 ? "Icmp6>" : "Icmp>";
	return NULL;
}

static bool
line_read(struct host_run *r, const char *section)
{
	struct view number = {0};
	if (section == NULL) {
		const char *alone = name_alone(r->line, &number);
		return alone != NULL &&
			emit_value(r, view_str(""), view_str(alone), number,
				VALUE_COUNTER);
	}
	const char *name = name_of(section, r->line, &number);
	if (name == NULL && section[0] == 'I' && section[1] == 'c') {
		/* Behind a histogram come the totals again. */
		const char *plain = strchr(section, '6') ? "Icmp6" : "Icmp";
		name = name_of(plain, r->line, &number);
	}
	if (name == NULL)
		return pair_read(r, section);
	return emit_value(
		r, view_str(""), view_str(name), number, VALUE_COUNTER);
}

void
netstat_s_parse(struct host_run *r)
{
	const char *section = NULL;
	while (run_next(r)) {
		const char *heading = section_of(view_trim(r->line));
		if (run_blank(r))
			continue;
		if (heading == NULL && section != NULL)
			heading = histogram_of(r->line, section);
		if (heading != NULL) {
			section = heading;
			run_claim(r);
		} else if (line_read(r, section)) {
			run_claim(r);
		}
	}
	r->result->zeros_omitted = true;
}
