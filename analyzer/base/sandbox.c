/*
 * The wall around files: Landlock, by its system calls, because no library is
 * needed for three of them.
 *
 * The rights grew with the kernel. Asking for one that the kernel does not know
 * is refused as a whole, so its version (ABI) is asked first and the rights of
 * later versions are left out. Those newer than the oldest supported headers
 * (5.13) are written out below.
 *
 * spec: Linux Documentation/userspace-api/landlock.rst (6.12)
 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* cite: Linux 6.12 include/uapi/linux/landlock.h, "Filesystem flags" */
#define RIGHT_REFER (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define RIGHT_IOCTL_DEV (UINT64_C(1) << 15)

/* The newest version of which a right is used here. */
#define LANDLOCK_VERSION_USED 6

/* All file rights of the first version.
 * cite: Linux 5.13 include/uapi/linux/landlock.h, bits 0 to 12 */
#define RIGHTS_FIRST ((UINT64_C(1) << 13) - 1)

/* cite: Linux 6.12 include/uapi/linux/landlock.h, "Network flags", "Scope
 * flags": bind and connect of TCP; abstract Unix sockets and signals. */
#define NETWORK_ALL UINT64_C(3)
#define SCOPE_ALL UINT64_C(3)

#define RIGHTS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_WRITE                                                    \
	(RIGHTS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE | \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* What a rule about a file (not a folder) may grant; more is EINVAL.
 * cite: Linux 6.12 security/landlock/fs.c ACCESS_FILE */
#define RIGHTS_OF_FILES                                               \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
		LANDLOCK_ACCESS_FS_READ_FILE | RIGHT_TRUNCATE |       \
		RIGHT_IOCTL_DEV)

/* struct landlock_ruleset_attr of version 6. An older kernel takes a longer
 * struct as long as what it does not know is 0.
 * cite: Linux 6.12 include/uapi/linux/landlock.h; lib/usercopy.c
 * copy_struct_from_user */
struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scope;
};

/*
 * What libraries read for themselves: time zones, the names of ports and
 * protocols in a capture filter, random numbers, the count of processors.
 */
static const char *const library_files[] = {
	"/usr/share/zoneinfo",
	"/etc/localtime",
	"/etc/services",
	"/etc/protocols",
	"/etc/nsswitch.conf",
	"/dev/urandom",
	"/dev/null",
	"/sys/devices/system/cpu",
};

static int
landlock_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);
}

void
sandbox_begin(struct sandbox *s)
{
	sandbox_begin_as(s, LANDLOCK_VERSION_USED);
}

void
sandbox_begin_as(struct sandbox *s, int version_max)
{
	*s = (struct sandbox){.ruleset = -1};
	int version = landlock_version();
	if (version > version_max)
		version = version_max;
	if (version < 1)
		return;
	struct ruleset r = {.files = RIGHTS_FIRST};
	if (version >= 2)
		r.files |= RIGHT_REFER;
	if (version >= 3)
		r.files |= RIGHT_TRUNCATE;
	if (version >= 4)
		r.network = NETWORK_ALL;
	if (version >= 5)
		r.files |= RIGHT_IOCTL_DEV;
	if (version >= 6)
		r.scope = SCOPE_ALL;
	s->handled = r.files;
	s->ruleset = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof r, 0);
	for (size_t i = 0; i < sizeof library_files / sizeof *library_files;
		i++)
		sandbox_read(s, library_files[i]);
}

/* Without a permission that the run needs, the wall would only break it. */
static void
give_up(struct sandbox *s)
{
	if (s->ruleset >= 0)
		close(s->ruleset);
	s->ruleset = -1;
}

static void
grant(struct sandbox *s, const char *path, uint64_t rights)
{
	if (s->ruleset < 0)
		return;
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rights &= RIGHTS_OF_FILES;
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights & s->handled,
		.parent_fd = fd,
	};
	/* Pipes and sockets have no place in a tree: EBADFD, and no rule
	 * either. cite: Linux 6.12 security/landlock/syscalls.c get_path_from_fd
	 */
	if (rule.allowed_access != 0 &&
		syscall(SYS_landlock_add_rule, s->ruleset,
			LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0 &&
		errno != EBADFD)
		give_up(s);
	close(fd);
}

void
sandbox_read(struct sandbox *s, const char *path)
{
	grant(s, path, RIGHTS_READ);
}

void
sandbox_write(struct sandbox *s, const char *folder)
{
	grant(s, folder, RIGHTS_WRITE);
}

void
sandbox_write_folders(struct sandbox *s, const char *folder)
{
	s->folders = true;
	if (s->ruleset >= 0 && !(s->handled & RIGHT_REFER))
		give_up(s);
	grant(s, folder,
		RIGHTS_WRITE | RIGHT_REFER | LANDLOCK_ACCESS_FS_MAKE_DIR |
			LANDLOCK_ACCESS_FS_REMOVE_DIR);
}

void
sandbox_remove_folders(struct sandbox *s, const char *folder)
{
	grant(s, folder, LANDLOCK_ACCESS_FS_REMOVE_DIR);
}

const char *
sandbox_enter(struct sandbox *s)
{
	if (SANDBOX_SANITIZER)
		grant(s, "/", RIGHTS_READ | LANDLOCK_ACCESS_FS_EXECUTE);
	/* Needed by both walls when the caller is not root. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		give_up(s);
		return "none";
	}
	bool files = s->ruleset >= 0 &&
		syscall(SYS_landlock_restrict_self, s->ruleset, 0) == 0;
	give_up(s);
	bool calls = !SANDBOX_SANITIZER && sandbox_filter_calls(s->folders);
	if (files)
		return calls ? "landlock+seccomp" : "landlock";
	return calls ? "seccomp" : "none";
}

bool
sandbox_is_whole(const char *answer)
{
	return strcmp(answer,
		       SANDBOX_SANITIZER ? "landlock" : "landlock+seccomp") ==
		0;
}

const char *
sandbox_enter_as_wanted(
	struct sandbox *s, enum sandbox_wanted wanted, struct error *e)
{
	if (wanted == SANDBOX_WANT_NONE) {
		give_up(s);
		return SANDBOX_OFF;
	}
	const char *answer = sandbox_enter(s);
	if (wanted != SANDBOX_WANT_WHOLE || sandbox_is_whole(answer))
		return answer;
	error_set(e, ERROR_ENVIRONMENT,
		"--sandbox require: this kernel offers only: %s; Landlock and "
		"seccomp are needed",
		answer);
	return NULL;
}

const char *
sandbox_word(enum sandbox_wanted wanted)
{
	static const char *const words[] = {"auto", "require", SANDBOX_OFF};
	return words[wanted];
}
