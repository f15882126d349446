/*
 * Snapshots that are JSON. See host_json.h.
 */
#include "parsers/host/host_json.h"

void
host_json_open(struct host_json *h, struct host_run *r)
{
	r->quoted = true;
	h->run = r;
	h->behind = r->whole.len - r->rest.len;
	json_open(&h->json, r->rest);
}

void
host_json_trouble(struct host_run *r, const struct json *j)
{
	static const enum anomaly anomalies[] = {
		[JSON_CUT] = ANOMALY_SNAPSHOT_CUT,
		[JSON_MALFORMED] = ANOMALY_SNAPSHOT_MALFORMED,
		[JSON_NESTED] = ANOMALY_SNAPSHOT_NESTED,
	};
	if (j->trouble == JSON_FINE)
		return;
	r->at = (size_t)(j->text.data + j->at - r->whole.data);
	run_note(r, anomalies[j->trouble]);
}

enum json_token
host_json_next(struct host_json *h)
{
	if (h->json.trouble != JSON_FINE)
		return JSON_END;
	enum json_token t = json_next(&h->json);
	run_claim_until(h->run, h->behind + h->json.from + 1);
	host_json_trouble(h->run, &h->json);
	return t;
}

/* Lines that begin before the place where reading ended were understood; the
   one with the trouble was not, unless the file simply ends there. */
void
host_json_close(struct host_json *h)
{
	run_claim_until(h->run, h->behind + h->json.at);
	if (h->json.trouble != JSON_FINE)
		h->run->claimed = false;
}
