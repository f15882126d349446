/*
 * JUnit's XML, which every pipeline shows as tests that passed and failed.
 *
 * There is no standard; what is written is valid for the strictest description
 * in use, which asks for every attribute and for both outputs at the end.
 *
 * spec: github.com/windyroad/JUnit-Schema, JUnit.xsd (of Ant's JUnit task)
 *
 * Every text goes through html_add's %s: nothing from evidence is markup.
 */
#ifndef RENDER_JUNIT_H
#define RENDER_JUNIT_H

#include <stdint.h>
#include <stdio.h>

#include "render/html.h"

enum junit_outcome { JUNIT_PASSED, JUNIT_FAILED, JUNIT_SKIPPED };

/* Begin the one suite of a file. at: "2026-11-20T09:15:00..." of what was
 * tested, or NULL. The numbers are those of the cases that follow. What
 * junit_end takes. */
struct html *junit_begin(FILE *out, const char *suite, const char *at,
	int64_t tests, int64_t failures, int64_t skipped);

/* A test; message is what failed or why it was skipped, detail the whole. */
void junit_case(struct html *h, const char *name, enum junit_outcome outcome,
	const char *message, const char *detail);

void junit_end(struct html *h);

#endif
