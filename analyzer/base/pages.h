/*
 * Large zeroed memory, in huge pages where the kernel has them.
 *
 * A hash table of many megabytes is touched all over: in pages of 4 KiB every
 * first touch is a fault, and one that reads costs a second fault when it is
 * written. Both together are a tenth of the time of a large case.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/*
 * count * size zeroed bytes (the product must not overflow: checked), to be
 * given back by pages_give with the same numbers and by nothing else. Less than
 * PAGES_LARGE is ordinary memory. Out of memory ends the program with status 3.
 */
#define PAGES_LARGE ((size_t)2 << 20)
void *pages_take(size_t count, size_t size);

/* p may be NULL. */
void pages_give(void *p, size_t count, size_t size);

#endif
