/*
 * Write the unit tests' frames as seeds of fuzz_packet: one file each, the link
 * type in two bytes, then the frame.
 *
 *	packet_seeds FOLDER
 */
#include <stdio.h>

#include "../unit/packet_samples.h"

static int
seed_write(const char *folder, size_t number, const struct packet_sample *s)
{
	char path[4096];
	uint8_t type[2] = {(uint8_t)s->link_type, (uint8_t)(s->link_type >> 8)};
	snprintf(path, sizeof path, "%s/%03zu", folder, number);
	FILE *f = fopen(path, "wb");
	if (f == NULL) {
		perror(path);
		return 1;
	}
	size_t written = fwrite(type, 1, sizeof type, f) +
		fwrite(s->bytes.data, 1, s->bytes.len, f);
	if (fclose(f) != 0 || written != sizeof type + s->bytes.len) {
		perror(path);
		return 1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: packet_seeds FOLDER\n");
		return 2;
	}
	int bad = 0;
	for (size_t i = 0; i < PACKET_SAMPLES; i++)
		bad |= seed_write(argv[1], i, &packet_samples[i]);
	return bad;
}
