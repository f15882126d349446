/*
 * A DNS message's header and first question.
 *
 * spec: RFC 1035 section 4.1 (message), RFC 4343 (case and escapes).
 *
 *	+------+--+--------+--+--+--+--+---+-------+
 *	|  id  |QR| opcode |AA|TC|RD|RA| Z | RCODE |
 *	+------+--+--------+--+--+--+--+---+-------+
 *	| questions | answers | authority | additional |   2 bytes each
 *	+-----------+---------+-----------+------------+
 *	| len | label | len | label ... | 0 | type 2 | class 2 |
 *
 * The first question stands behind nothing that a compression pointer could
 * name, so a length byte above 63 ends the reading: no loops.
 */
#include "parsers/packet/dns.h"

#include <stdio.h>

#define HEADER 12
#define LABEL_MAX 63 /* cite: RFC 1035 section 2.3.4 */
#define WIRE_NAME_MAX 255

#define BIT_RESPONSE 0x8000
#define BIT_TRUNCATED 0x0200

/* One byte of a name; false when there is no room. */
static bool
name_byte(struct dns_message *m, size_t *len, uint8_t byte)
{
	bool upper = byte >= 'A' && byte <= 'Z';
	bool plain = byte > ' ' && byte < 0x7f && byte != '.' && byte != '\\';
	size_t need = plain ? 1 : 4;
	if (*len + need >= DNS_NAME_SIZE)
		return false;
	if (plain)
		m->name[*len] = (char)(upper ? byte + ('a' - 'A') : byte);
	else
		snprintf(m->name + *len, need + 1, "\\%03u", byte);
	*len += need;
	return true;
}

/* The name at the front of *v, which is moved behind it. */
static bool
name_read(struct view *v, struct dns_message *m)
{
	size_t len = 0;
	size_t wire = 1;
	while (v->len > 0 && v->data[0] != 0) {
		size_t label = v->data[0];
		wire += label + 1;
		if (label > LABEL_MAX || label >= v->len ||
			wire > WIRE_NAME_MAX)
			return false;
		if (len > 0 && len + 1 < DNS_NAME_SIZE)
			m->name[len++] = '.';
		for (size_t i = 1; i <= label; i++)
			if (!name_byte(m, &len, v->data[i]))
				return false;
		*v = view_skip(*v, label + 1);
	}
	if (v->len == 0)
		return false;
	*v = view_skip(*v, 1);
	if (len == 0)
		m->name[len++] = '.';
	m->name[len] = '\0';
	return true;
}

bool
dns_decode(struct view bytes, struct dns_message *m)
{
	if (bytes.len < HEADER)
		return false;
	uint16_t flags = load_be16(bytes.data + 2);
	m->id = load_be16(bytes.data);
	m->response = flags & BIT_RESPONSE;
	m->truncated = flags & BIT_TRUNCATED;
	m->opcode = flags >> 11 & 0xf;
	m->rcode = flags & 0xf;
	m->answers = load_be16(bytes.data + 6);
	m->has_question = false;
	m->type = 0;
	m->class = 0;
	m->name[0] = '\0';
	struct view rest = view_skip(bytes, HEADER);
	if (load_be16(bytes.data + 4) == 0 || !name_read(&rest, m) ||
		rest.len < 4) {
		m->name[0] = '\0';
		return true;
	}
	m->type = load_be16(rest.data);
	m->class = load_be16(rest.data + 2);
	m->has_question = true;
	return true;
}
