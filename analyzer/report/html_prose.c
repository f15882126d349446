/*
 * Sentences and lists of ours on the page. A command in them is code with a class of
 * its own, behind which the page's script puts a button that copies it.
 */
#include "report/html.h"

#include <string.h>

#include "report/steps.h"

/* Where a command begins in text, behind a sign that leads to it; NULL: none. */
static const char *
command_find(const char *text)
{
	static const char *const begins[] = {"sysctl -w ", "nft insert rule ",
		"iptables -", "ip6tables -", "lostsyn-collect --role "};
	for (const char *p = text; *p != '\0'; p++) {
		if (p - text < 2 || p[-1] != ' ' ||
			(p[-2] != ':' && p[-2] != ';'))
			continue;
		for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
			if (strncmp(p, begins[i], strlen(begins[i])) == 0)
				return p;
	}
	return NULL;
}

/* A command ends with its sentence or clause. */
static size_t
command_length(const char *command)
{
	size_t n = 0;
	while (command[n] != '\0' &&
		!(strchr(".,;", command[n]) != NULL &&
			(command[n + 1] == ' ' || command[n + 1] == '\0')))
		n++;
	return n;
}

/* A part that is longer than the room ends the search: the rest goes out as
 * plain text, with its command in it. */
void
html_prose(struct page *page, const char *text)
{
	char part[WORDS_MAX];
	const char *command;
	while ((command = command_find(text)) != NULL) {
		size_t before = (size_t)(command - text);
		size_t len = command_length(command);
		if (before >= sizeof part || len >= sizeof part)
			break;
		memcpy(part, text, before);
		part[before] = '\0';
		html_add(page->html, "%s", part);
		memcpy(part, command, len);
		part[len] = '\0';
		html_add(page->html, "<code class=\"copy\">%s</code>", part);
		text = command + len;
	}
	html_add(page->html, "%s", text);
}

/* finding is whose steps they are, for step_words to name things by; 0 for
 * texts that are about none. */
void
html_list(
	struct page *page, int64_t finding, const char *title, const char *list)
{
	const char *text;
	char words[WORDS_MAX];
	bool any = false;
	report_list_begin(page->r, list);
	while (report_list_next(page->r, &text)) {
		if (!any)
			html_add(page->html,
				title ? "<h4>%s</h4>\n<ul>\n" : "<ul>\n",
				title);
		any = true;
		html_add(page->html, "<li>");
		html_prose(page, step_words(page->r, finding, text, words));
		html_add(page->html, "</li>\n");
	}
	if (any)
		html_add(page->html, "</ul>\n");
}
