/*
 * How many processors this process may use.
 */
#ifndef BASE_CORES_H
#define BASE_CORES_H

/* At least 1; a process bound to some of the machine's has those (taskset,
 * cpuset of a container). */
int cores_usable(void);

#endif
