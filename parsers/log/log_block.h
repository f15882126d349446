/*
 * Records that take several lines: dmesg -J, journalctl -o json-pretty, export
 * and verbose; and entries of JSON documents.
 */
#ifndef PARSERS_LOG_LOG_BLOCK_H
#define PARSERS_LOG_LOG_BLOCK_H

#include "parsers/log/envelope.h"

enum block_status {
	/* *used bytes were a record, which begins *lead bytes into them; whole
	   lines but in a document that holds several records on one */
	BLOCK_RECORD,
	BLOCK_MORE, /* its end is not in the window */
	BLOCK_NONE, /* the first line begins no record of this family */
};

/*
 * window begins at the start of a line. Of a window longer than LOG_LINE_MAX
 * no more than that is looked at: a record that does not end there is none.
 * *vain: the bytes that were looked at for BLOCK_NONE, where they are many; the
 * same whatever windows a file is read in.
 */
enum block_status log_block(enum log_family family, struct view window,
	bool at_eof, size_t *lead, size_t *used, size_t *vain,
	struct log_record *r, struct log_scratch *s);

#endif
