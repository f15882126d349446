/*
 * The list of lines that passes read and add to.
 */
#include "unfold.h"

#include "words.h"

void
unfold_add(struct unfold *u, struct view text, uint32_t number)
{
	if (u->count == u->room) {
		u->room = u->room == 0 ? 64 : u->room * 2;
		u->list = memory_grow(u->list, u->room, sizeof *u->list);
	}
	u->list[u->count++] = (struct unfold_line){text, number};
}

void
unfold_add_with(
	struct unfold *u, const char *format, struct view text, uint32_t number)
{
	const char *copy = arena_copy(u->arena,
		text.len == 0 ? "" : (const char *)text.data, text.len);
	const char *made = arena_format(u->arena, format, copy);
	unfold_add(u, view_str(made), number);
}

struct view
unfold_at(const struct unfold *u, size_t i)
{
	return i < u->count ? view_trim(u->list[i].text) : view_of("", 0);
}
