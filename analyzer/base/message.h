/*
 * Lines for a person on standard error: "lostsyn: what".
 *
 * Names from evidence are made harmless (safe_format.h), so that a file name
 * cannot steer the terminal.
 */
#ifndef BASE_MESSAGE_H
#define BASE_MESSAGE_H

/* Print one line; directives as in safe_format.h. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Let every line, as it is going to be shown, pass through rewrite before it is
 * printed: it returns a text that is freed. NULL ends that.
 */
void message_rewrite(
	char *(*rewrite)(void *context, const char *text), void *context);

#endif
