/*
 * A server of the Model Context Protocol on standard input and output: one
 * message a line, answered one at a time and in order.
 */
#ifndef MCP_SERVE_H
#define MCP_SERVE_H

#include "mcp/tools.h"

/*
 * Answer what comes in about the subject, until the input ends or an answer
 * cannot be written; the caller sees the latter in ferror(stdout). A message of
 * more than MCP_LINE_MAX bytes is answered with an error and passed over, so the
 * memory taken is that of one message and one answer.
 */
void mcp_serve(const struct mcp_subject *subject);

#endif
