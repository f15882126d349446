/*
 * netstat -s of BSD and macOS: protocol counters in prose, the number first.
 *
 * spec: FreeBSD 14 usr.bin/netstat/inet.c tcp_stats(), ip_stats(), udp_stats(),
 * icmp_stats(); macOS network_cmds netstat.tproj/inet.c.
 *
 *	tcp:
 *		7 listen queue overflows
 *		17 syncache entries added
 *			4 dropped                <- of the line above
 *			97659 data packets (116999341 bytes) retransmitted
 *
 * Sentences that netstat_prose_bsd.def knows get the names of nstat. Others are
 * told as they stand, without what is in brackets, with the section as scope and
 * what they are part of in front ("syncache entries added: dropped").
 */
#include "parsers/host/formats.h"

#define DEPTH_MAX 4

static const struct {
	const char *section;
	const char *name;
	const char *sentence;
} prose[] = {
#define X(section, name, sentence) {section, name, sentence},
#include "parsers/host/netstat_prose_bsd.def"
#undef X
};

/* "tcp:", with nothing before or behind it. */
static bool
is_section(struct view line)
{
	/* cite: FreeBSD 14 usr.bin/netstat/main.c protox[], ip6protox[]. */
	static const char *const sections[] = {"tcp:", "udp:", "ip:", "icmp:",
		"igmp:", "ip6:", "icmp6:", "arp:", "sctp:", "ipsec:", "pfsync:",
		"carp:", "rip6:", "udp6:", "tcp6:", "mptcp:", "ipsec6:"};
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		if (view_is(line, sections[i]))
			return true;
	return false;
}

/* Tabs, or what a copy makes of them: blanks by the eight, or one each. */
static size_t
depth_of(struct view line)
{
	size_t n = view_indent(line);
	return n >= 8 ? n / 8 : n;
}

static bool
is_sentence(struct view line)
{
	size_t depth = depth_of(line);
	struct view rest = view_skip(line, view_indent(line));
	return depth > 0 && depth < DEPTH_MAX && is_number(word_next(&rest)) &&
		view_trim(rest).len > 0;
}

enum host_match
netstat_s_bsd_recognise(struct view head)
{
	struct view line;
	bool section = false;
	while (line_next(&head, &line)) {
		if (section && is_sentence(line))
			return HOST_MATCH_YES;
		section = is_section(line);
	}
	return HOST_MATCH_NO;
}

/* The words, single blanks between them, without brackets; the singular of the
   first noun is not sought: a final s is all that differs. */
static void
sentence_add(struct scratch *t, struct view words)
{
	struct view word;
	unsigned brackets = 0;
	bool first = true;
	while ((word = word_next(&words)).len > 0) {
		bool opens = view_begins(word, "(");
		brackets += opens;
		if (brackets == 0) {
			if (!first)
				scratch_adds(t, " ");
			host_scratch_add(t, word);
			first = false;
		}
		if (brackets > 0 && view_has(word, ")"))
			brackets--;
	}
}

/* Word by word, where any word of the line may have an s more. */
static bool
sentence_fits(const char *sentence, struct view words)
{
	struct view want = view_str(sentence);
	for (;;) {
		struct view a = word_next(&want);
		struct view b = word_next(&words);
		if (a.len == 0 || b.len == 0)
			return a.len == b.len;
		if (b.len == a.len + 1 && b.data[a.len] == 's')
			b.len--;
		if (!view_equal(a, b))
			return false;
	}
}

static const char *
name_of(struct view section, struct view words)
{
	for (size_t i = 0; i < sizeof prose / sizeof prose[0]; i++)
		if (view_is(section, prose[i].section) &&
			sentence_fits(prose[i].sentence, words))
			return prose[i].name;
	return NULL;
}

static void
line_read(struct host_run *r, struct view section, struct view *above)
{
	size_t depth = depth_of(r->line);
	struct view words = view_skip(r->line, view_indent(r->line));
	struct view number = word_next(&words);
	const char *known = name_of(section, words);
	above[depth] = words;
	if (known != NULL) {
		emit_value(r, view_str(""), view_str(known), number,
			VALUE_COUNTER);
		return;
	}
	scratch_clear(&r->text);
	if (depth > 1) {
		sentence_add(&r->text, above[depth - 1]);
		scratch_adds(&r->text, ": ");
	}
	sentence_add(&r->text, words);
	emit_value(r, section, run_text(r, &r->text), number, VALUE_COUNTER);
}

void
netstat_s_bsd_parse(struct host_run *r)
{
	struct view section = view_str("");
	struct view above[DEPTH_MAX];
	for (size_t i = 0; i < DEPTH_MAX; i++)
		above[i] = view_str("");
	while (run_next_whole(r)) {
		if (is_section(r->line)) {
			section = view_first(r->line, r->line.len - 1);
			run_claim(r);
		} else if (section.len > 0 && is_sentence(r->line)) {
			line_read(r, section, above);
			run_claim(r);
		}
	}
}
