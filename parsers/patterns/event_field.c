/*
 * Fields of an event, and the columns that some of them fill.
 */
#include "parsers/patterns/event_field.h"

#include "parsers/service.h"

/* Numbers: IANA, Protocol Numbers. */
static bool
protocol_of(struct view v, uint8_t *out)
{
	uint64_t n;
	if (view_is(v, "TCP") || view_is(v, "tcp"))
		*out = 6;
	else if (view_is(v, "UDP") || view_is(v, "udp"))
		*out = 17;
	else if (view_number(v, UINT8_MAX, &n))
		*out = (uint8_t)n;
	else
		return false;
	return true;
}

static void
port_take(struct view v, uint8_t bit, uint16_t *port, struct log_event *e)
{
	uint64_t n;
	if (!view_number(v, UINT16_MAX, &n))
		return;
	*port = (uint16_t)n;
	e->has |= bit;
}

/* The groups with a meaning of their own. */
static void
special_take(const char *name, struct view v, struct log_event *e)
{
	uint64_t n;
	if (strcmp(name, "src") == 0)
		e->has |= ip_read(v, &e->src) ? EVENT_SRC : 0;
	else if (strcmp(name, "dst") == 0)
		e->has |= ip_read(v, &e->dst) ? EVENT_DST : 0;
	else if (strcmp(name, "sport") == 0)
		port_take(v, EVENT_SPORT, &e->sport, e);
	else if (strcmp(name, "dport") == 0)
		port_take(v, EVENT_DPORT, &e->dport, e);
	else if (strcmp(name, "ip_id") == 0)
		port_take(v, EVENT_IP_ID, &e->ip_id, e);
	else if (strcmp(name, "proto") == 0)
		e->has |= protocol_of(v, &e->protocol) ? EVENT_PROTOCOL : 0;
	else if (strcmp(name, "seq") == 0 && view_number(v, UINT32_MAX, &n)) {
		e->seq = (uint32_t)n;
		e->has |= EVENT_SEQ;
	} else if (strcmp(name, "count") == 0 &&
		view_number(v, UINT32_MAX, &n) && n > 0)
		e->count *= n;
}

/* A port in digits, where a service's name stands for it. */
static struct view
port_named(struct view v)
{
	struct view port = service_port(v);
	return port.len > 0 ? port : v;
}

void
event_field_take(const char *name, struct view v, struct log_event *e)
{
	for (uint8_t i = 0; i < e->fields_count; i++)
		if (strcmp(e->fields[i].name, name) == 0)
			return;
	if (strcmp(name, "dport") == 0 || strcmp(name, "sport") == 0)
		v = port_named(v);
	if (e->fields_count == LOG_EVENT_FIELDS_MAX)
		return;
	e->fields[e->fields_count++] =
		(struct log_field){.name = name, .value = v};
	special_take(name, v, e);
}

const struct log_field *
event_field_find(const struct log_event *e, const char *name)
{
	for (uint8_t i = 0; i < e->fields_count; i++)
		if (strcmp(e->fields[i].name, name) == 0)
			return &e->fields[i];
	return NULL;
}
