/*
 * The frame of index.html.
 *
 * One file that loads nothing. Its security policy allows inline style and the
 * one script below by its hash, which is worked out when the page is written:
 * a script that an escaping mistake let in would not run. Without the script
 * the page is complete; with it tables can be sorted by another column.
 */
#include "batch/page.h"

#include "base/digest.h"
#include "base/safe_format.h"
#include "base/utf8.h"
#include "batch/index.h"

static const char script[] =
	"'use strict';\n"
	"const add = (to, kind, text) => {\n"
	" const e = document.createElement(kind);\n"
	" e.textContent = text;\n"
	" to.append(e);\n"
	" return e;\n"
	"};\n"
	"const filter = (t, input, count) => {\n"
	" const words = input.value.toLowerCase().split(/\\s+/)\n"
	"  .filter(w => w && w !== '-');\n"
	" let shown = 0;\n"
	" for (const r of t.tBodies[0].rows) {\n"
	"  r.dataset.text ||= r.textContent.toLowerCase();\n"
	"  r.hidden = !words.every(w => w[0] === '-'\n"
	"   ? !r.dataset.text.includes(w.slice(1))\n"
	"   : r.dataset.text.includes(w));\n"
	"  shown += !r.hidden;\n"
	" }\n"
	" count.textContent = `${shown} of ${t.tBodies[0].rows.length} rows`;\n"
	"};\n"
	"for (const t of document.querySelectorAll('table.sort')) {\n"
	" const body = t.tBodies[0];\n"
	" const line = document.createElement('p');\n"
	" line.className = 'filter';\n"
	" const label = add(line, 'label', 'Filter ');\n"
	" const input = add(label, 'input', '');\n"
	" input.type = 'search';\n"
	" input.placeholder = 'words, -words';\n"
	" const count = add(line, 'output', '');\n"
	" t.parentNode.before(line);\n"
	" input.addEventListener('input', () => filter(t, input, count));\n"
	" filter(t, input, count);\n"
	" [...t.tHead.rows[0].cells].forEach((h, i) => {\n"
	"  const b = document.createElement('button');\n"
	"  b.append(...h.childNodes);\n"
	"  h.append(b);\n"
	"  b.addEventListener('click', () => {\n"
	"   const up = h.getAttribute('aria-sort') === 'descending';\n"
	"   for (const o of t.tHead.rows[0].cells)\n"
	"    o.removeAttribute('aria-sort');\n"
	"   h.setAttribute('aria-sort', up ? 'ascending' : 'descending');\n"
	"   const of = r => r.cells[i].textContent.trim();\n"
	"   const by = new Intl.Collator('en', {numeric: true});\n"
	"   const rows = [...body.rows];\n"
	"   rows.sort((x, y) => by.compare(of(x), of(y)) * (up ? 1 : -1));\n"
	"   body.append(...rows);\n"
	"  });\n"
	" });\n"
	"}\n";

/* Colours as in the cases' own reports: 4.5 to 1 at least (WCAG 2.2, 1.4.3);
 * none says what a word does not say. */
