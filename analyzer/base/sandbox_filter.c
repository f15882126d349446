/*
 * The wall around system calls: a seccomp filter of our own.
 *
 * What is not on the list does not exist (ENOSYS): C libraries ask for new
 * calls first and know how to do without them. Network, other programs and
 * other processes are refused as forbidden (EACCES), which reads better in a
 * message. Calls of another processor's numbering kill the process.
 *
 * The filter is one row of comparisons, ended by the answer for the rest; the
 * calls that depend on their arguments have a few lines each.
 *
 * spec: Linux Documentation/userspace-api/seccomp_filter.rst (6.12)
 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* cite: Linux 6.12 include/uapi/linux/audit.h, one name a processor. Little-
 * endian ones only: the filter reads arguments by halves. */
#if defined(__x86_64__)
#define OUR_PROCESSOR AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define OUR_PROCESSOR AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_PROCESSOR AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define OUR_PROCESSOR AUDIT_ARCH_PPC64LE
#endif

#ifdef OUR_PROCESSOR

/* Longest filter; the kernel takes 4096.
 * cite: Linux 6.12 include/uapi/linux/bpf_common.h BPF_MAXINSNS */
#define FILTER_MAX 400

struct program {
	struct sock_filter code[FILTER_MAX];
	unsigned short count;
};

static const int allowed[] = {
#define X(name) __NR_##name,
#include "base/sandbox_calls.def"
#undef X
};

/* Calls that make folders and further names of files. */
static const int of_folders[] = {
	__NR_mkdirat,
	__NR_linkat,
#ifdef __NR_mkdir
	__NR_mkdir,
	__NR_link,
#endif
};

/* What fcntl may be asked. Not F_SETOWN, F_SETSIG and O_ASYNC, by which the
 * kernel sends signals to any process; not leases and notifications.
 * cite: Linux 6.12 fs/fcntl.c do_fcntl, include/uapi/linux/fcntl.h */
static const unsigned file_questions[] = {
	F_DUPFD,
	F_DUPFD_CLOEXEC,
	F_GETFD,
	F_SETFD,
	F_GETFL,
	F_GETLK,
	F_SETLK,
	F_SETLKW,
	F_OFD_GETLK,
	F_OFD_SETLK,
	F_OFD_SETLKW,
	F_ADD_SEALS,
	F_GET_SEALS,
};

/* Set-user-ID, set-group-ID and sticky bits of a mode.
 * cite: Linux 6.12 include/uapi/linux/stat.h */
#define MODE_SPECIAL 07000

/* Asked for by mistake (a host name in a capture filter) or by an intruder. */
static const int forbidden[] = {
	__NR_socket,
	__NR_socketpair,
	__NR_connect,
	__NR_bind,
	__NR_execve,
	__NR_execveat,
	__NR_ptrace,
	__NR_kill,
};

/* Questions about a terminal, which isatty() and the summary's width ask. */
static const unsigned terminal_questions[] = {TCGETS, TIOCGWINSZ};

static void
add(struct program *p, struct sock_filter line)
{
	/* The lists are constants; test_sandbox builds the whole filter. */
	if (p->count < FILTER_MAX)
		p->code[p->count++] = line;
}

static void
add_answer(struct program *p, uint32_t answer)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, answer));
}

static void
add_load(struct program *p, size_t offset)
{
	add(p,
		(struct sock_filter)BPF_STMT(
			BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* Skip the next lines unless the value loaded is k. */
static void
add_unless(struct program *p, uint32_t k, uint8_t lines)
{
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, k, 0, lines));
}

static void
add_call(struct program *p, int call, uint32_t answer)
{
	add_unless(p, (uint32_t)call, 1);
	add_answer(p, answer);
}

static size_t
low_half(int argument)
{
	return offsetof(struct seccomp_data, args) +
		(size_t)argument * sizeof(uint64_t);
}

static size_t
high_half(int argument)
{
	return low_half(argument) + sizeof(uint32_t);
}

/* clone makes threads and nothing else; clone3, whose flags a filter cannot
 * see, does not exist, and the C library falls back on clone. */
static void
add_clone(struct program *p)
{
	add_unless(p, __NR_clone, 4);
	add_load(p, low_half(0));
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
	add_answer(p, SECCOMP_RET_ALLOW);
	add_answer(p, SECCOMP_RET_ERRNO | EACCES);
}

static void
add_ioctl(struct program *p)
{
	size_t n = sizeof terminal_questions / sizeof *terminal_questions;
	add_unless(p, __NR_ioctl, (uint8_t)(2 * n + 2));
	add_load(p, low_half(1));
	for (size_t i = 0; i < n; i++)
		add_call(p, (int)terminal_questions[i], SECCOMP_RET_ALLOW);
	add_answer(p, SECCOMP_RET_ERRNO | ENOTTY);
}

/* The listed commands; of F_SETFL, what does not ask for signals. */
static void
add_fcntl(struct program *p)
{
	size_t n = sizeof file_questions / sizeof *file_questions;
	add_unless(p, __NR_fcntl, (uint8_t)(2 * n + 6));
	add_load(p, low_half(1));
	for (size_t i = 0; i < n; i++)
		add_call(p, (int)file_questions[i], SECCOMP_RET_ALLOW);
	add_unless(p, F_SETFL, 3);
	add_load(p, low_half(2));
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JSET | BPF_K, O_ASYNC, 1, 0));
	add_answer(p, SECCOMP_RET_ALLOW);
	add_answer(p, SECCOMP_RET_ERRNO | EACCES);
}

