/*
 * The descriptive blocks of pcapng: sections, interfaces, statistics, and the
 * option lists in which they say most of what they say.
 *
 * spec: draft-ietf-opsawg-pcapng section 3.5 (options), 4.1 (SHB), 4.2 (IDB),
 * 4.3 (EPB options), 4.6 (ISB).
 *
 *	option: +---------------+---------------+------------------------+
 *	        |  code         |  length       | value, padded to 4     |
 *	        +---------------+---------------+------------------------+
 *
 * A list ends with code 0 or with its block. A value of a length that its code
 * does not allow is passed over as if it were not there, and noted.
 *
 * Nothing here is on the path of an ordinary packet.
 */
#include "parsers/capture/pcapng.h"

#include "base/arena.h"

/* cite: draft-ietf-opsawg-pcapng section 3.5 */
#define OPT_ENDOFOPT 0
/* cite: draft-ietf-opsawg-pcapng section 4.1 */
#define SHB_OS 3
/* cite: draft-ietf-opsawg-pcapng section 4.2 */
#define IF_NAME 2
#define IF_TSRESOL 9
#define IF_FILTER 11
#define IF_OS 12
#define IF_FCSLEN 13
#define IF_TSOFFSET 14
/* cite: draft-ietf-opsawg-pcapng section 4.2, if_filter: the value's first
   byte says what follows; 0 is a string in libpcap's syntax. */
#define IF_FILTER_IS_TEXT 0
/* cite: draft-ietf-opsawg-pcapng section 4.3; pack_flags of the obsolete
   Packet Block has the same code. */
#define EPB_FLAGS 2
#define EPB_DROPCOUNT 4
/* cite: draft-ietf-opsawg-pcapng section 4.6 */
#define ISB_STARTTIME 2
#define ISB_ENDTIME 3
#define ISB_IFDROP 5
#define ISB_OSDROP 7

/* cite: draft-ietf-opsawg-pcapng section 4.2: without if_tsresol, 10^-6 s. */
#define DEFAULT_RESOLUTION 6

struct option {
	uint16_t code;
	struct view value;
};

/* Take the next option off the front; false at the list's end. */
static bool
option_next(struct capture_reader *r, struct pcapng_body *list,
	struct option *option)
{
	if (list->bytes.len == 0)
		return false;
	if (list->bytes.len < 4) {
		reader_note(r, ANOMALY_CAPTURE_BAD_OPTION);
		return false;
	}
	option->code = load16(list->big_endian, list->bytes.data);
	size_t len = load16(list->big_endian, list->bytes.data + 2);
	if (option->code == OPT_ENDOFOPT)
		return false;
	list->bytes = view_skip(list->bytes, 4);
	if (len > list->bytes.len) {
		reader_note(r, ANOMALY_CAPTURE_BAD_OPTION);
		return false;
	}
	option->value = view_of(list->bytes.data, len);
	size_t padded = (len + 3) / 4 * 4;
	if (padded > list->bytes.len)
		padded = list->bytes.len;
	list->bytes = view_skip(list->bytes, padded);
	return true;
}

/* The value has the length that its code demands; noted when not. */
static bool
option_has_len(
	struct capture_reader *r, const struct option *option, size_t len)
{
	if (option->value.len == len)
		return true;
	reader_note(r, ANOMALY_CAPTURE_BAD_OPTION);
	return false;
}

/* Keep the first text said; a value may, against the spec, end in NULs. */
static void
keep_text(char *out, size_t room, struct view text)
{
	if (out[0] != '\0')
		return;
	size_t len = text.len < room - 1 ? text.len : room - 1;
	if (len > 0)
		memcpy(out, text.data, len);
	out[len] = '\0';
}

void
pcapng_read_section(struct capture_reader *r, struct pcapng_body body)
{
	struct pcapng_body list = body;
	struct option option;

	list.bytes = view_skip(body.bytes, PCAPNG_SECTION_LEN);
	while (option_next(r, &list, &option)) {
		if (option.code == SHB_OS)
			keep_text(r->summary.os, sizeof r->summary.os,
				option.value);
	}
}

static void
keep_filter(struct capture_reader *r, struct view value)
{
	struct capture_summary *s = &r->summary;
	if (value.len == 0)
		return;
	s->has_filter = true;
	if (value.data[0] == IF_FILTER_IS_TEXT)
		keep_text(s->filter, sizeof s->filter, view_skip(value, 1));
}

static void
read_interface_options(struct capture_reader *r, struct pcapng_body list,
	struct capture_interface *i)
{
	struct capture_summary *s = &r->summary;
	uint8_t resolution = DEFAULT_RESOLUTION;
	int64_t offset_s = 0;
	struct option o;

