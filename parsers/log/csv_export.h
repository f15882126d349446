/*
 * Rows of a table whose first line names its columns: a log store's export, with
 * a column for the time and one that holds a whole message or log line, perhaps
 * others for host and program; or a firewall's, whose columns are the fields of a
 * connection.
 *
 *	@timestamp,host.name,process.name,message     Kibana Discover
 *	Time,tsNs,labels,Line                         Grafana Explore (Loki)
 *	_time,host,_raw                               Splunk
 *	timestamp,source,message                      Graylog, search result
 *	__timestamp__,action,dst,dstport,src,..       OPNsense, firewall live view
 *	#Fields: date time action protocol dst-ip ..  Windows, pfirewall.log
 *
 * Which column is which, the header tells alone.
 */
#ifndef PARSERS_LOG_CSV_EXPORT_H
#define PARSERS_LOG_CSV_EXPORT_H

#include "parsers/log/envelope.h"

/* The columns that a header names. False, and all 0, when it has no time, neither a
   text nor both ends and an action, or is no header. */
bool csv_columns_read(struct view header, struct log_columns *out);

/*
 * A row: its time, host and program, and what stands in the text's field, doubled
 * quotes undone, as the message; of a firewall's the fields as "name=\"value\"". False
 * when it has not as many fields as the header, a quote is open (its text goes on in
 * the next line) or its time is none.
 */
bool csv_row_take(const struct log_columns *columns, struct view line,
	struct log_record *r, struct log_scratch *s);

/* Lines of one row, and bytes. */
#define CSV_ROW_LINES_MAX 256
#define CSV_ROW_MAX ((size_t)64 * 1024)

/*
 * Bytes of the row whose first line is text[0, used): a text in quotes may hold
 * line ends. used, where it ends there or is too long. *more: text ends before that
 * can be said.
 */
size_t csv_row_len(const struct log_columns *columns, struct view text,
	size_t used, bool at_eof, bool *more);

#endif
