/*
 * The family of pcap magic numbers. Private to parsers/capture.
 */
#ifndef PARSERS_CAPTURE_PCAP_H
#define PARSERS_CAPTURE_PCAP_H

#include <stdint.h>

/* One member of the family, as the first four bytes tell it. */
struct pcap_variant {
	uint32_t magic; /* in the byte order of the file */
	uint32_t ns_per_tick; /* unit of a record's fraction of a second */
	uint32_t head_len; /* bytes of a record header */
};

/* magic: 4 bytes. NULL when they begin no pcap, in either byte order. */
const struct pcap_variant *pcap_variant_find(const uint8_t *magic);

#endif
