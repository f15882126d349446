/*
 * The figures behind the page's pictures, gathered in one pass.
 *
 * Every attempt that is not clean is read once. Of the clean ones, which may be
 * millions, the counts per time are exact and come from the attempts' ids (they
 * are in order of time), and the latencies are those of a sample. So the cost
 * does not grow with the clean attempts, and the memory with none of them.
 */
#ifndef REPORT_OVERVIEW_H
#define REPORT_OVERVIEW_H

#include "render/axis.h"
#include "report/report_model.h"

#define OVERVIEW_LANES_MAX 16 /* verdicts; further ones share the last */
#define OVERVIEW_SAMPLE_MAX 800
#define OVERVIEW_CHOSEN_MAX 500 /* attempts that the page shows */

/* Latencies: OVERVIEW_PER_DECADE cells for each power of ten from 10 us. */
#define OVERVIEW_PER_DECADE 4
#define OVERVIEW_DECADES 8
#define OVERVIEW_CELLS (OVERVIEW_PER_DECADE * OVERVIEW_DECADES)

enum overview_class {
	CLASS_CLEAN, /* completed at once: sampled */
	CLASS_SLOW,  /* completed, not clean */
	CLASS_FAILED,
	CLASS_OPEN, /* undetermined */
	CLASS_COUNT
};

/* A strip of the first picture: a verdict's attempts over time. */
struct overview_lane {
	const char *verdict; /* "other verdicts" for the shared one */
	enum overview_class class;
	int64_t count;
	int64_t bins[AXIS_BINS_MAX];
};

/* The segments of the handshake, in its order; also lanes of the picture of the
 * path. */
enum { LEG_SYN, LEG_SYNACK, LEG_ACK, LEG_COUNT };
extern const char *const overview_leg_words[LEG_COUNT];

/* Copies of one segment between two neighbours on the path. */
struct overview_leg {
	int64_t passed;
	int64_t lost;
	int64_t unknown; /* not seen further on, by a capture that proves
	                    nothing */
};

#define OVERVIEW_VANTAGES_MAX 6

/*
 * How many failed for each of a set of numbers (host ids, ports). When there are
 * more different ones than it holds it is `full`: what it holds is exact for
 * none of them, and SQL has to count.
 */
#define TALLY_SLOTS 8192

struct tally {
	int used;
	bool full;
	/* The slots that are taken: most are not, and never looked at. */
	uint16_t taken[TALLY_SLOTS / 2];
	struct {
		int64_t key;
		int64_t count; /* 0: free */
	} slots[TALLY_SLOTS];
};

enum { TALLY_CLIENT, TALLY_SERVER, TALLY_PORT, TALLY_COUNT };

/* Count a value so many times. Once the table is full it counts nothing, and full
 * says so. */
void tally_add(struct tally *t, int64_t key, int64_t count);

/* What is known of one of the model's verdict rows while they are read. */
struct overview_row {
	int64_t bins[AXIS_BINS_MAX];
	int chosen_count;
	int64_t chosen[OVERVIEW_CHOSEN_MAX]; /* its first ids */
};

struct overview {
	struct overview_row *rows; /* by report_verdict.row; owned */
	int row_count;
	struct tally by[TALLY_COUNT];

	struct axis axis;

	bool complete;
	int64_t first_id, last_id; /* of the attempts */
	int lane_count;
	struct overview_lane lanes[OVERVIEW_LANES_MAX];

	/* Latency: [time][cell][class]; a sampled clean one stands for
	 * sample_of of its kind. */
	int32_t latency[AXIS_BINS_MAX][OVERVIEW_CELLS][CLASS_COUNT];
	int64_t latency_known[CLASS_COUNT];
	int64_t sample_of;

	/* legs[i] is between vantages i and i + 1. */
	int vantages;
	struct overview_leg legs[OVERVIEW_VANTAGES_MAX][LEG_COUNT];
	int ladders_read;
	bool clean_passed; /* the clean ones are among `passed` */

	/* The attempts that the page shows: by the model's verdict row, then
	 * by id. */
	int64_t quota; /* at most so many of each row */
	int chosen_count;
	struct {
		int64_t id;
		int verdict;
	} chosen[OVERVIEW_CHOSEN_MAX];
};

/* Begin: the time axis is known, nothing is counted. Trouble stays in
 * report.trouble. */
struct overview *overview_new(struct report *r);

/* NULL is fine. */
void overview_free(struct overview *o);

/* Count a judged attempt, whose verdict is v. */
void overview_judge(struct overview *o, const struct report_verdict *v,
	const struct report_judged *j);

/* Once all of the model's summary is known: the lanes, the clean attempts, the
 * legs, what the page shows. A second call does nothing. */
void overview_complete(struct overview *o, struct report *r);

/* The part of it about the legs; in overview_legs.c. */
void overview_legs(struct overview *o, struct report *r);

/* The lower end of a cell of latency, in microseconds. */
double overview_cell_us(int cell);

#endif
