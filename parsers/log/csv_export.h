/*
 * Rows of a log store's CSV export: a column for the time, one that holds a whole
 * message or log line, perhaps others for host and program.
 *
 *	@timestamp,host.name,process.name,message     Kibana Discover
 *	Time,tsNs,labels,Line                         Grafana Explore (Loki)
 *	_time,host,_raw                               Splunk
 *
 * Which column is which, the file's first line tells alone.
 */
#ifndef PARSERS_LOG_CSV_EXPORT_H
#define PARSERS_LOG_CSV_EXPORT_H

#include "parsers/log/envelope.h"

/* The columns that a header names. False, and all 0, when it has no time or no
   text, or is no header. */
bool csv_columns_read(struct view header, struct log_columns *out);

/*
 * A row: its time, host and program, and what stands in the text's field, doubled
 * quotes undone, as the message. False when it has not as many fields as the
 * header, a quote is open (its text goes on in the next line) or its time is none.
 */
bool csv_row_take(const struct log_columns *columns, struct view line,
	struct log_record *r, struct log_scratch *s);

#endif
