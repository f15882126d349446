/*
 * Metrics in Prometheus' text form: what node_exporter says of a host, and what a
 * few other exporters say of connections.
 *
 * spec: Prometheus, "Exposition formats", text; OpenMetrics 1.0, section 4.
 *
 *	# TYPE node_nf_conntrack_entries gauge
 *	node_nf_conntrack_entries 65530
 *	node_netstat_TcpExt_ListenDrops 421
 *	node_network_receive_drop_total{device="eth0"} 2
 *	node_netstat_Tcp_OutSegs 1.2345678e+07 1795218082501
 *
 * Metrics that other tools print as well get those tools' names
 * (prometheus_names.def, interface counters of netdev_names.def); the others of a
 * host are read over. The scope is the value of the first label.
 */
#include "parsers/host/formats.h"
#include "parsers/host/netdev.h"

struct metric {
	const char *metric;
	const char *name;
	bool level;
};

static const struct metric metrics[] = {
#define X(metric, name, level) {metric, name, level},
#include "parsers/host/prometheus_names.def"
#undef X
};

struct sample {
	struct view metric;
	struct view labels; /* between the braces, or "" */
	struct view value;
};

static bool
is_name(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = v.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter && c != '_' && c != ':' && !(c >= '0' && c <= '9'))
			return false;
	}
	return v.len > 0;
}

/* Values are floating point: at the end of a brace or a blank begins one. */
static bool
sample_read(struct view line, struct sample *s)
{
	size_t brace = view_find(line, "{");
	size_t blank = view_find(line, " ");
	*s = (struct sample){.labels = view_str("")};
	if (blank == TEXT_NOWHERE)
		return false;
	size_t end = brace < blank ? brace : blank;
	s->metric = view_first(line, end);
	line = view_skip(line, end);
	if (brace < blank) {
		size_t close = view_find_last(line, '}');
		if (close == TEXT_NOWHERE)
			return false;
		s->labels = view_of(line.data + 1, close - 1);
		line = view_skip(line, close + 1);
	}
	s->value = word_next(&line);
	return is_name(s->metric) && s->value.len > 0;
}

/* The row of a metric, or NULL. */
static const struct metric *
row_of(struct view metric)
{
	for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
		size_t n = strlen(metrics[i].metric);
		bool open = metrics[i].metric[n - 1] == '*';
		if (open ? metric.len > n - 1 &&
					memcmp(metric.data, metrics[i].metric,
						n - 1) == 0
			 : view_is(metric, metrics[i].metric))
			return &metrics[i];
	}
	return NULL;
}

/* A file is taken for metrics by one that is known, or that node_exporter has. */
static bool
is_known_metric(struct view line)
{
	struct sample s;
	static const char *const marks[] = {"# TYPE ", "# HELP "};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (view_begins(line, marks[i])) {
			struct view rest = view_skip(line, strlen(marks[i]));
			struct view metric = word_next(&rest);
			return view_begins(metric, "node_") ||
				row_of(metric) != NULL;
		}
	return sample_read(line, &s) &&
		(view_begins(s.metric, "node_") || row_of(s.metric) != NULL);
}

enum host_match
prometheus_recognise(struct view head)
{
	return head_has(head, is_known_metric);
}

/* "1.2345678e+07": the digits shifted by the exponent, fractions cut. */
static bool
value_read(struct view v, int64_t *out)
{
	enum { PLACES_MAX = 18 };
	size_t e = view_find(v, "e");
	int64_t places = 0;
	if (e != TEXT_NOWHERE) {
		struct view power = view_skip(v, e + 1);
		if (view_begins(power, "+"))
			power = view_skip(power, 1);
		if (number_read(power, 10, &places) != NUMBER_GOOD)
			return false;
		v = view_first(v, e);
	}
	if (places > PLACES_MAX)
		return false;
	if (places < 0) {
		*out = 0;
		return true;
	}
	return decimal_read(v, (unsigned)places, out) == NUMBER_GOOD;
}

/* The value of the first label. */
static struct view
label_of(const struct sample *s)
{
	return view_between(s->labels, "\"", "\"");
}

/* "node_network_receive_drop_total" -> "rx_dropped" */
static const char *
interface_name(struct view metric)
{
	static const char receive[] = "node_network_receive_";
	static const char transmit[] = "node_network_transmit_";
	bool sending = view_begins(metric, transmit);
	if (!sending && !view_begins(metric, receive))
		return NULL;
	metric = view_skip(metric, strlen(sending ? transmit : receive));
	if (view_ends(metric, "_total"))
		metric.len -= strlen("_total");
	return netdev_name(sending, metric);
}

/* Fills r->text with the name; false for a metric that nothing else prints. */
static bool
name_find(struct host_run *r, struct view metric, bool *level)
{
	const char *interface = interface_name(metric);
	scratch_clear(&r->text);
	*level = false;
	if (interface != NULL) {
		scratch_adds(&r->text, interface);
		return true;
	}
	const struct metric *row = row_of(metric);
	if (row == NULL)
		return false;
	*level = row->level;
	scratch_adds(&r->text, row->name);
	if (view_ends(view_str(row->metric), "*"))
		host_scratch_add(
			&r->text, view_skip(metric, strlen(row->metric) - 1));
	return true;
}

static void
sample_tell(struct host_run *r, const struct sample *s)
{
	bool level;
	int64_t value = 0;
	if (!name_find(r, s->metric, &level))
		return;
	if (value_read(s->value, &value) && (value >= 0 || level))
		emit_counter(
			r, label_of(s), run_text(r, &r->text), value, level);
	else
		run_note(r, ANOMALY_SNAPSHOT_VALUE_RANGE);
}

void
prometheus_parse(struct host_run *r)
{
	struct sample s;
	while (run_next_whole(r)) {
		if (view_begins(r->line, "#")) {
			run_claim(r);
		} else if (sample_read(r->line, &s)) {
			sample_tell(r, &s);
			run_claim(r);
		}
	}
}
