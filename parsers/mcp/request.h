/*
 * One message of a client of lostsyn mcp: JSON-RPC 2.0, a line each.
 *
 * A client is a model's, and a model says what a page told it to: a request is
 * outside text, bounded in every part.
 *
 * spec: JSON-RPC 2.0; Model Context Protocol 2025-06-18, base protocol, tools
 */
#ifndef MCP_REQUEST_H
#define MCP_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* Bytes of a message, and of a name in it; arguments of a call. */
#define MCP_LINE_MAX (1 << 20)
#define MCP_NAME_MAX 64
#define MCP_ARGUMENTS_MAX 16

/* cite: JSON-RPC 2.0 section 5.1 */
enum mcp_error {
	MCP_FINE = 0,
	MCP_PARSE_ERROR = -32700,
	MCP_INVALID_REQUEST = -32600,
	MCP_NO_METHOD = -32601,
	MCP_INVALID_PARAMS = -32602,
};

enum mcp_value {
	MCP_TEXT,
	MCP_INT,
	MCP_BOOL,
	MCP_OTHER, /* null, a fraction, an object, an array */
};

struct mcp_argument {
	char name[MCP_NAME_MAX];
	enum mcp_value kind;
	const char *text; /* the request's arena's */
	int64_t number;   /* INT; BOOL: 0 or 1 */
};

struct mcp_request {
	struct arena arena;
	enum mcp_error error;   /* what is wrong with it, or MCP_FINE */
	bool has_id;            /* without, it wants no answer */
	struct mcp_argument id; /* TEXT or INT */
	char method[MCP_NAME_MAX];
	char tool[MCP_NAME_MAX];
	char protocol[MCP_NAME_MAX]; /* protocolVersion */
	struct mcp_argument arguments[MCP_ARGUMENTS_MAX];
	int arguments_count;
};

/* Take a line apart. Release r in any case. */
void mcp_request_read(struct mcp_request *r, struct view line);
void mcp_request_release(struct mcp_request *r);

#endif
