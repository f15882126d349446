/*
 * Wrappers are taken off one by one: sudo, ssh, kubectl exec, loops ...
 *
 * This is no shell: quotes are honoured, expansions and here-documents are not.
 * What cannot be told stays as it was typed.
 */
#include "command.h"

#include "words.h"

/* Wrappers around one command that are taken off; a person types three. */
#define WRAPPERS_MAX 8

enum arguments { ARGUMENTS_ANY, ARGUMENTS_NONE, ARGUMENTS_LOOP };

static const struct {
	const char *name;
	enum arguments arguments;
} programs[] = {
#define X(name, arguments) {name, ARGUMENTS_##arguments},
#include "parsers/transcript/commands.def"
#undef X
};

static const char *const argument_words[] = {
#define X(word) word,
#include "parsers/transcript/command_words.def"
#undef X
};

/*
 * Programs that run another one. value: the letters of options that take a word
 * of their own. what: which words stand before the command that is run.
 * cite: ssh(1) OpenSSH 9.2, sudo(8) 1.9.13, kubectl exec, docker exec,
 * nsenter(1) and ip-netns(8), clush(1), pdsh(1), parallel-ssh(1) as in Debian 12;
 * lxc exec (LXD 5), multipass exec 1.13, tsh ssh (Teleport 15), oc rsh (4.14),
 * gcloud compute ssh, vagrant ssh 2.4, knife ssh QUERY COMMAND (Chef Infra 18).
 */
enum before {
	BEFORE_NOTHING,
	BEFORE_HOST,
	BEFORE_WORD,
	BEFORE_MANY,
	BEFORE_QUERY, /* what finds many */
};

