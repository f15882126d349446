/*
 * The index's tables: a filter above each. Follows render/page.js.
 */
(() => {
	const filter = (table, words, said) => {
		const rows = [...table.tBodies[0].rows];
		let shown = 0;
		for (const r of rows) {
			r.dataset.text ||= r.textContent.toLowerCase();
			r.hidden = !words.every(w => w[0] === "-"
				? !r.dataset.text.includes(w.slice(1))
				: r.dataset.text.includes(w));
			shown += !r.hidden;
		}
		said.textContent = shown + " of " + rows.length + " rows";
	};
	for (const table of document.querySelectorAll("table.sort")) {
		const bar = make("div");
		bar.className = "tools";
		bar.setAttribute("role", "search");
		const input = make("input", "", make("label", "Filter ", bar));
		input.type = "search";
		input.placeholder = "words, -words";
		const said = make("output", "", bar);
		const words = () => input.value.toLowerCase().split(/\s+/)
			.filter(w => w && w !== "-");
		input.addEventListener("input",
			() => filter(table, words(), said));
		table.parentNode.before(bar);
		filter(table, [], said);
	}
})();
