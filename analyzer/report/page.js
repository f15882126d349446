/*
 * Sorting, filtering and opening, for those who let a page do that. Everything
 * can be read without it. It makes its own controls, so that without it there
 * are none; it puts text nowhere but into textContent, and asks for nothing.
 * The page's policy lets this script run by its hash, and no other.
 */
"use strict";
(() => {
	const make = (tag, text, parent) => {
		const e = document.createElement(tag);
		if (text) e.textContent = text;
		if (parent) parent.append(e);
		return e;
	};
	const attempts = [...document.querySelectorAll("details.attempt")];
	const figure = (d, key) => Number(d.dataset[key] || 0);
	const orders = {
		"first SYN": (a, b) => figure(a, "n") - figure(b, "n"),
		"longest": (a, b) => figure(b, "d") - figure(a, "d"),
		"most retransmits": (a, b) => figure(b, "r") - figure(a, "r"),
		"client": (a, b) => tuple(a).localeCompare(
			tuple(b), "en", {numeric: true}),
	};
	const tuple = d => d.querySelector(".mono").textContent;

	/* An attempt and its heading stay while one below it matches. */
	const filter = (words, said) => {
		let shown = 0;
		for (const d of attempts) {
			const text = (d.querySelector("summary").textContent +
				" " + d.dataset.v).toLowerCase();
			d.hidden = !words.every(w => text.includes(w));
			shown += !d.hidden;
		}
		for (const h of document.querySelectorAll("h3.kind")) {
			let at = h.nextElementSibling, any = false;
			for (; at && at.tagName !== "H3"; at = at.nextElementSibling)
				any = any || (at.matches("details") && !at.hidden);
			h.hidden = !any;
		}
		said.textContent = shown + " of " + attempts.length + " shown";
	};

	/* Within each verdict: its heading stays above its attempts. */
	const sort = order => {
		const sorted = [...attempts].sort((a, b) =>
			orders[order](a, b) || figure(a, "n") - figure(b, "n"));
		const last = new Map();
		for (const d of sorted) {
			const head = d.dataset.h;
			(last.get(head) || heads.get(head)).after(d);
			last.set(head, d);
		}
	};
	const heads = new Map();
	attempts.forEach(d => {
		let h = d.previousElementSibling;
		while (h && !h.matches("h3.kind")) h = h.previousElementSibling;
		if (!h) return;
		h.id = h.id || "kind-" + heads.size;
		heads.set(h.id, h);
		d.dataset.h = h.id;
		d.dataset.v = h.textContent;
	});

	const section = document.getElementById("attempts");
	if (section && attempts.length > 1) {
		const bar = make("div");
		bar.className = "tools";
		bar.setAttribute("role", "search");
		const find = make("label", "Filter ", bar);
		const input = make("input", "", find);
		input.type = "search";
		input.placeholder = "address, port, verdict, words";
		const by = make("label", "Order ", bar);
		const select = make("select", "", by);
		for (const name of Object.keys(orders)) make("option", name, select);
		const open = make("button", "Open all", bar);
		const close = make("button", "Close all", bar);
		const said = make("span", "", bar);
		said.className = "faint";
		said.setAttribute("role", "status");
		input.addEventListener("input", () => filter(
			input.value.toLowerCase().split(/\s+/).filter(w => w), said));
		select.addEventListener("change", () => sort(select.value));
		const all = value => () => attempts.forEach(
			d => { if (!d.hidden) d.open = value; });
		open.addEventListener("click", all(true));
		close.addEventListener("click", all(false));
		for (const b of [open, close]) b.type = "button";
		section.querySelector("h2").after(bar);
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

	/* A link to an attempt shows it, whatever is folded or filtered away. */
	const reveal = () => {
		const to = document.getElementById(location.hash.slice(1));
		if (!to) return;
		for (let e = to; e; e = e.parentElement)
			if (e.tagName === "DETAILS") e.open = true;
		to.hidden = false;
		to.scrollIntoView();
	};
	addEventListener("hashchange", reveal);
	if (location.hash) reveal();
})();