	while (option_next(r, &list, &o)) {
		switch (o.code) {
		case IF_NAME:
			keep_text(s->hardware_or_if_name,
				sizeof s->hardware_or_if_name, o.value);
			keep_text(i->name, sizeof i->name, o.value);
			break;
		case IF_TSRESOL:
			if (option_has_len(r, &o, 1))
				resolution = o.value.data[0];
			break;
		case IF_FILTER:
			keep_filter(r, o.value);
			break;
		case IF_OS:
			keep_text(s->os, sizeof s->os, o.value);
			break;
		case IF_FCSLEN:
			if (option_has_len(r, &o, 1))
				i->fcs_len = o.value.data[0];
			break;
		case IF_TSOFFSET:
			if (option_has_len(r, &o, 8))
				offset_s = (int64_t)load64(
					list.big_endian, o.value.data);
			break;
		default:
			break;
		}
	}
	pcapng_ticks_init(i, resolution, offset_s);
}

/* A new element at the end of the section's interfaces, or NULL when full. */
static struct capture_interface *
interface_new(struct pcapng_state *s)
{
	if (s->kept == CAPTURE_INTERFACES_MAX)
		return NULL;
	if (s->kept == s->room) {
		s->room = s->room == 0 ? 4 : s->room * 2;
		s->interfaces = memory_grow(
			s->interfaces, s->room, sizeof *s->interfaces);
	}
	struct capture_interface *i = &s->interfaces[s->kept++];
	memset(i, 0, sizeof *i);
	return i;
}

void
pcapng_read_interface(struct capture_reader *r, struct pcapng_body body)
{
	r->summary.interfaces++;
	struct capture_interface *i = interface_new(&r->pcapng);
	if (i == NULL) {
		reader_note(r, ANOMALY_CAPTURE_TOO_MANY_INTERFACES);
		return;
	}
	i->link_type = load16(body.big_endian, body.bytes.data);
	i->snaplen = load32(body.big_endian, body.bytes.data + 4);
	capture_see_snaplen(r, i->snaplen);
	body.bytes = view_skip(body.bytes, PCAPNG_INTERFACE_LEN);
	read_interface_options(r, body, i);
}

void
pcapng_sum_drops(struct capture_reader *r)
{
	const struct pcapng_state *s = &r->pcapng;
	uint64_t sum = s->statistic_drops < UINT64_MAX
		? (uint64_t)s->statistic_drops
		: UINT64_MAX;
	r->summary.dropped = sum > s->counted_drops ? sum : s->counted_drops;
}

/* A time that statistics give, as two words, high first. */
static int64_t
statistics_time(
	const struct capture_interface *i, bool big_endian, const uint8_t *p)
{
	uint64_t ticks = (uint64_t)load32(big_endian, p) << 32 |
		load32(big_endian, p + 4);
	return pcapng_ticks_to_ns(i, ticks);
}

static void
read_statistic(struct capture_reader *r, struct capture_interface *i,
	const struct option *o, bool big_endian)
{
	struct capture_summary *s = &r->summary;
	bool known = o->code == ISB_STARTTIME || o->code == ISB_ENDTIME ||
		o->code == ISB_IFDROP || o->code == ISB_OSDROP;
	if (!known || !option_has_len(r, o, 8))
		return;
	if (o->code == ISB_IFDROP || o->code == ISB_OSDROP) {
		/* Counts since the capture began: the latest replaces. */
		uint64_t n = load64(big_endian, o->value.data);
		uint64_t *kept =
			o->code == ISB_IFDROP ? &i->ifdrop : &i->osdrop;
		r->pcapng.statistic_drops -= *kept;
		r->pcapng.statistic_drops += n;
		*kept = n;
		s->has_drop_count = true;
		return;
	}
	int64_t ns = statistics_time(i, big_endian, o->value.data);
	if (ns == CLOCK_UNKNOWN_NS)
		return;
	if (o->code == ISB_STARTTIME) {
		if (s->started.ns == CLOCK_UNKNOWN_NS || ns < s->started.ns)
			s->started.ns = ns;
	} else if (s->ended.ns == CLOCK_UNKNOWN_NS || ns > s->ended.ns) {
		s->ended.ns = ns;
	}
}

void
pcapng_read_statistics(struct capture_reader *r, struct pcapng_body body)
{
	uint32_t id = load32(body.big_endian, body.bytes.data);
	if (id >= r->pcapng.kept) {
		reader_note(r, ANOMALY_CAPTURE_UNKNOWN_INTERFACE);
		return;
	}
	struct capture_interface *i = &r->pcapng.interfaces[id];
	struct pcapng_body list = body;
	struct option option;
	list.bytes = view_skip(body.bytes, PCAPNG_STATISTICS_LEN);
	while (option_next(r, &list, &option))
		read_statistic(r, i, &option, list.big_endian);
	pcapng_sum_drops(r);
}

void
pcapng_read_packet_options(struct capture_reader *r, struct pcapng_body options,
	struct pcapng_packet_options *out)
{
	struct option o;
	while (option_next(r, &options, &o)) {
		if (o.code == EPB_FLAGS && option_has_len(r, &o, 4)) {
			out->has_flags = true;
			out->flags = load32(options.big_endian, o.value.data);
		}
		if (o.code == EPB_DROPCOUNT && option_has_len(r, &o, 8)) {
			out->has_drop_count = true;
			out->dropped = load64(options.big_endian, o.value.data);
		}
	}
}
