/*
 * See kubectl_event.h.
 *
 *	describe     Warning  Unhealthy  59s (x23 over 5m)  kubelet  text
 *	events       59s (x23 over 5m)  Warning  Unhealthy  Pod/web  text
 *	get -o wide  3m  Warning  Unhealthy  pod/web  ..  text   12m   23   web.17a1
 */
#include "parsers/log/kubectl_event.h"

#include "parsers/log/cursor.h"

/* Words of a line of kubectl before its age: namespace, type, reason. */
#define EVENT_WORDS 4

/* A duration as kubectl prints ages: "59s", "5m12s", "3d".
   cite: Kubernetes apimachinery pkg/util/duration/duration.go HumanDuration */
static bool
age_take(struct cursor *c)
{
	int64_t n;
	bool any = false;
	while (cursor_number(c, 9, &n)) {
		if (cursor_left(c) == 0 || !byte_among(*c->p, "smhdy"))
			return false;
		c->p++;
		any = true;
	}
	return any;
}

/*
 * "Warning  Unhealthy  59s (x23 over 5m)  kubelet  text" of kubectl describe, and
 * "59s (x23 over 5m)  Warning  Unhealthy  Pod/web  text" of kubectl events: the
 * event was seen so often; 1 for another line.
 * cite: Kubernetes kubectl pkg/describe/describe.go DescribeEvents; pkg/cmd/events
 */
static uint32_t
times_within(struct view line)
{
	struct cursor c = cursor_of(line);
	int64_t n;
	bool typed = false;
	for (int word = 0; word < EVENT_WORDS; word++) {
		while (cursor_left(&c) > 0 && byte_among(*c.p, " \t"))
			c.p++;
		struct cursor at = c;
		if (age_take(&at) && cursor_take_text(&at, " (x") &&
			cursor_number(&at, 9, &n) &&
			cursor_take_text(&at, " over ") && age_take(&at) &&
			cursor_take(&at, ')')) {
			cursor_skip_spaces(&at);
			typed = typed || cursor_take_text(&at, "Warning ") ||
				cursor_take_text(&at, "Normal ");
			return typed && n > 0 ? (uint32_t)n : 1;
		}
		struct view w = cursor_token(&c);
		typed = typed || view_is(w, "Warning") || view_is(w, "Normal");
	}
	return 1;
}

/* The word at the end of v, which loses it; blanks between are skipped. */
static struct view
last_word(struct view *v)
{
	while (v->len > 0 && byte_among(v->data[v->len - 1], " \t\r"))
		v->len--;
	size_t end = v->len;
	while (v->len > 0 && !byte_among(v->data[v->len - 1], " \t"))
		v->len--;
	return view_of(v->data + v->len, end - v->len);
}

/*
 * Columns behind the text: FIRST SEEN, COUNT, NAME ("web.17a1c2"). cite:
 * Kubernetes pkg/printers/internalversion/printers.go, printEvent
 */
static uint32_t
times_behind(struct view line)
{
	struct view name = last_word(&line);
	struct view count = last_word(&line);
	struct cursor age = cursor_of(last_word(&line));
	uint64_t n;
	if (name.len == 0 || memchr(name.data, '.', name.len) == NULL ||
		!view_number(count, UINT32_MAX, &n) || n == 0 ||
		cursor_left(&age) == 0 || !age_take(&age) ||
		cursor_left(&age) > 0)
		return 1;
	bool typed = memmem(line.data, line.len, " Warning ", 9) != NULL ||
		memmem(line.data, line.len, " Normal ", 8) != NULL;
	return typed ? (uint32_t)n : 1;
}

uint32_t
kubectl_event_times(struct view line)
{
	uint32_t n = times_within(line);
	return n > 1 ? n : times_behind(line);
}
