/*
 * Reading a text as a flow log, whole or in windows that grow by a step, with
 * the records and anomalies kept.
 *
 * Windows are exact heap blocks, so that the sanitizers see a byte too far.
 * What a record's views held is copied, because they end with the next call.
 */
#ifndef TESTS_FLOW_READ_H
#define TESTS_FLOW_READ_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "flow_samples.h"

#define KEPT_MAX 32
#define KEPT_TEXT_MAX 64

struct kept {
	struct flow_record r; /* its views are dead */
	char interface[KEPT_TEXT_MAX];
	char rule[KEPT_TEXT_MAX];
	char reason[KEPT_TEXT_MAX];
	char src[IP_TEXT_MAX]; /* "" for none */
	char dst[IP_TEXT_MAX];
	char pkt_src[IP_TEXT_MAX];
	char pkt_dst[IP_TEXT_MAX];
};

struct reading {
	struct flow_summary summary;
	unsigned anomalies[ANOMALY_COUNT];
	unsigned noted;
	uint64_t first_at; /* offset of the first anomaly */
	unsigned count;
	struct kept kept[KEPT_MAX]; /* the first of them */
};

static inline void
note_anomaly(void *context, enum anomaly a, uint64_t at)
{
	struct reading *reading = context;
	if (reading->noted++ == 0)
		reading->first_at = at;
	reading->anomalies[a]++;
}

static inline void
keep_text(char into[KEPT_TEXT_MAX], struct view v)
{
	size_t len = v.len < KEPT_TEXT_MAX ? v.len : KEPT_TEXT_MAX - 1;
	if (len > 0)
		memcpy(into, v.data, len);
	into[len] = 0;
}

static inline void
keep_address(char into[IP_TEXT_MAX], struct flow_address a)
{
	into[0] = 0;
	if (a.has)
		ip_format(a.ip, into);
}

static inline void
keep(struct reading *reading, const struct flow_record *r)
{
	if (reading->count < KEPT_MAX) {
		struct kept *k = &reading->kept[reading->count];
		k->r = *r;
		keep_text(k->interface, r->interface);
		keep_text(k->rule, r->rule);
		keep_text(k->reason, r->reason);
		keep_address(k->src, r->src);
		keep_address(k->dst, r->dst);
		keep_address(k->pkt_src, r->pkt_src);
		keep_address(k->pkt_dst, r->pkt_dst);
	}
	reading->count++;
}

/* step 0: one window. */
static inline struct reading
read_flow(struct view text, size_t step)
{
	struct reading reading = {0};
	struct flow_reader *r =
		flow_new((struct anomaly_sink){note_anomaly, &reading});
	size_t at = 0;
	size_t end = 0;
	enum flow_status status = FLOW_MORE;
	while (status != FLOW_END) {
		end = step == 0 || step > text.len - end ? text.len
							 : end + step;
		size_t len = end - at;
		uint8_t *exact = malloc(len > 0 ? len : 1);
		assert_non_null(exact);
		memcpy(exact, text.data + at, len);
		struct view window = view_of(exact, len);
		struct flow_record record;
		while ((status = flow_next(r, &window, end == text.len,
				&record)) == FLOW_RECORD)
			keep(&reading, &record);
		if (status == FLOW_MORE) {
			assert_true(end < text.len);
			assert_true(flow_need(r) > window.len);
			assert_true(flow_need(r) <= FLOW_ELEMENT_MAX + 1);
		}
		at += len - window.len;
		free(exact);
	}
	assert_int_equal(at, text.len);
	reading.summary = *flow_summary(r);
	assert_int_equal(reading.summary.read,
		reading.summary.records + reading.summary.other);
	assert_int_equal(reading.summary.records, reading.count);
	flow_free(r);
	return reading;
}

static inline struct reading
read_text(const char *text)
{
	return read_flow(view_str(text), 0);
}

static inline const struct flow_sample *
sample(const char *name)
{
	for (size_t i = 0; i < FLOW_SAMPLES; i++)
		if (strcmp(flow_samples[i].name, name) == 0)
			return &flow_samples[i];
	fail_msg("no sample %s", name);
	return NULL;
}

static inline struct reading
read_sample(const char *name)
{
	return read_text(sample(name)->text);
}

/* 2026-11-21T00:52:00Z, when most samples begin. */
#define SAMPLE_S INT64_C(1795222320)

#endif
