/*
 * Temporary files that must not outlive the program, whichever way it ends.
 *
 * Running out of memory ends the program from anywhere (memory_exhausted); what
 * is on this list then is removed. A signal that kills leaves them behind.
 */
#ifndef BASE_LEFTOVERS_H
#define BASE_LEFTOVERS_H

/* More outputs than one run writes at a time; asserted. */
#define LEFTOVERS_MAX 16

/* Remember path, which is borrowed until leftovers_drop. */
void leftovers_add(const char *path);

/* Forget a path by its pointer: it was removed, or has got its name. */
void leftovers_drop(const char *path);

#endif
