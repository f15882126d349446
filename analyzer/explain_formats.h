/*
 * Every format that is read, from the tables that read it.
 */
#ifndef EXPLAIN_FORMATS_H
#define EXPLAIN_FORMATS_H

/* To standard output, as Markdown: parsers/FORMATS.md is made of it. */
void explain_formats(void);

#endif
