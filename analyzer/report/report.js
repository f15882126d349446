/*
 * The report's attempts: filtered, ordered, opened. Follows render/page.js.
 */
(() => {
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

	/* On a small screen what is long waits until somebody asks. */
	if (matchMedia("(max-width: 40rem)").matches)
		document.querySelectorAll("details.wide, details.attempt")
			.forEach(d => { d.open = false; });

	/* A link to an attempt shows it, whatever is folded or filtered away. */
	const reveal = () => {
		const to = document.getElementById(location.hash.slice(1));
		if (!to) return;
		if (to.tagName === "SECTION")
			to.querySelectorAll(":scope > details").forEach(
				d => { d.open = true; });
		for (let e = to; e; e = e.parentElement)
			if (e.tagName === "DETAILS") e.open = true;
		to.hidden = false;
		to.scrollIntoView();
	};
	addEventListener("hashchange", reveal);
	if (location.hash) reveal();
})();
