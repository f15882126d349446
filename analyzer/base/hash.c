/*
 * The secrets of this process's hash tables.
 */
#include "base/hash.h"

#include <sys/random.h>

struct hash_keys
hash_keys_random(void)
{
	struct hash_keys k;
	if (getrandom(&k, sizeof k, 0) != sizeof k)
		k = (struct hash_keys){UINT64_C(0x9e3779b97f4a7c15),
			UINT64_C(0xd1b54a32d192ed03)};
	k.a |= 1;
	k.b |= 1;
	return k;
}