/* A call whose argument is the mode of a file: whoever runs the program as
 * root, no file of its making runs as root for others. */
static void
add_mode(struct program *p, int call, int argument)
{
	add_unless(p, (uint32_t)call, 4);
	add_load(p, low_half(argument));
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JSET | BPF_K, MODE_SPECIAL, 1, 0));
	add_answer(p, SECCOMP_RET_ALLOW);
	add_answer(p, SECCOMP_RET_ERRNO | EACCES);
}

/* Open a file, with flags and then a mode as arguments. Not to read it and
 * empty it, nor by the access mode that is neither reading nor writing:
 * Landlock before its third version lets both empty a file that it lets be
 * read. cite: Linux 6.12 fs/namei.c handle_truncate, may_open;
 * security/landlock/fs.c get_required_file_open_access */
static void
add_open(struct program *p, int call, int flags)
{
	add_unless(p, (uint32_t)call, 9);
	add_load(p, low_half(flags));
	add(p,
		(struct sock_filter)BPF_STMT(
			BPF_ALU | BPF_AND | BPF_K, O_TRUNC | O_ACCMODE));
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, O_TRUNC | O_RDONLY, 5, 0));
	add(p,
		(struct sock_filter)BPF_STMT(
			BPF_ALU | BPF_AND | BPF_K, O_ACCMODE));
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, O_ACCMODE, 3, 0));
	add_load(p, low_half(flags + 1));
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JSET | BPF_K, MODE_SPECIAL, 1, 0));
	add_answer(p, SECCOMP_RET_ALLOW);
	add_answer(p, SECCOMP_RET_ERRNO | EACCES);
}

/* Limits may be asked for, not set: the new limit is a null pointer. */
static void
add_prlimit(struct program *p)
{
	add_unless(p, __NR_prlimit64, 6);
	add_load(p, low_half(2));
	add_unless(p, 0, 3);
	add_load(p, high_half(2));
	add_unless(p, 0, 1);
	add_answer(p, SECCOMP_RET_ALLOW);
	add_answer(p, SECCOMP_RET_ERRNO | EACCES);
}

/* A signal to oneself: abort(). */
static void
add_tgkill(struct program *p)
{
	add_unless(p, __NR_tgkill, 4);
	add_load(p, low_half(0));
	add_unless(p, (uint32_t)getpid(), 1);
	add_answer(p, SECCOMP_RET_ALLOW);
	add_answer(p, SECCOMP_RET_ERRNO | EACCES);
}

static void
build(struct program *p, bool folders)
{
	add_load(p, offsetof(struct seccomp_data, arch));
	add(p,
		(struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, OUR_PROCESSOR, 1, 0));
	add_answer(p, SECCOMP_RET_KILL_PROCESS);
	add_load(p, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		add_call(p, allowed[i], SECCOMP_RET_ALLOW);
	for (size_t i = 0;
		folders && i < sizeof of_folders / sizeof *of_folders; i++)
		add_call(p, of_folders[i], SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		add_call(p, forbidden[i], SECCOMP_RET_ERRNO | EACCES);
	add_clone(p);
	add_ioctl(p);
	add_prlimit(p);
	add_tgkill(p);
	add_fcntl(p);
	add_mode(p, __NR_fchmod, 1);
	add_open(p, __NR_openat, 2);
#ifdef __NR_open
	add_open(p, __NR_open, 1);
#endif
	add_answer(p, SECCOMP_RET_ERRNO | ENOSYS);
}

bool
sandbox_filter_calls(bool folders)
{
	struct program p = {.count = 0};
	build(&p, folders);
	if (p.count == FILTER_MAX)
		return false;
	struct sock_fprog filter = {p.count, p.code};
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

#else

bool
sandbox_filter_calls(bool folders)
{
	(void)folders;
	return false;
}

#endif
