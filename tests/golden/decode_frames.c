/*
 * Print what packet_decode makes of every frame of a capture, one line each,
 * for compare_tshark.py and for the eye.
 *
 *	decode_frames CAPTURE
 *
 * Columns, tab-separated: frame number, kind id, source, source port,
 * destination, destination port, flags (hex), sequence number, acknowledgement
 * number, payload length, TTL, options (hex), MSS, window scale, TSval, TSecr,
 * window, VLAN, direction, tunnel depth. The file is read by libpcap, so that
 * our own reader's faults can't hide or cause a difference. Exit status 3 when
 * libpcap does not read the file to its end, with what it read printed.
 */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

#include "base/ip.h"
#include "parsers/packet/packet.h"

/* libpcap gives DLT values, which differ from LINKTYPE values here.
 * cite: libpcap pcap-common.c, map[] */
static uint16_t
link_type_of(int dlt)
{
	switch (dlt) {
	case DLT_RAW:
		return 101;
	case DLT_ATM_RFC1483:
		return 100;
	case DLT_ATM_CLIP:
		return 106;
	default:
		return (uint16_t)dlt;
	}
}

static void
frame_print(uint64_t number, const struct packet *p)
{
	char src[IP_TEXT_MAX];
	char dst[IP_TEXT_MAX];
	printf("%" PRIu64 "\t%s\t%s\t%u\t%s\t%u\t%02x\t%" PRIu32 "\t%" PRIu32
	       "\t%" PRIu32 "\t%u\t%02x\t%u\t%u\t%" PRIu32 "\t%" PRIu32
	       "\t%u\t%u\t%d\t%u\n",
		number, packet_kind_id(p->kind), ip_format(p->src, src),
		p->src_port, ip_format(p->dst, dst), p->dst_port, p->flags,
		p->seq, p->ack, p->payload_len, p->ttl, p->options, p->mss,
		p->wscale, p->tsval, p->tsecr, p->window, p->vlan,
		(int)p->direction, p->tunnel_depth);
}

int
main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	if (argc != 2) {
		fprintf(stderr, "usage: decode_frames CAPTURE\n");
		return 2;
	}
	pcap_t *capture = pcap_open_offline(argv[1], error);
	if (capture == NULL) {
		fprintf(stderr, "%s: %s\n", argv[1], error);
		return 3;
	}
	uint16_t link_type = link_type_of(pcap_datalink(capture));
	struct pcap_pkthdr *header;
	const u_char *data;
	uint64_t number = 0;
	int status;
	while ((status = pcap_next_ex(capture, &header, &data)) == 1) {
		struct packet p;
		packet_decode(link_type, view_of(data, header->caplen),
			header->len, &p);
		frame_print(++number, &p);
	}
	if (status == PCAP_ERROR)
		fprintf(stderr, "%s: %s\n", argv[1], pcap_geterr(capture));
	pcap_close(capture);
	return status == PCAP_ERROR ? 3 : 0;
}
