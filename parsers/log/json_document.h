/*
 * JSON documents that hold many log entries in an array, on one line or printed
 * over many: exports of CloudWatch, Azure, Google Cloud and Elasticsearch.
 */
#ifndef PARSERS_LOG_JSON_DOCUMENT_H
#define PARSERS_LOG_JSON_DOCUMENT_H

#include "parsers/log/log_block.h"

/* Is the front of a file such a document, not one object a line? */
bool json_document_begins(struct view head);

/*
 * The next entry, as log_block: *lead bytes stand before its first byte. What is
 * no entry (the document's own members) is passed over with the entry behind it.
 */
enum block_status json_document_block(struct view window, bool at_eof,
	size_t *lead, size_t *used, size_t *vain, struct log_record *r,
	struct log_scratch *s);

#endif
