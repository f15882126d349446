/*
 * lostsyn open: a report's page, where a browser is.
 *
 * Names of folders are strangers' words: no shell ever sees one. The browser's
 * program gets one argument, the page's absolute path, which no option begins
 * like.
 */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/message.h"
#include "base/safe_format.h"
#include "command.h"

static const struct option_row rows[] = {
#include "cmd_open.def"
};
const struct options open_options = OPTIONS("open", rows);

extern char **environ;

/* Where reports are looked for: here, and so far below. */
static const char *const places[] = {"*.lostsyn/report.html",
	"*/*.lostsyn/report.html", "*/*/*.lostsyn/report.html",
	"*/*/*/*.lostsyn/report.html"};

/* The page written last; of two of one moment the first. NULL for none. */
static const char *
newest(struct arena *a)
{
	const char *best = NULL;
	struct timespec best_time = {0};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		glob_t found = {0};
		if (glob(places[i], 0, NULL, &found) != 0)
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			const char *path = found.gl_pathv[j];
			struct stat st;
			if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
				continue;
			if (best != NULL &&
				(st.st_mtim.tv_sec < best_time.tv_sec ||
					(st.st_mtim.tv_sec ==
							best_time.tv_sec &&
						st.st_mtim.tv_nsec <=
							best_time.tv_nsec)))
				continue;
			best = arena_copy(a, path, strlen(path));
			best_time = st.st_mtim;
		}
		globfree(&found);
	}
	return best;
}

/* The page of the report that was named. NULL with *e set. */
static const char *
named(struct arena *a, const char *report, struct error *e)
{
	struct stat st;
	const char *path = report;
	if (stat(report, &st) == 0 && S_ISDIR(st.st_mode))
		path = arena_format(a, "%s/report.html", report);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return path;
	error_set(e, ERROR_USAGE,
		"%s: no page there; 'lostsyn analyze' writes report.html into "
		"the report's folder",
		path);
	return NULL;
}

static bool
is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value != NULL && value[0] != '\0';
}

/* Can a desktop show anything here? */
static bool
has_display(void)
{
#ifdef __APPLE__
	return true;
#else
	return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") ||
		is_set("WSL_DISTRO_NAME");
#endif
}

/* True when the program took the page; it is waited for, since some browsers
 * live in the terminal. */
static bool
shown_by(char *program, char *page)
{
	posix_spawnattr_t attributes;
	sigset_t pipe;
	pid_t pid;
	int status = 0;
	char *arguments[] = {program, page, NULL};
	/* main ignores it, and a program would inherit that. */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &pipe);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	int failed = posix_spawnp(
		&pid, program, NULL, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	if (failed != 0)
		return false;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* $BROWSER holds programs, with ':' between them, the best first. */
static bool
shown_by_choice(struct arena *a, const char *choice, char *page)
{
	for (const char *one = choice; *one != '\0';) {
		size_t len = strcspn(one, ":");
		if (len > 0 && shown_by(arena_copy(a, one, len), page))
			return true;
		one += len + (one[len] == ':');
	}
	return false;
}

static bool
shown_by_desktop(char *page)
{
#ifdef __APPLE__
	static char programs[][10] = {"open"};
#else
	/* "open" is another program on Linux: openvt(1). */
	static char programs[][10] = {"xdg-open", "wslview"};
#endif
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (shown_by(programs[i], page))
			return true;
	return false;
}

static int
show(struct arena *a, const char *path)
{
	char *page = realpath(path, NULL);
	if (page == NULL) {
		message("%s: %s", path, strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	safe_print(stdout, "%s\n", page);
	fflush(stdout);
	if (is_set("BROWSER") || has_display()) {
		bool shown = is_set("BROWSER") &&
			shown_by_choice(a, getenv("BROWSER"), page);
		shown = shown || (has_display() && shown_by_desktop(page));
		if (!shown)
			message("no browser took it; open the file above "
				"yourself");
	}
	free(page);
	return EXIT_ALL_WELL;
}

int
cmd_open(int argc, char **argv)
{
	struct arena a = {0};
	struct error e = {0};
	bool help;
	char nothing;
	if (!options_read(&open_options, &nothing, argc, argv, &help, &e))
		return command_done(command_fail(&e));
	if (help) {
		options_print(&open_options, stdout);
		return command_done(EXIT_ALL_WELL);
	}
	if (argc - optind > 1)
		return command_usage(&open_options);
	const char *path =
		optind < argc ? named(&a, argv[optind], &e) : newest(&a);
	if (path == NULL && e.kind == ERROR_NONE)
		error_set(&e, ERROR_USAGE,
			"no *.lostsyn/report.html here; 'lostsyn analyze' "
			"makes one, and 'lostsyn open REPORT' shows one of "
			"elsewhere");
	int status = path != NULL ? show(&a, path) : command_fail(&e);
	arena_release(&a);
	return command_done(status);
}