static const char style[] =
	":root{--bg:#fbfaf8;--card:#fff;--ink:#1c1e22;--faint:#595e67;"
	"--line:#dcdad5;--link:#0b57a4;--bad:#a11d16;--bar:#7a4a9e}\n"
	"@media (prefers-color-scheme:dark){:root{--bg:#15171b;--card:#1c1f24;"
	"--ink:#e7e8ea;--faint:#a7acb5;--line:#363a42;--link:#8cc0ff;"
	"--bad:#ff9f95;--bar:#c79be6}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:76rem;"
	"background:var(--bg);color:var(--ink);"
	"font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
	"h1{font-size:1.8rem;line-height:1.2;margin:.2rem 0 .6rem}\n"
	"h2{font-size:1.25rem;margin:0 0 .6rem}\n"
	"section{margin-top:2.4rem}\n"
	"a{color:var(--link)}\n"
	":focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
	".faint{color:var(--faint)}\n"
	".scroll{overflow-x:auto}\n"
	"table{border-collapse:collapse;width:100%;font-size:.95rem;"
	"font-variant-numeric:tabular-nums}\n"
	"th,td{text-align:left;vertical-align:top;"
	"padding:.4rem .9rem .4rem 0;border-top:1px solid var(--line);"
	"overflow-wrap:normal}\n"
	"thead th{border-top:0;color:var(--faint);font-size:.875rem}\n"
	"th button{all:unset;cursor:pointer;text-decoration:underline dotted}\n"
	"th button:focus-visible{outline:2px solid var(--link)}\n"
	"th[aria-sort=ascending] button::after{content:' \\2191'}\n"
	"th[aria-sort=descending] button::after{content:' \\2193'}\n"
	".filter{display:flex;gap:1rem;flex-wrap:wrap;align-items:baseline;"
	"margin:.4rem 0;color:var(--faint)}\n"
	"input{font:inherit;color:var(--ink);background:var(--card);"
	"border:1px solid var(--faint);border-radius:.3rem;"
	"padding:.15rem .5rem;width:16rem;max-width:60vw}\n"
	"[hidden]{display:none}\n"
	"h3{font-size:1rem;margin:1.2rem 0 .2rem}\n"
	".n{text-align:right}\n"
	".bad{color:var(--bad);font-weight:600}\n"
	"td bdi{display:inline-block;min-width:9rem;overflow-wrap:anywhere}\n"
	"td ul{margin:0;padding-left:1.1rem}\n"
	"td li bdi{display:inline}\n"
	"time{white-space:nowrap}\n"
	"svg{width:100%;min-width:44rem;height:auto;display:block}\n"
	"svg text{fill:var(--ink);font:13px system-ui,sans-serif}\n"
	"svg .faint{fill:var(--faint)}\n"
	"svg .bar{fill:var(--bar)}\n"
	"svg .base{stroke:var(--line)}\n"
	"@media print{.filter{display:none}tr{break-inside:avoid}}\n";

static void
put_raw(void *context, const char *data, size_t len)
{
	struct page *p = context;
	fwrite(data, 1, len, p->out);
}

/* Quotes too: %s may stand in an attribute. */
static void
put_code(void *context, uint32_t code)
{
	static const struct {
		uint32_t code;
		const char *entity;
	} special[] = {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"},
		{'"', "&quot;"}, {'\'', "&#39;"}};
	struct page *p = context;
	char bytes[4];
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if (special[i].code == code) {
			fputs(special[i].entity, p->out);
			return;
		}
	fwrite(bytes, 1, utf8_put(code, bytes), p->out);
}

void
page_add(struct page *p, const char *format, ...)
{
	const struct safe_sink sink = {.raw = put_raw,
		.code = put_code,
		.context = p,
		.text_max = PAGE_TEXT_MAX};
	va_list arguments;
	va_start(arguments, format);
	safe_vformat(&sink, format, arguments);
	va_end(arguments);
}

sqlite3_stmt *
page_query(struct page *p, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(p->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		p->failed = true;
	return stmt;
}

bool
page_next(struct page *p, sqlite3_stmt *stmt)
{
	int code = stmt == NULL ? SQLITE_ERROR : sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		return true;
	p->failed = p->failed || code != SQLITE_DONE;
	sqlite3_finalize(stmt);
	return false;
}

const char *
page_text(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);
	return text == NULL ? "" : text;
}

int64_t
page_number(struct page *p, const char *sql)
{
	int64_t value = 0;
	sqlite3_stmt *stmt = page_query(p, sql);
	while (page_next(p, stmt))
		value = sqlite3_column_int64(stmt, 0);
	return value;
}

void
page_table(struct page *p, const char *head)
{
	fputs("<div class=\"scroll\"><table class=\"sort\"><thead><tr>",
		p->out);
	fputs(head, p->out);
	fputs("</tr></thead><tbody>\n", p->out);
}

void
page_table_end(struct page *p)
{
	fputs("</tbody></table></div>\n</section>\n", p->out);
}

void
page_begin(struct page *p)
{
	char hash[DIGEST_BASE64_MAX];
	page_add(p,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\""
		"default-src 'none'; style-src 'unsafe-inline'; "
		"script-src 'sha256-%s'; base-uri 'none'; "
		"form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\""
		"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<title>Index of cases - lostsyn</title>\n<style>\n",
		digest_base64(view_str(script), hash));
	fputs(style, p->out);
	page_add(p, "</style>\n</head>\n<body>\n");
}

void
page_end(struct page *p)
{
	page_add(p,
		"</main>\n<footer>\n<p class=\"faint\">lostsyn %s. The same "
		"figures, and more, are in index.sqlite and index.ndjson."
		"</p>\n</footer>\n<script>",
		LOSTSYN_VERSION);
	fputs(script, p->out);
	page_add(p, "</script>\n</body>\n</html>\n");
}
