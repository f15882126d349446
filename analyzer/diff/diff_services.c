/*
 * What became of each service: which of one report is which of the other, who
 * tried again, and what that shows. Decisions: decisions/0140.
 */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "diff/strata.h"

static const struct report_file_service nothing = {.clients_known = true};

/* The machine that has the address, when the evidence gives it a name of its
 * own: what is called after its end of the path is another machine each time. */
static const struct report_file_host *
host_of(const struct report_file *f, const char *ip)
{
	for (size_t i = 0; i < f->host_count; i++) {
		const struct report_file_host *h = &f->hosts[i];
		if (strcmp(h->name, "client") == 0 ||
			strcmp(h->name, "server") == 0)
			continue;
		for (size_t k = 0; k < h->address_count; k++)
			if (strcmp(h->addresses[k], ip) == 0)
				return h;
	}
	return NULL;
}

/* Is the address of NEW another one of OLD? *by: the name, or NULL for what was
 * said. */
static bool
is_renamed(
	const struct diff *d, const char *old, const char *new, const char **by)
{
	*by = NULL;
	for (size_t i = 0; i < d->same_count; i++)
		if (strcmp(d->same[i].old, old) == 0 &&
			strcmp(d->same[i].new, new) == 0)
			return true;
	const struct report_file_host *then = host_of(d->side[DIFF_OLD], old);
	const struct report_file_host *now = host_of(d->side[DIFF_NEW], new);
	if (then == NULL || now == NULL || strcmp(then->name, now->name) != 0)
		return false;
	*by = now->name;
	return true;
}

static const struct report_file_service *
service_find(const struct report_file *f, const char *ip, int64_t port)
{
	for (size_t i = 0; i < f->service_count; i++)
		if (f->services[i].port == port &&
			strcmp(f->services[i].ip, ip) == 0)
			return &f->services[i];
	return NULL;
}

/* The one service of NEW that is `old` under another address; NULL when none
 * is, or several could be. */
static const struct report_file_service *
renamed_find(const struct diff *d, const struct report_file_service *old,
	const char **by)
{
	const struct report_file *new = d->side[DIFF_NEW];
	const struct report_file_service *found = NULL;
	const char *why;
	for (size_t i = 0; i < new->service_count; i++) {
		const struct report_file_service *s = &new->services[i];
		if (s->port != old->port ||
			service_find(d->side[DIFF_OLD], s->ip, s->port) ||
			!is_renamed(d, old->ip, s->ip, &why))
			continue;
		if (found != NULL)
			return NULL;
		found = s;
		*by = why;
	}
	return found;
}

/* The client of NEW that is `old`, or NULL. */
static const struct report_file_client *
client_find(const struct diff *d, const struct report_file_service *new,
	const char *old)
{
	const char *by;
	for (size_t i = 0; i < new->client_count; i++)
		if (strcmp(new->clients[i].ip, old) == 0)
			return &new->clients[i];
	for (size_t i = 0; i < new->client_count; i++)
		if (is_renamed(d, old, new->clients[i].ip, &by))
			return &new->clients[i];
	return NULL;
}

/* One service, then and now, while it is compared. */
struct comparison {
	const struct report_file_service *old, *new;
	struct stratum *clients; /* those of OLD, as NEW has them */
	size_t count;
	bool captured[DIFF_SIDES]; /* the report has captures */
	struct share failed;       /* of the clients that failed, in OLD */
	int64_t failed_again; /* their failures, of those that tried again */
	int64_t undecided;    /* of NEW, by clients of OLD */
	int comparisons;
};

static void
client_add(const struct diff *d, struct diff_service *s, struct comparison *c,
	const struct report_file_client *old)
{
	const struct report_file_client *new = client_find(d, c->new, old->ip);
	struct stratum *x = &c->clients[c->count++];
	*x = (struct stratum){.old = {old->failed, old->attempts}};
	if (new != NULL)
		x->new = (struct share){new->failed, new->attempts};
	s->clients_both += new != NULL;
	c->undecided += new ? new->undecided : 0;
	if (old->failed == 0)
		return;
	c->failed.failed += old->failed;
	c->failed.attempts += old->attempts;
	s->clients_failed++;
	if (new == NULL) {
		if (s->client_missing == NULL)
			s->client_missing = old->ip;
		return;
	}
	s->clients_again++;
	s->attempts_again += new->attempts - new->undecided;
	c->failed_again += old->failed;
}

static void
clients_add(const struct diff *d, struct diff_service *s, struct comparison *c,
	struct arena *a)
{
	c->clients =
		arena_take(a, (c->old->client_count + 1) * sizeof *c->clients);
	for (size_t i = 0; i < c->old->client_count; i++)
		client_add(d, s, c, &c->old->clients[i]);
	strata_compare(c->clients, c->count, c->comparisons, &s->same_clients);
}

/* How clients that OLD does not have fare beside OLD's; none of them failed:
 * SHARE_NOTHING_FAILED. Where not all clients are listed, whoever tried. */
