/*
 * BPF filters by libpcap.
 */
#include "ingest/filter.h"

#include <stddef.h>

/* Any snaplen that a filter may look into. */
#define SNAPLEN 262144

/*
 * Link types in files and libpcap's own DLT numbers are equal but for raw IP.
 * cite: libpcap pcap-common.c, linktype_to_dlt(): LINKTYPE_RAW is 101.
 */
#define LINKTYPE_RAW 101

static int
dlt_of(uint16_t link_type)
{
	return link_type == LINKTYPE_RAW ? DLT_RAW : link_type;
}

void
filter_init(struct filter *f, const char *expression)
{
	*f = (struct filter){.expression = expression};
}

void
filter_release(struct filter *f)
{
	for (int i = 0; i < f->count; i++)
		if (f->programs[i].usable)
			pcap_freecode(&f->programs[i].program);
	f->count = 0;
}

bool
filter_check(const char *expression, struct error *e)
{
	struct bpf_program program;
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	if (dead == NULL)
		return error_set(e, ERROR_ENVIRONMENT, "--filter: no memory");
	bool ok = pcap_compile(dead, &program, expression, 1,
			  PCAP_NETMASK_UNKNOWN) == 0;
	if (ok)
		pcap_freecode(&program);
	else
		error_set(e, ERROR_USAGE,
			"--filter '%s': %s; see pcap-filter(7)", expression,
			pcap_geterr(dead));
	pcap_close(dead);
	return ok;
}

/* The program for a link type, compiled on first use; -1 beyond the bound. */
static int
program_of(struct filter *f, uint16_t link_type)
{
	for (int i = 0; i < f->count; i++)
		if (f->programs[i].link_type == link_type)
			return i;
	if (f->count == FILTER_PROGRAMS_MAX)
		return -1;
	int i = f->count++;
	f->programs[i].link_type = link_type;
	f->programs[i].usable = false;
	pcap_t *dead = pcap_open_dead(dlt_of(link_type), SNAPLEN);
	if (dead != NULL) {
		f->programs[i].usable =
			pcap_compile(dead, &f->programs[i].program,
				f->expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
		pcap_close(dead);
	}
	return i;
}

bool
filter_passes(struct filter *f, uint16_t link_type, const uint8_t *data,
	uint32_t caplen, uint32_t wirelen)
{
	if (f->expression == NULL)
		return true;
	int i = program_of(f, link_type);
	if (i < 0 || !f->programs[i].usable)
		return false;
	struct pcap_pkthdr header = {.caplen = caplen, .len = wirelen};
	return pcap_offline_filter(&f->programs[i].program, &header, data) != 0;
}
