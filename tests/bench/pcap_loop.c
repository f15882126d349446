/*
 * The floor that the benchmark measures against: libpcap's own loop over the
 * files named, one after the other, touching each packet's length and nothing
 * else. pcap_loop with a callback is the fastest way in that libpcap has.
 */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

struct totals {
	uint64_t packets;
	uint64_t bytes;
};

static void
count(u_char *user, const struct pcap_pkthdr *head, const u_char *data)
{
	struct totals *t = (struct totals *)user;
	(void)data;
	t->packets++;
	t->bytes += head->caplen;
}

int
main(int argc, char **argv)
{
	struct totals t = {0, 0};
	for (int i = 1; i < argc; i++) {
		char error[PCAP_ERRBUF_SIZE];
		pcap_t *p = pcap_open_offline(argv[i], error);
		if (p == NULL) {
			fprintf(stderr, "pcap_loop: %s\n", error);
			return 2;
		}
		if (pcap_loop(p, -1, count, (u_char *)&t) != 0) {
			fprintf(stderr, "pcap_loop: %s: %s\n", argv[i],
				pcap_geterr(p));
			return 2;
		}
		pcap_close(p);
	}
	printf("%" PRIu64 " packets %" PRIu64 " bytes\n", t.packets, t.bytes);
	return argc < 2;
}
