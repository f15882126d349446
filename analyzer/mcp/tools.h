/*
 * What lostsyn mcp answers: the tools of tools.def, over one report or one
 * index of a batch. A sentence about traffic or logs ends with what it rests
 * on: frames of a vantage's capture, or a file and its line.
 */
#ifndef MCP_TOOLS_H
#define MCP_TOOLS_H

#include <sqlite3.h>
#include <stdio.h>

#include "parsers/mcp/request.h"
#include "report/report.h"

/* What is asked about; db is read-only. */
struct mcp_subject {
	sqlite3 *db;           /* borrowed */
	struct store *store;   /* NULL: an index */
	struct report *report; /* NULL: an index */
};

struct mcp_tool {
	const char *name;
	const char *meaning;
	/* False with *e set when it cannot be answered: a text for the model. */
	bool (*run)(const struct mcp_subject *s, const struct mcp_request *r,
		FILE *out, struct error *e);
};

struct mcp_parameter {
	const char *tool;
	const char *name;
	const char *type; /* JSON's */
	bool required;
	const char *meaning;
};

/* Both end with a row whose name is NULL. */
extern const struct mcp_tool mcp_tools[];
extern const struct mcp_parameter mcp_parameters[];

/* The tool of that name, or NULL. */
const struct mcp_tool *mcp_tool_find(const char *name);

/* Has the call all that it must, of the right types, and nothing else? False
 * with *e set. */
bool mcp_tool_check(
	const struct mcp_tool *t, const struct mcp_request *r, struct error *e);

#endif
