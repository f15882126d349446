/*
 * Sorting tables, for those who let a page do that; the page's own script
 * follows. Everything can be read without them. They make their own controls,
 * so that without them there are none; they put text nowhere but into
 * textContent, and ask for nothing. The page's policy lets them run by their
 * hash, and nothing else.
 */
"use strict";
const make = (tag, text, parent) => {
	const e = document.createElement(tag);
	if (text) e.textContent = text;
	if (parent) parent.append(e);
	return e;
};

/* What is to be typed elsewhere can be copied. Where the clipboard is shut it is
 * selected, for the keys that copy. */
const choose = element => {
	const range = document.createRange();
	range.selectNodeContents(element);
	getSelection().removeAllRanges();
	getSelection().addRange(range);
};
for (const code of document.querySelectorAll("code.copy")) {
	const button = make("button", "Copy");
	button.type = "button";
	button.className = "copy";
	code.after(" ", button);
	button.addEventListener("click", async () => {
		try {
			await navigator.clipboard.writeText(code.textContent);
			button.textContent = "Copied";
		} catch {
			choose(code);
			button.textContent = "Selected";
		}
	});
}

/* Tables with a heading: a click on it sorts, another turns it round. */
const value = (row, i) => row.cells[i] ? row.cells[i].textContent.trim() : "";
for (const table of document.querySelectorAll("table.sort")) {
	const body = table.tBodies[0];
	[...table.tHead.rows[0].cells].forEach((cell, i) => {
		if (!cell.textContent || body.rows.length < 2) return;
		const button = make("button", cell.textContent);
		button.type = "button";
		cell.replaceChildren(button);
		button.addEventListener("click", () => {
			/* Numbers: the largest first. */
			const was = cell.getAttribute("aria-sort");
			const up = was ? was !== "ascending"
				: !cell.classList.contains("n");
			for (const c of cell.parentNode.cells)
				c.removeAttribute("aria-sort");
			cell.setAttribute("aria-sort",
				up ? "ascending" : "descending");
			const rows = [...body.rows].sort((a, b) =>
				value(a, i).replace(/,/g, "").localeCompare(
					value(b, i).replace(/,/g, ""),
					"en", {numeric: true}));
			body.append(...(up ? rows : rows.reverse()));
		});
	});
}
