/*
 * Where SQLite's memory comes from.
 */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

/*
 * Let SQLite take small blocks from lists of the calling thread. Call it once,
 * before the first connection of the process; without it SQLite asks malloc.
 */
void store_memory(void);

#endif
