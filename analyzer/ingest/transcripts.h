/*
 * A copied terminal session becomes sources: one for each output that a parser
 * knows, on the machine that its prompt names, with the lines of the whole file.
 *
 * A command that was given again is the same snapshot later: the first is
 * "before", the last "after", what is between them "between".
 */
#ifndef INGEST_TRANSCRIPTS_H
#define INGEST_TRANSCRIPTS_H

#include "ingest/case_files.h"
#include "ingest/source_rows.h"
#include "parsers/transcript/transcript.h"

/* The longest transcript that is read; a long one has conntrack -L of a busy
 * machine in it. What is behind is passed over, and the source says so. */
#define TRANSCRIPT_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* One part that a parser knows. Views point into the bytes. */
struct transcript_source {
	struct case_file file; /* kind and its fields; no path, name or role */
	struct view host;
	struct view command;
	struct view body;
	struct view when;      /* as transcript_part */
	const uint32_t *lines; /* the file's number of each line of the body */
	bool several; /* a table of machines that no line tells apart: it is of
	                 nobody, and not read */
	bool unsure;  /* of a machine that a header may name, or of none */
	bool unknown; /* a command whose output no parser knows: to be named */
};

/*
 * Call take for every part of the text (transcript_unfold) that is known or whose
 * command is to be named, in its order; file.hint lies in the arena. Returns how
 * many can be read.
 */
size_t transcript_sources(const struct transcript_text *whole, struct arena *a,
	void (*take)(void *context, const struct transcript_source *s),
	void *context);

/*
 * Is a file of these first bytes a transcript: has it prompts or headers, and
 * an output that is known behind one? known: the bytes as a whole are a log or
 * table, so that one prompt alone may be what somebody copied with it.
 */
bool transcript_is(struct view head, bool known);

/* What is left of a stream as such a text, in the arena. */
void transcript_read(
	struct stream *s, struct arena *a, struct transcript_text *out);

/* Replace nothing, append the parts of file `index` to the case's files. False
 * with *e set when the case would have too many files. */
void transcripts_expand(struct case_files *c, size_t index);

/* How many of a file's lines a part is of: several may have been made of one.
 * last: the latest line counted, 0 at first; it is carried on. */
uint64_t transcript_part_lines(
	struct view body, const uint32_t *lines, uint32_t *last);

/* The row of the transcript itself: size, hash, lines that parts have. */
bool transcript_write(struct source_rows *w, const struct case_files *files,
	size_t index, struct error *e);

#endif
