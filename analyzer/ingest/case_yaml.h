/*
 * The text of one case.yaml into the record.
 */
#ifndef INGEST_CASE_YAML_H
#define INGEST_CASE_YAML_H

#include "base/tree.h"
#include "model/case_config.h"

#define CASE_YAML_NAME "case.yaml"

/* Years that a log can be of: what base/clock believes, whole ones. */
#define CASE_YEAR_FIRST 1970
#define CASE_YEAR_LAST 2115

/*
 * Read text into c; what c knows already stays as it is. folder: the role of
 * the folder that the file lies in, or NULL for the case's own. Every problem
 * is added to p. file is for messages.
 */
void case_yaml_read(struct case_config *c, const char *file, struct view text,
	const char *folder, struct problems *p);

/* Four digits, from CASE_YEAR_FIRST to CASE_YEAR_LAST. */
bool case_yaml_year(const char *text, int *year);

/* The role of that name, made when it is new; NULL when there are too many. */
struct case_role *case_role_named(struct case_config *c, const char *name);

/* Does a path begin with a name, and with no longer word: the name ends it or
 * ends in one of "/-_.", or one of these or a digit behind a letter follows?
 * 0, or how long the name is. */
size_t case_name_begins(const char *path, const char *name);

/* The entry with the longest path that a file's name begins with, or NULL. */
const struct case_file_config *case_config_file(
	const struct case_config *c, const char *name);

/* The role whose files begin so, or whose name does; NULL for none. */
const char *case_config_place(const struct case_config *c, const char *name);

#endif
