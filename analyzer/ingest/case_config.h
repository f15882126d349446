/*
 * case.yaml and the options that say the same: read, checked, settled.
 *
 *	case.yaml             about the whole case
 *	FOLDER/case.yaml      about the machine that FOLDER's files come from, as
 *	                      lostsyn-collect writes it
 *
 * What there is to write is in README.md. Whatever is wrong is a problem with
 * its file:line:column; nothing is skipped.
 */
#ifndef INGEST_CASE_CONFIG_H
#define INGEST_CASE_CONFIG_H

#include <stdio.h>

#include "base/error.h"
#include "ingest/case_files.h"
#include "model/case_config.h"

/* Places, files and translations of one case; more are refused. */
#define CASE_CONFIG_ROLES_MAX 64
#define CASE_CONFIG_LIST_MAX 256

/*
 * --timezone [ROLE=]TZ and --year [ROLE=]Y. They win over every case.yaml.
 * False with *e set on a bad one. No other thread may run yet (zones.h).
 */
bool case_config_timezone(
	struct case_config *c, const char *argument, struct error *e);
bool case_config_year(
	struct case_config *c, const char *argument, struct error *e);

/* Where a case.yaml stands, and so what it is about. */
enum case_config_stand {
	CASE_CONFIG_NOWHERE, /* it is none, or too deep to be one */
	CASE_CONFIG_CASE,
	CASE_CONFIG_FOLDER,
};

enum case_config_stand case_config_stand(const struct case_file *f);

/*
 * Read every case.yaml among files, the case's own first; what an earlier one
 * says stays. Problems go to `out`, one a line. False with *e set when there
 * was one. Call it between walking and recognising the files.
 */
bool case_config_read(struct case_config *c, const struct case_files *files,
	FILE *out, struct error *e);

/*
 * Fill `said` for all files, once their roles are known. False with *e set when
 * something was said of a role that no file has (--timezone srever=UTC).
 */
bool case_config_settle(
	struct case_config *c, const struct case_files *files, struct error *e);

/* Again, when the packets have changed roles that nobody had said. */
void case_config_apply(struct case_config *c, const struct case_files *files);

#endif
