#include <stdio.h>
int
main(void)
{
	puts("lostsyn " LOSTSYN_VERSION);
	return 0;
}
