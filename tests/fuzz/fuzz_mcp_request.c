/*
 * Any bytes as a message to lostsyn mcp: names stay within their bounds and end,
 * a request without fault has a method, and one that wants an answer has an id
 * that can be given back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/mcp/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
	if (!claim)
		abort();
}

static void
require_name(const char name[MCP_NAME_MAX])
{
	require(memchr(name, '\0', MCP_NAME_MAX) != NULL);
}

static void
require_argument(const struct mcp_argument *a)
{
	require_name(a->name);
	require(a->kind != MCP_TEXT || a->text != NULL);
	require(a->kind != MCP_BOOL || a->number == 0 || a->number == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Its own allocation: a byte read beyond it is found. */
	uint8_t *exact = malloc(size + 1);
	struct mcp_request r;
	require(exact != NULL);
	if (size > 0)
		memcpy(exact, data, size);
	mcp_request_read(&r, view_of(exact, size));
	free(exact);
	require_name(r.method);
	require_name(r.tool);
	require_name(r.protocol);
	require(r.arguments_count >= 0 &&
		r.arguments_count <= MCP_ARGUMENTS_MAX);
	for (int i = 0; i < r.arguments_count; i++)
		require_argument(&r.arguments[i]);
	if (r.error == MCP_FINE) {
		require(r.method[0] != '\0');
		require(!r.has_id || r.id.kind == MCP_INT ||
			(r.id.kind == MCP_TEXT && r.id.text != NULL));
	}
	mcp_request_release(&r);
	return 0;
}
