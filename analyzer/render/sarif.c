/*
 * SARIF's log of one run, member by member; see sarif.h.
 */
#include "render/sarif.h"

#include <string.h>

/* A path as a URI reference takes three bytes for one. */
#define URI_MAX 3072

/* cite: RFC 3986 section 2.3, unreserved characters; the slash stays. */
static const char *
uri_of(const char *path, char to[URI_MAX])
{
	static const char hex[] = "0123456789ABCDEF";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";
	size_t used = 0;
	for (; *path && used + 4 < URI_MAX; path++) {
		unsigned char c = (unsigned char)*path;
		if (strchr(plain, *path) != NULL) {
			to[used++] = *path;
			continue;
		}
		to[used++] = '%';
		to[used++] = hex[c >> 4];
		to[used++] = hex[c & 15];
	}
	to[used] = '\0';
	return to;
}

static void
write_text(struct json_writer *w, const char *name, const char *text)
{
	jsonw_object(w, name);
	jsonw_text(w, "text", text);
	jsonw_end(w);
}

void
sarif_begin(struct json_writer *w, FILE *out, const char *version,
	const struct sarif_rule *rules, size_t rule_count)
{
	jsonw_begin(w, out);
	jsonw_object(w, NULL);
	jsonw_text(
		w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	jsonw_text(w, "version", "2.1.0");
	jsonw_array(w, "runs");
	jsonw_object(w, NULL);
	jsonw_object(w, "tool");
	jsonw_object(w, "driver");
	jsonw_text(w, "name", "lostsyn");
	jsonw_text(w, "version", version);
	jsonw_array(w, "rules");
	for (size_t i = 0; i < rule_count; i++) {
		jsonw_object(w, NULL);
		jsonw_text(w, "id", rules[i].id);
		write_text(w, "shortDescription", rules[i].words);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_array(w, "results");
}

static void
write_location(struct json_writer *w, const struct sarif_result *r)
{
	char uri[URI_MAX];
	jsonw_array(w, "locations");
	jsonw_object(w, NULL);
	if (r->path != NULL) {
		jsonw_object(w, "physicalLocation");
		jsonw_object(w, "artifactLocation");
		jsonw_text(w, "uri", uri_of(r->path, uri));
		jsonw_end(w);
		if (r->line > 0) {
			jsonw_object(w, "region");
			jsonw_int(w, "startLine", r->line);
			jsonw_end(w);
		}
		jsonw_end(w);
	}
	jsonw_array(w, "logicalLocations");
	jsonw_object(w, NULL);
	jsonw_text(w, "fullyQualifiedName", r->subject);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
}

void
sarif_result(struct json_writer *w, const struct sarif_rule *rules,
	const struct sarif_result *r)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "ruleId", rules[r->rule].id);
	jsonw_int(w, "ruleIndex", (int64_t)r->rule);
	jsonw_text(w, "level", r->level);
	write_text(w, "message", r->message);
	write_location(w, r);
	jsonw_end(w);
}

void
sarif_end(struct json_writer *w)
{
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_finish(w);
}