static const struct {
	const char *name;
	const char *verb; /* the word behind it that makes it one, or NULL */
	const char *value;
	enum before before;
} wrappers[] = {
	{"sudo", NULL, "ugpCDhTR", BEFORE_NOTHING},
	{"doas", NULL, "uC", BEFORE_NOTHING},
	{"time", NULL, "fo", BEFORE_NOTHING},
	{"nohup", NULL, "", BEFORE_NOTHING},
	{"env", NULL, "uCS", BEFORE_NOTHING},
	{"watch", NULL, "nq", BEFORE_NOTHING},
	{"nsenter", NULL, "tSGW", BEFORE_NOTHING},
	{"timeout", NULL, "ks", BEFORE_WORD},
	{"chroot", NULL, "", BEFORE_WORD},
	{"ssh", NULL, "BbcDEeFIiJLlmOopQRSWw", BEFORE_HOST},
	{"kubectl", "exec", "cnf", BEFORE_HOST},
	{"oc", "exec", "cnf", BEFORE_HOST},
	{"docker", "exec", "euw", BEFORE_HOST},
	{"podman", "exec", "euw", BEFORE_HOST},
	{"nerdctl", "exec", "euw", BEFORE_HOST},
	{"docker-compose", "exec", "eu", BEFORE_HOST},
	{"lxc", "exec", "", BEFORE_HOST},
	{"incus", "exec", "", BEFORE_HOST},
	{"multipass", "exec", "", BEFORE_HOST},
	{"tsh", "ssh", "l", BEFORE_HOST},
	{"oc", "rsh", "c", BEFORE_HOST},
	{"sshpass", NULL, "pfe", BEFORE_NOTHING},
	{"crictl", "exec", "r", BEFORE_HOST},
	{"kubectl", "debug", "cnf", BEFORE_HOST},
	{"oc", "debug", "cnf", BEFORE_HOST},
	{"clush", NULL, "wgxXfltuo", BEFORE_MANY},
	{"pdsh", NULL, "wxgXGlutfR", BEFORE_MANY},
	{"dsh", NULL, "mgwF", BEFORE_MANY},
	{"knife", "ssh", "xiaGC", BEFORE_QUERY},
	{"pssh", NULL, "hHlpotOxX", BEFORE_MANY},
	{"parallel-ssh", NULL, "hHlpotOxX", BEFORE_MANY},
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static struct view
base_name(struct view program)
{
	for (size_t i = program.len; i > 0; i--)
		if (program.data[i - 1] == '/')
			return view_skip(program, i);
	return program;
}

static int
program_find(struct view word)
{
	word = base_name(word);
	for (size_t i = 0; i < COUNT(programs); i++)
		if (view_is(word, programs[i].name))
			return (int)i;
	return -1;
}

/* An option, a path, a name with a digit ...: no word of a sentence. */
static bool
is_argument(struct view word)
{
	if (byte_among(word.data[0], "-/.~$|>&;<+"))
		return true;
	for (size_t i = 0; i < word.len; i++)
		if (byte_digit(word.data[i]) ||
			byte_among(word.data[i], "./=:_@*\\"))
			return !view_ends(word, ".") && !view_ends(word, ":");
	for (size_t i = 0; i < COUNT(argument_words); i++)
		if (view_is(word, argument_words[i]))
			return true;
	return false;
}

static bool
is_known(struct view text)
{
	struct view rest = text;
	int i = program_find(words_next(&rest));
	if (i < 0)
		return false;
	rest = view_trim(rest);
	if (programs[i].arguments == ARGUMENTS_LOOP)
		return words_find(rest, " do ") < rest.len ||
			words_find(rest, ";do ") < rest.len;
	if (rest.len == 0)
		return true;
	bool quoted = byte_among(rest.data[0], "'\"");
	struct view first = words_next(&rest);
	return programs[i].arguments == ARGUMENTS_ANY &&
		(quoted || (first.len > 0 && is_argument(first)));
}

/* "-w", "-bw": letters, of which only the last is an option with a word. */
static bool
takes_word(struct view option, const char *value)
{
	if (option.len > 3 || option.len < 2 || option.data[1] == '-')
		return false;
	return byte_among(option.data[option.len - 1], value) &&
		(option.len == 2 || !byte_among(option.data[1], value));
}

/* Take options off the front, with their words, and NAME=VALUE. */
static void
skip_options(struct view *rest, const char *value)
{
	for (;;) {
		struct view after = *rest;
		struct view word = words_next(&after);
		bool option = view_begins(word, "-") && word.len > 1;
		bool setting = words_find(word, "=") < word.len &&
			word.len > 0 && byte_letter(word.data[0]);
		if (!option && !setting)
			return;
		*rest = after;
		if (view_is(word, "--"))
			return;
		if (option && takes_word(word, value))
			words_next(rest);
		else if (view_is(word, "--target") ||
			view_is(word, "--namespace") ||
			view_is(word, "--container"))
			words_next(rest);
	}
}

/* "root@web-01", "pod/web-0": the machine's name; empty for a variable. */
static struct view
host_word(struct view word)
{
	for (size_t i = word.len; i > 0; i--)
		if (word.data[i - 1] == '@' || word.data[i - 1] == '/') {
			word = view_skip(word, i);
			break;
		}
	return words_host(word) ? word : view_of(word.data, 0);
}

/* "'ss -ltn | head'" with the quotes of a remote shell: what is in them. */
static struct view
unquoted(struct view text)
{
	text = view_trim(text);
	if (text.len < 2 || !byte_among(text.data[0], "'\""))
		return text;
	struct view rest = text;
	return words_next(&rest);
}

static bool
wrapper_take(struct command *c)
{
	struct view rest = c->text;
	struct view program = base_name(words_next(&rest));
	for (size_t i = 0; i < COUNT(wrappers); i++) {
		struct view behind = rest;
		if (!view_is(program, wrappers[i].name))
			continue;
		if (wrappers[i].verb != NULL) {
			skip_options(&behind, wrappers[i].value);
			if (!view_is(words_next(&behind), wrappers[i].verb))
				continue;
		}
		skip_options(&behind, wrappers[i].value);
		struct view word = view_of(behind.data, 0);
		if (wrappers[i].before == BEFORE_HOST ||
			wrappers[i].before == BEFORE_WORD ||
			wrappers[i].before == BEFORE_QUERY)
			word = words_next(&behind);
		if (wrappers[i].before == BEFORE_HOST) {
			struct view host = host_word(word);
			c->host = host.len > 0 ? host : c->host;
			c->elsewhere = host.len == 0;
			skip_options(&behind, wrappers[i].value);
		}
		c->many = c->many || wrappers[i].before >= BEFORE_MANY;
		c->text = unquoted(behind);
		return true;
	}
	return false;
}

/* The value of one of these options: --command=X, --command X, -c X. */
static struct view
option_value(struct view rest, const char *const *options, size_t count)
{
	struct view word;
	while ((word = words_next(&rest)).len > 0)
		for (size_t i = 0; i < count; i++) {
			size_t n = strlen(options[i]);
			if (!view_begins(word, options[i]))
				continue;
			if (word.len == n)
				return words_next(&rest);
			if (word.data[n] != '=')
				continue;
			/* What is quoted behind "=" is not one word. */
			rest = view_of(word.data + n + 1,
				(size_t)(rest.data + rest.len - word.data) - n -
					1);
			return words_next(&rest);
		}
	return view_of(rest.data, 0);
}

/* "az vm run-command invoke -g GROUP -n NAME --scripts X". cite: Azure CLI az vm
 * run-command invoke */
static bool
azure_take(struct command *c)
{
	static const char *const names[] = {"-n", "--name"};
	static const char *const scripts[] = {"--scripts"};
	static const char verb[] = "az vm run-command invoke ";
	if (!view_begins(c->text, verb))
		return false;
	struct view rest = view_skip(c->text, strlen(verb));
	c->host = host_word(option_value(rest, names, COUNT(names)));
	c->elsewhere = c->host.len == 0;
	c->text = unquoted(option_value(rest, scripts, COUNT(scripts)));
	return true;
}

/* "gcloud compute ssh NAME --command=X", "vagrant ssh NAME -c X". */
static bool
cloud_take(struct command *c)
{
	static const char *const options[] = {"--command", "-c", "-C"};
	if (azure_take(c))
		return true;
	struct view rest = c->text;
	struct view program = base_name(words_next(&rest));
	struct view word = words_next(&rest);
	if (view_is(program, "gcloud") && view_is(word, "compute"))
		word = words_next(&rest);
	else if (!view_is(program, "vagrant"))
		return false;
	if (!view_is(word, "ssh"))
		return false;
	struct view behind = rest;
	skip_options(&behind, "");
	c->host = host_word(words_next(&behind));
	c->elsewhere = c->host.len == 0;
	c->text = unquoted(option_value(rest, options, COUNT(options)));
	return true;
}

/* ip netns exec NAME COMMAND; bash -c 'COMMAND'; ansible ... -a 'COMMAND';
 * salt ... cmd.run 'COMMAND'. */
static bool
odd_wrapper_take(struct command *c)
{
	struct view rest = c->text;
	struct view program = base_name(words_next(&rest));
	if (view_is(program, "ip") &&
		view_begins(view_trim(rest), "netns exec ")) {
		words_next(&rest);
		words_next(&rest);
		c->host = host_word(words_next(&rest));
		c->text = unquoted(rest);
		return true;
	}
	if (view_is(program, "salt")) {
		size_t run = words_find(rest, "cmd.run ");
		c->many = run < rest.len;
		c->text =
			c->many ? unquoted(view_skip(rest, run + 8)) : c->text;
		return c->many;
	}
	bool shell = view_is(program, "bash") || view_is(program, "sh");
	const char *option = shell ? "-c " : " -a ";
	size_t at = words_find(rest, option);
	if ((!shell && !view_is(program, "ansible")) || at == rest.len)
		return false;
	c->many = !shell;
	c->text = unquoted(view_skip(rest, at + strlen(option)));
	return true;
}

bool
command_next(struct view *row, struct view *one)
{
	size_t end = 0;
	uint8_t quote = 0;
	struct view v = *row;
	while (v.len > 0 && byte_among(v.data[0], ";& "))
		v = view_skip(v, 1);
	while (end < v.len &&
		(quote != 0 ||
			(v.data[end] != ';' &&
				!view_begins(view_skip(v, end), "&&")))) {
		if (quote == v.data[end])
			quote = 0;
		else if (quote == 0 && byte_among(v.data[end], "'\""))
			quote = v.data[end];
		end++;
	}
	*one = view_trim(view_of(v.data, end));
	*row = view_skip(v, end);
	return one->len > 0;
}

/* Behind the "do " of a loop; text itself where it is none. */
static struct view
loop_body(struct view text, struct command *c)
{
	size_t at = words_find(text, "do ");
	if ((!view_begins(text, "for ") && !view_begins(text, "while ")) ||
		at == text.len)
		return text;
	size_t in = words_find(text, " in ");
	c->loop = true;
	if (in < at)
		c->list = view_trim(view_of(text.data + in + 4, at - in - 4));
	text = view_skip(text, at + 3);
	at = words_find(text, "ssh ");
	return at < text.len ? view_skip(text, at) : text;
}

/* Does it print something beside the state that is looked for? */
static bool
is_aside(struct view one)
{
	static const char *const asides[] = {
		"echo ", "date", "hostname", "sleep ", "cd ", "clear"};
	for (size_t i = 0; i < COUNT(asides); i++)
		if (view_begins(one, asides[i]))
			return true;
	return false;
}

/* Of several commands in a row the first that shows a state; of a loop, what
 * ssh runs in it. */
static bool
row_take(struct command *c)
{
	struct view rest = loop_body(c->text, c);
	bool whole = rest.len == c->text.len;
	struct view one;
	while (command_next(&rest, &one)) {
		if (whole && one.len == c->text.len)
			return false;
		if (!is_known(one) || is_aside(one))
			continue;
		c->text = one;
		return true;
	}
	return false;
}

static void
pipe_cut(struct command *c)
{
	size_t end = words_find(c->text, "|");
	size_t to = words_find(c->text, " >");
	size_t errors = words_find(c->text, " 2>");
	end = to < end ? to : end;
	end = errors < end ? errors : end;
	c->text = view_trim(view_of(c->text.data, end));
}

struct command
command_of(struct view line)
{
	struct command c = {.text = view_trim(line)};
	c.row = c.text;
	for (int i = 0; i < WRAPPERS_MAX; i++) {
		if (row_take(&c))
			continue;
		if (!wrapper_take(&c) && !cloud_take(&c) &&
			!odd_wrapper_take(&c))
			break;
		c.row = c.text;
	}
	c.known = is_known(c.text) || (c.text.len == 0 && c.host.len > 0) ||
		(c.loop && is_known(view_trim(line)));
	pipe_cut(&c);
	c.shell = c.text.len == 0 || view_is(base_name(c.text), "sh") ||
		view_is(base_name(c.text), "bash");
	c.known = c.known || (c.shell && c.host.len > 0);
	return c;
}
