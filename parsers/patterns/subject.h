/*
 * The end of a connection that a line above has named.
 *
 * Some programs print whom they try in one line and what became of it in another:
 *
 *	Trying 198.51.100.60...
 *	telnet: Unable to connect to remote host: Connection refused
 *
 * A pattern that `names` a word begins what is remembered under it, one that
 * `adds` to the word brings more of it, and the event of one that is `of` the
 * word takes what its own line does not say. One subject at a time: it ends
 * after so many lines as its pattern allows, at a blank line unless that may be
 * passed over, at a prompt, and at a line that another program has written.
 */
#ifndef PARSERS_PATTERNS_SUBJECT_H
#define PARSERS_PATTERNS_SUBJECT_H

#include "parsers/patterns/pattern.h"

/* The event of a pattern that only names: none comes of it. */
#define SUBJECT_EVENT "subject"

/* Lines below that a subject lasts where its pattern does not say, and at most:
   the ports of a scan. */
#define SUBJECT_LINES 3
#define SUBJECT_LINES_MAX 2000

/* Bytes of a name or number that is remembered. cite: RFC 1035 2.3.4 */
#define SUBJECT_TEXT_MAX 255

/* Of dst, host, dport, src. */
#define SUBJECT_PARTS 4

/* What a pattern has to do with a subject. */
enum subject_role { SUBJECT_NONE, SUBJECT_NAMES, SUBJECT_ADDS, SUBJECT_OF };

struct subject_rule {
	enum subject_role role;
	const char *word; /* of the subject; NULL with SUBJECT_NONE */
	uint32_t lines;   /* below its first line */
	bool blanks;      /* blank lines belong to it */
};

struct subject {
	const char *word; /* NULL: nothing is remembered */
	uint64_t line;    /* of its first line */
	uint64_t last;    /* line that may still be of it */
	uint64_t writer;  /* of its lines, as a hash */
	bool blanks;
	bool unnamed; /* the next line is the name */
	bool over;    /* an event was of it: what names it again is another */
	/* what was told of it last, or NULL, and of which port: the same again
	   is another sentence about the same attempt */
	const char *told;
	uint16_t told_port;
	struct {
		char text[SUBJECT_TEXT_MAX];
		size_t len; /* 0: not known */
	} parts[SUBJECT_PARTS];
};

/* Before a record is matched: is what is remembered still of use? */
void subject_pass(struct subject *s, const struct log_record *r);

/*
 * Behind a pattern with a rule that has accepted a record. False: no event comes
 * of it, because the line only names, or tells what was told already. Views that
 * are put into e live as long as s is not changed.
 */
bool subject_settle(struct subject *s, const struct subject_rule *rule,
	struct log_event *e);

#endif