static enum share_word
newcomers_fare(const struct comparison *c)
{
	struct share_change change;
	struct share all = {c->old->outcome.failed, c->old->outcome.attempts};
	struct share new = {c->new->outcome.failed, c->new->outcome.attempts};
	bool listed = c->old->clients_known && c->new->clients_known &&
		c->old->clients_left_out + c->new->clients_left_out == 0;
	for (size_t i = 0; listed && i < c->count; i++) {
		new.failed -= c->clients[i].new.failed;
		new.attempts -= c->clients[i].new.attempts;
	}
	if (new.failed <= 0 || new.attempts <= 0)
		return SHARE_NOTHING_FAILED;
	share_compare(all, new, c->comparisons, &change);
	return change.word;
}

static bool
retried_enough(const struct diff_service *s, const struct comparison *c)
{
	return s->clients_again * 100 >= s->clients_failed * DIFF_RETRIED_MIN &&
		c->failed_again * 100 >=
		c->old->outcome.failed * DIFF_RETRIED_MIN;
}

/* Fewer fail, even if what is not decided and what logs tell of had failed. */
static bool
shows_in_the_worst_case(const struct comparison *c, int64_t beside)
{
	struct share_change change;
	struct share old = {0, 0}, new = {0, 0};
	for (size_t i = 0; i < c->count; i++) {
		if (c->clients[i].new.attempts == 0)
			continue;
		old.failed += c->clients[i].old.failed;
		old.attempts += c->clients[i].old.attempts;
		new.failed += c->clients[i].new.failed;
		new.attempts += c->clients[i].new.attempts;
	}
	new.failed += beside;
	if (new.attempts < new.failed)
		new.attempts = new.failed;
	share_compare(old, new, c->comparisons, &change);
	return change.word == SHARE_FEWER;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
count_needed(struct diff_service *s, const struct comparison *c)
{
	struct share old = c->failed.attempts > 0
		? c->failed
		: (struct share){
			  c->old->outcome.failed, c->old->outcome.attempts};
	int64_t shown = share_clean_needed(old, c->comparisons);
	int64_t floor = least(DIFF_TRIED_MIN, old.attempts);
	s->needed = shown == 0 ? 0 : shown > floor ? shown : floor;
}

/* Why a service that failed is not shown to be better. */
static enum diff_lack
lack_of(const struct diff_service *s, const struct comparison *c)
{
	int64_t tried = least(DIFF_TRIED_MIN, c->failed.attempts);
	if (c->old->outcome.failed == 0)
		return DIFF_LACK_ONLY_LOGS;
	if (c->new->outcome.attempts == 0)
		return c->captured[DIFF_NEW] ? DIFF_LACK_NO_ATTEMPT
					     : DIFF_LACK_NO_CAPTURE_NOW;
	if (!c->old->clients_known || !c->new->clients_known)
		return DIFF_LACK_CLIENTS_UNKNOWN;
	if (!retried_enough(s, c))
		return DIFF_LACK_OTHER_CLIENTS;
	if (s->same_clients.word == SHARE_NOT_SHOWN)
		return DIFF_LACK_NO_CHANGE;
	if (s->same_clients.word != SHARE_FEWER)
		return DIFF_LACK_ATTEMPTS;
	if (c->undecided > 0 && !shows_in_the_worst_case(c, c->undecided))
		return DIFF_LACK_UNDECIDED;
	if (s->attempts_again < tried)
		return DIFF_LACK_ATTEMPTS;
	if (c->new->reported > 0 &&
		!shows_in_the_worst_case(c, c->undecided + c->new->reported))
		return DIFF_LACK_LOGS_TELL;
	return DIFF_LACK_NONE;
}

static enum diff_state
state_of_lack(enum diff_lack lack)
{
	switch (lack) {
	case DIFF_LACK_NO_ATTEMPT:
	case DIFF_LACK_OTHER_CLIENTS:
		return DIFF_STATE_NOT_TRIED;
	case DIFF_LACK_NO_CHANGE:
	case DIFF_LACK_LOGS_TELL:
	case DIFF_LACK_NEWCOMERS:
		return DIFF_STATE_SAME;
	default:
		return DIFF_STATE_TOO_FEW;
	}
}

static bool
fails(const struct report_file_service *s)
{
	return s->outcome.failed + s->reported > 0;
}

static bool
is_known(const struct report_file_service *s)
{
	return s->outcome.attempts + s->reported > 0;
}

static enum diff_state
state_of(struct diff_service *s, const struct comparison *c)
{
	enum share_word newcomers = newcomers_fare(c);
	if (!is_known(c->old) && !c->captured[DIFF_OLD] && fails(c->new)) {
		s->lack = DIFF_LACK_NO_CAPTURE_THEN;
		return DIFF_STATE_TOO_FEW;
	}
	if (!is_known(c->old))
		return fails(c->new) ? DIFF_STATE_NEW_FAILS : DIFF_STATE_NEW;
	if (s->same_clients.word == SHARE_MORE || newcomers == SHARE_MORE)
		return DIFF_STATE_WORSE;
	if (!s->failed_before) {
		if (c->new->outcome.attempts == 0)
			return DIFF_STATE_LEFT;
		return fails(c->new) ? DIFF_STATE_SAME : DIFF_STATE_WELL;
	}
	s->lack = lack_of(s, c);
	if (s->lack == DIFF_LACK_NONE && newcomers != SHARE_NOTHING_FAILED &&
		newcomers != SHARE_FEWER)
		s->lack = DIFF_LACK_NEWCOMERS;
	if (s->lack != DIFF_LACK_NONE)
		return state_of_lack(s->lack);
	return fails(c->new) ? DIFF_STATE_BETTER : DIFF_STATE_GONE;
}

/* old or new may be missing, not both. */
static void
service_add(struct diff *d, const struct report_file_service *old,
	const struct report_file_service *new, const char *same_by,
	int comparisons, struct arena *a)
{
	struct diff_service *s = &d->services[d->service_count++];
	struct comparison c = {.old = old ? old : &nothing,
		.new = new ? new : &nothing,
		.captured = {diff_is_captured(d, DIFF_OLD),
			diff_is_captured(d, DIFF_NEW)},
		.comparisons = comparisons};
	*s = (struct diff_service){
		.ip = new ? new->ip : old->ip,
		.port = new ? new->port : old->port,
		.fate = old &&new ? DIFF_STAYED
			: new     ? DIFF_CAME
				  : DIFF_WENT,
		.failed_before = old &&fails(old),
		.slow = {c.old->slow, c.new->slow},
		.reported = {c.old->reported, c.new->reported},
	};
	if (old && new &&strcmp(old->ip, new->ip) != 0) {
		s->old_ip = old->ip;
		s->same_by = same_by;
	}
	diff_outcome_make(&s->outcome, old ? &old->outcome : NULL,
		new ? &new->outcome : NULL, comparisons, a);
	clients_add(d, s, &c, a);
	s->state = state_of(s, &c);
	if (s->failed_before)
		count_needed(s, &c);
	d->failed_before += s->failed_before;
	d->better += s->failed_before &&
		(s->state == DIFF_STATE_BETTER || s->state == DIFF_STATE_GONE);
}

static int
by_state(const void *a, const void *b)
{
	const struct diff_service *x = a, *y = b;
	const struct report_file_outcome *then[] = {
		x->outcome.side[DIFF_OLD], y->outcome.side[DIFF_OLD]};
	const struct report_file_outcome *now[] = {
		x->outcome.side[DIFF_NEW], y->outcome.side[DIFF_NEW]};
	if (diff_is_open(x) != diff_is_open(y))
		return diff_is_open(x) ? -1 : 1;
	if (x->state != y->state)
		return (int)x->state - (int)y->state;
	if (then[0]->failed != then[1]->failed)
		return then[0]->failed > then[1]->failed ? -1 : 1;
	if (now[0]->failed != now[1]->failed)
		return now[0]->failed > now[1]->failed ? -1 : 1;
	int order = strcmp(x->ip, y->ip);
	return order != 0 ? order : (int)(x->port - y->port);
}

/* How many comparisons could show anything: where nothing failed, then or now,
 * there is nothing to show. */
static int
comparisons_of(const struct diff *d)
{
	const struct report_file *old = d->side[DIFF_OLD];
	const struct report_file *new = d->side[DIFF_NEW];
	const char *by;
	int count = 0;
	for (size_t i = 0; i < old->service_count; i++) {
		const struct report_file_service *s = &old->services[i];
		const struct report_file_service *now =
			service_find(new, s->ip, s->port);
		if (now == NULL)
			now = renamed_find(d, s, &by);
		count += s->outcome.failed > 0 ||
			(now != NULL && now->outcome.failed > 0);
	}
	return count > 0 ? count : 1;
}

void
diff_services_make(struct diff *d, struct arena *a)
{
	const struct report_file *old = d->side[DIFF_OLD];
	const struct report_file *new = d->side[DIFF_NEW];
	d->services_known = old->services_known && new->services_known;
	if (!d->services_known)
		return;
	int comparisons = comparisons_of(d);
	d->services = arena_take(a,
		(old->service_count + new->service_count + 1) *
			sizeof *d->services);
	bool *taken = arena_take(a, new->service_count + 1);
	for (size_t i = 0; i < old->service_count; i++) {
		const struct report_file_service *s = &old->services[i];
		const char *by = NULL;
		const struct report_file_service *now =
			service_find(new, s->ip, s->port);
		if (now == NULL)
			now = renamed_find(d, s, &by);
		if (now != NULL && taken[now - new->services])
			now = NULL;
		if (now != NULL)
			taken[now - new->services] = true;
		service_add(d, s, now, by, comparisons, a);
	}
	for (size_t i = 0; i < new->service_count; i++)
		if (!taken[i])
			service_add(d, NULL, &new->services[i], NULL,
				comparisons, a);
	if (d->service_count > 0)
		qsort(d->services, d->service_count, sizeof *d->services,
			by_state);
}

bool
diff_is_open(const struct diff_service *s)
{
	return s->state == DIFF_STATE_WORSE ||
		s->state == DIFF_STATE_NEW_FAILS ||
		(s->failed_before && s->lack != DIFF_LACK_NONE) ||
		s->lack == DIFF_LACK_NO_CAPTURE_THEN;
}
