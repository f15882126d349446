/*
 * The path picture: client, network, server, and where each segment of the
 * handshake was lost. A segment is lost in the network or by the host that it
 * was for; the place words of the verdicts say which.
 */
#include "report/html.h"

#include <string.h>

enum { LEG_SYN, LEG_SYNACK, LEG_ACK, LEG_COUNT };

struct leg {
	const char *segment;
	bool to_server;
	int64_t in_network;
	int64_t at_host;
};

/* Failures without a lost segment, by the place that ended them. */
struct endings {
	int64_t by_client, in_network, by_server;
};

/* Coordinates of the picture, in its own units. */
enum {
	WIDTH = 900,
	HOST_WIDTH = 190,
	TOP = 44,
	LEG_HEIGHT = 62,
};

static bool
place_is(const char *place, const char *begins)
{
	return strncmp(place, begins, strlen(begins)) == 0;
}

static void
legs_count(const struct report *r, struct leg legs[LEG_COUNT])
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		if (!v->segment || !v->place)
			continue;
		for (int k = 0; k < LEG_COUNT; k++) {
			if (strcmp(v->segment, legs[k].segment) != 0)
				continue;
			if (place_is(v->place, "network"))
				legs[k].in_network += v->count;
			else
				legs[k].at_host += v->count;
		}
	}
}

static void
endings_count(const struct report *r, struct endings *n)
{
	for (size_t i = 0; i < r->verdict_count; i++) {
		const struct report_verdict *v = &r->verdicts[i];
		if (v->segment || !v->place || v->failed == 0)
			continue;
		if (place_is(v->place, "network"))
			n->in_network += v->failed;
		else if (place_is(v->place, "client"))
			n->by_client += v->failed;
		else
			n->by_server += v->failed;
	}
}

static void
write_host(struct html *h, int x, int height, const char *name)
{
	html_add(h,
		"<rect class=\"host\" x=\"%d\" y=\"8\" width=\"%d\" "
		"height=\"%d\" rx=\"10\"/>\n"
		"<text class=\"name\" x=\"%d\" y=\"34\" "
		"text-anchor=\"middle\">%s</text>\n",
		x, HOST_WIDTH, height - 16, x + HOST_WIDTH / 2, name);
}

/* A count on a plate, so that it is found at a glance. */
static void
write_lost(struct html *h, int x, int y, int64_t count, const char *how)
{
	if (count == 0)
		return;
	html_add(h,
		"<rect class=\"plate\" x=\"%d\" y=\"%d\" width=\"130\" "
		"height=\"26\" rx=\"13\"/>\n<text class=\"lost\" x=\"%d\" "
		"y=\"%d\" text-anchor=\"middle\">%jd %s</text>\n",
		x - 65, y - 13, x, y + 5, (intmax_t)count, how);
}

static void
write_leg(struct html *h, const struct leg *leg, int y)
{
	int left = HOST_WIDTH + 8, right = WIDTH - HOST_WIDTH - 8;
	int tip = leg->to_server ? right : left;
	int back = leg->to_server ? -11 : 11;
	int host = HOST_WIDTH / 2;
	html_add(h,
		"<path class=\"leg\" d=\"M%d %dH%d\"/>\n"
		"<path class=\"tip\" d=\"M%d %dl%d -6v12z\"/>\n",
		left, y, right, tip, y, back);
	html_add(h, "<text class=\"faint\" x=\"%d\" y=\"%d\">%s</text>\n",
		left + 18, y - 9, leg->segment);
	write_lost(h, WIDTH / 2, y, leg->in_network, "lost here");
	write_lost(h, leg->to_server ? WIDTH - host : host, y, leg->at_host,
		"dropped");
}

/* The last lane has no arrow: nothing was lost there. */
static void
write_endings(struct html *h, const struct endings *n, int y)
{
	html_add(h,
		"<text class=\"faint\" x=\"%d\" y=\"%d\">Nothing lost, "
		"ended by</text>\n",
		HOST_WIDTH + 26, y - 9);
	write_lost(h, HOST_WIDTH / 2, y, n->by_client, "ended");
	write_lost(h, WIDTH / 2 + 60, y, n->in_network, "rejected");
	write_lost(h, WIDTH - HOST_WIDTH / 2, y, n->by_server, "refused");
}

static void
write_description(struct html *h, const struct leg legs[LEG_COUNT],
	const struct endings *ended)
{
	html_add(h,
		"<title id=\"path-title\">Where the handshake broke</title>"
		"\n<desc id=\"path-text\">");
	for (int k = 0; k < LEG_COUNT; k++)
		html_add(h,
			"%s: %jd lost in the network, %jd dropped by the "
			"%s. ",
			legs[k].segment, (intmax_t)legs[k].in_network,
			(intmax_t)legs[k].at_host,
			legs[k].to_server ? "server" : "client");
	html_add(h,
		"Ended without a loss: by the client %jd, in the network "
		"%jd, by the server %jd.</desc>\n",
		(intmax_t)ended->by_client, (intmax_t)ended->in_network,
		(intmax_t)ended->by_server);
}

void html_path(struct html *h);

void
html_path(struct html *h)
{
	struct leg legs[LEG_COUNT] = {
		[LEG_SYN] = {.segment = "SYN", .to_server = true},
		[LEG_SYNACK] = {.segment = "SYN-ACK"},
		[LEG_ACK] = {.segment = "ACK", .to_server = true},
	};
	struct endings ended = {0};
	legs_count(h->r, legs);
	endings_count(h->r, &ended);
	bool any_ended = ended.by_client + ended.in_network + ended.by_server;
	int lanes = LEG_COUNT + (any_ended ? 1 : 0);
	int height = TOP + lanes * LEG_HEIGHT + 14;
	html_add(h,
		"<div class=\"scroll\">\n<svg class=\"path\" viewBox=\"0 0 %d "
		"%d\" role=\"img\" "
		"aria-labelledby=\"path-title path-text\">\n",
		WIDTH, height);
	write_description(h, legs, &ended);
	write_host(h, 1, height, "client");
	write_host(h, WIDTH - HOST_WIDTH - 1, height, "server");
	html_add(h,
		"<text class=\"faint\" x=\"%d\" y=\"30\" "
		"text-anchor=\"middle\">network</text>\n",
		WIDTH / 2);
	for (int k = 0; k < lanes; k++) {
		int y = TOP + LEG_HEIGHT / 2 + k * LEG_HEIGHT;
		if (k < LEG_COUNT)
			write_leg(h, &legs[k], y);
		else
			write_endings(h, &ended, y);
	}
	html_add(h, "</svg>\n</div>\n");
}
