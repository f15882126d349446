/*
 * The comparison as JSON, for scripts: diff.schema.json.
 */
#include "diff/diff.h"

#include "render/json_writer.h"

/* Shares and their changes, in parts of one. */
#define SHARE_DECIMALS 6

static void
write_share(struct json_writer *w, const char *key, double value)
{
	jsonw_double(w, key, value, SHARE_DECIMALS);
}

/* By how much the two shares differ, between which bounds, and how likely chance
 * alone gives that; null where it was not worked out. */
static void
write_difference(struct json_writer *w, const struct share_change *c)
{
	write_share(w, "difference", c->difference);
	write_share(w, "low", c->low);
	write_share(w, "high", c->high);
	if (c->p < 0)
		jsonw_null(w, "p");
	else
		jsonw_double(w, "p", c->p, SHARE_DECIMALS);
}

static void
write_change(struct json_writer *w, const char *key,
	const struct share_change *c, int64_t old, int64_t new)
{
	jsonw_object(w, key);
	jsonw_text(w, "says", share_word_id(c->word));
	jsonw_int(w, "old", old);
	jsonw_int(w, "new", new);
	write_difference(w, c);
	jsonw_end(w);
}

static void
write_outcome(struct json_writer *w, const struct diff_outcome *o)
{
	const struct report_file_outcome *old = o->side[DIFF_OLD];
	const struct report_file_outcome *new = o->side[DIFF_NEW];
	jsonw_object(w, "attempts");
	jsonw_int(w, "old", old->attempts);
	jsonw_int(w, "new", new->attempts);
	jsonw_end(w);
	jsonw_object(w, "undecided");
	jsonw_int(w, "old", old->undecided);
	jsonw_int(w, "new", new->undecided);
	jsonw_end(w);
	write_change(w, "failed", &o->failures, old->failed, new->failed);
	jsonw_int(w, "clean_needed", o->clean_needed);
	if (o->rests_on_undecided)
		jsonw_text(w, "rests_on", "undecided");
	jsonw_object(w, "verdicts");
	for (size_t i = 0; i < o->verdict_count; i++) {
		const struct diff_verdict *v = &o->verdicts[i];
		write_change(w, v->verdict, &v->change, v->count[DIFF_OLD],
			v->count[DIFF_NEW]);
	}
	jsonw_end(w);
}

static void
write_side(struct json_writer *w, const char *key,
	const struct report_file_cause *c)
{
	if (c == NULL) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	jsonw_text(w, "confidence", c->confidence);
	jsonw_int(w, "attempts", c->attempts);
	jsonw_int(w, "reported", c->reported);
	jsonw_end(w);
}

static void
write_causes(struct json_writer *w, const struct diff *d)
{
	jsonw_array(w, "causes");
	for (size_t i = 0; i < d->cause_count; i++) {
		const struct diff_cause *c = &d->causes[i];
		jsonw_object(w, NULL);
		jsonw_text(w, "cause", c->cause);
		jsonw_text(w, "title", c->title);
		jsonw_text(w, "host", c->host);
		jsonw_text(w, "fate", diff_fate_id(c->fate));
		write_side(w, "old", c->side[DIFF_OLD]);
		write_side(w, "new", c->side[DIFF_NEW]);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
write_sides(struct json_writer *w, const char *key, const int64_t sides[2])
{
	jsonw_object(w, key);
	jsonw_int(w, "old", sides[DIFF_OLD]);
	jsonw_int(w, "new", sides[DIFF_NEW]);
	jsonw_end(w);
}

/* What became of it, and what is missing. */
static void
write_state(struct json_writer *w, const struct diff *d,
	const struct diff_service *s)
{
	char text[WORDS_MAX];
	const struct share_change *c = &s->same_clients;
	jsonw_text(w, "state", diff_state_id(s->state));
	jsonw_bool(w, "failed_before", s->failed_before);
	jsonw_bool(w, "open", diff_is_open(s));
	jsonw_text(w, "lack", diff_lack_id(s->lack));
	diff_lack_words(d, s, text);
	jsonw_text(w, "missing", text[0] ? text : NULL);
	jsonw_int(w, "needed", s->needed);
	jsonw_text(w, "was", s->old_ip);
	jsonw_text(w, "same_by",
		s->old_ip ? s->same_by ? s->same_by : "--same" : NULL);
	jsonw_object(w, "same_clients");
	jsonw_int(w, "clients", s->clients_both);
	jsonw_int(w, "failed", s->clients_failed);
	jsonw_int(w, "failed_and_tried_again", s->clients_again);
	jsonw_int(w, "their_attempts", s->attempts_again);
	jsonw_text(w, "says", share_word_id(c->word));
	write_difference(w, c);
	jsonw_end(w);
	write_sides(w, "slow", s->slow);
	write_sides(w, "reported", s->reported);
}

static void
write_services(struct json_writer *w, const struct diff *d)
{
	jsonw_array(w, "services");
	for (size_t i = 0; i < d->service_count; i++) {
		const struct diff_service *s = &d->services[i];
		jsonw_object(w, NULL);
		jsonw_object(w, "server");
		jsonw_text(w, "ip", s->ip);
		jsonw_int(w, "port", s->port);
		jsonw_end(w);
		jsonw_text(w, "fate", diff_fate_id(s->fate));
		write_state(w, d, s);
		write_outcome(w, &s->outcome);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
write_cautions(struct json_writer *w, const struct diff *d)
{
	jsonw_array(w, "cautions");
	for (int i = 0; i < DIFF_CAUTION_COUNT; i++)
		if (d->caution[i])
			jsonw_text(
				w, NULL, diff_caution_id((enum diff_caution)i));
	jsonw_end(w);
}

void
diff_write_json(const struct diff *d, FILE *out)
{
	struct json_writer w;
	jsonw_begin(&w, out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "format", "lostsyn-diff");
	jsonw_int(&w, "version", 1);
	/* Whether a fix is proved, whether something is worse, or neither. */
	jsonw_text(&w, "says",
		d->worse            ? "worse"
			: d->proved ? "fewer-fail"
				    : "nothing-proved");
	char text[WORDS_MAX];
	jsonw_text(&w, "conclusion", diff_conclusion(d, text));
	jsonw_bool(&w, "proved", d->proved);
	jsonw_int(&w, "failed_before", d->failed_before);
	jsonw_int(&w, "better", d->better);
	jsonw_object(&w, "all");
	write_outcome(&w, &d->all);
	jsonw_end(&w);
	write_causes(&w, d);
	write_services(&w, d);
	write_cautions(&w, d);
	jsonw_end(&w);
	jsonw_finish(&w);
}
