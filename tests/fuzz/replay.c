/*
 * Run a fuzz target over stored inputs, without a fuzzer: each argument is a
 * file, or a folder whose regular files are all run. Prints the count; an
 * argument that cannot be read is a failure, no input at all is one too.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int runs;

static int
run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		return 1;
	}
	uint8_t *data = NULL;
	size_t len = 0;
	size_t room = 0;
	for (;;) {
		if (room - len < 65536) {
			room = room == 0 ? 65536 : room * 2;
			data = realloc(data, room);
			if (data == NULL)
				abort();
		}
		size_t n = fread(data + len, 1, room - len, f);
		if (n == 0)
			break;
		len += n;
	}
	fclose(f);
	/* An exact copy, so that a read past the end is a read past a block. */
	uint8_t *exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		abort();
	memcpy(exact, data, len);
	free(data);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	runs++;
	return 0;
}

static int
run_path(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		perror(path);
		return 1;
	}
	if (!S_ISDIR(st.st_mode))
		return run_file(path);
	DIR *dir = opendir(path);
	if (dir == NULL) {
		perror(path);
		return 1;
	}
	int bad = 0;
	struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		char child[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
		if (stat(child, &st) == 0 && S_ISREG(st.st_mode))
			bad |= run_file(child);
	}
	closedir(dir);
	return bad;
}

int
main(int argc, char **argv)
{
	int bad = 0;
	for (int i = 1; i < argc; i++)
		bad |= run_path(argv[i]);
	printf("%d inputs replayed\n", runs);
	return bad != 0 || runs == 0;
}
