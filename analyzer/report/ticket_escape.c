/*
 * What each markup does to text, and how it is kept from it; ticket_escape.h.
 *
 * Mentions, references and links are found in the text as it is shown, after
 * escapes are gone: a backslash or an entity does not stop them. A space of no
 * width between the sign and its word does, in all of these systems.
 */
#include "report/ticket_escape.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

/* The code point as it is. */
static void
put(struct ticket_sink *t, uint32_t code)
{
	char bytes[4];
	fwrite_unlocked(bytes, 1, utf8_put(code, bytes), t->out);
}

/* By its number, which no system reads as markup; it is shown as the sign
 * itself. */
static void
put_entity(struct ticket_sink *t, uint32_t code)
{
	fprintf(t->out, "&#%u;", code);
}

/* 0 is no sign, though strchr would find it. */
static bool
is_one_of(uint32_t code, const char *signs)
{
	return code != 0 && code < 0x80 && strchr(signs, (int)code) != NULL;
}

/* Letters of any script count: a mention may be of anybody. */
static bool
is_word(uint32_t code)
{
	return code >= 0x80 || isalnum((int)code) || code == '_';
}

/* GitLab's references begin with any of these, GitHub's with two of them. */
#define REFERENCES "@#!~%&$^"

/* Would one of the signs before make a mention or a reference of this, or is it
 * a link? "@you", "#1", "http://", "www." */
static bool
begins_something(const struct ticket_sink *t, uint32_t code, const char *signs)
{
	if (is_one_of(t->previous, signs))
		return is_word(code) || code == '"' || code == '\'';
	if (t->previous == ':')
		return code == '/';
	return (t->previous == 'w' || t->previous == 'W') && t->run == 3 &&
		code == '.';
}

/* spec: CommonMark 0.30, 2.4 (backslash escapes: any ASCII punctuation) */
void
escape_markdown(struct ticket_sink *t, uint32_t code)
{
	if (t->verbatim) {
		/* Three of these would end the block. */
		put(t, code == '`' ? '\'' : code);
		return;
	}
	if (begins_something(t, code, REFERENCES))
		fputs("&#8203;", t->out);
	if (is_one_of(code, "\\`*_{}[]<>()#+!|~&$^"))
		putc_unlocked('\\', t->out);
	put(t, code);
	/* An address of mail is found by this sign, whatever follows. */
	if (code == '@')
		fputs("&#8203;", t->out);
}

/* Macros {code}, links [a|b], images !a!, and signs around words; entities are
 * shown as what they stand for and mean nothing. A dash strikes out, a plus
 * inserts, only where they begin a word. */
void
escape_jira(struct ticket_sink *t, uint32_t code)
{
	if (t->verbatim) {
		/* "{noformat}" would end the block. */
		put(t, code == '{' ? '(' : code == '}' ? ')' : code);
		return;
	}
	if (begins_something(t, code, REFERENCES))
		fputs("&#8203;", t->out);
	bool starts = is_one_of(code, "-+?") && !is_word(t->previous);
	if (starts || is_one_of(code, "\\{}[]|*_^~!<>&()\"#@"))
		put_entity(t, code);
	else
		put(t, code);
}

/* HTML between [code] and [/code]. */
void
escape_servicenow(struct ticket_sink *t, uint32_t code)
{
	if (is_one_of(code, "<>&\"'[]{}$@"))
		put_entity(t, code);
	else
		put(t, code);
}

/* Entities for the three that Slack's own commands are made of: <!channel>,
 * <@U123>, <http://a|b>. Somebody may paste it as well. */
void
escape_slack(struct ticket_sink *t, uint32_t code)
{
	if (!t->verbatim && begins_something(t, code, "@#"))
		fputs("\xe2\x80\x8b", t->out);
	if (code == '<')
		fputs("&lt;", t->out);
	else if (code == '>')
		fputs("&gt;", t->out);
	else if (code == '&')
		fputs("&amp;", t->out);
	else
		put(t, code == '`' ? '\'' : code);
}

/* Plain text has no markup; what is hidden has been taken out before. */
void
escape_text(struct ticket_sink *t, uint32_t code)
{
	put(t, code);
}
