/*
 * IEEE 802.2 LLC with SNAP, and the NLPID byte that shares its values.
 *
 * spec: IEEE 802.2 clause 3, RFC 1042 (SNAP), RFC 2684 (bridged frames),
 * RFC 2427 section 4 (NLPID).
 *
 *	+------+------+------+----------------+-------+
 *	| DSAP | SSAP | ctrl | OUI            | type  |
 *	| aa   | aa   | 03   | 00 00 00       |       |
 *	+------+------+------+----------------+-------+
 */
#include "parsers/packet/ethertype.h"
#include "parsers/packet/walk.h"

/* cite: IEEE 802.2 service access points, IANA "IEEE 802 Numbers" */
#define SAP_IP 0x06
#define SAP_SNAP 0xaa
#define SAP_ISO 0xfe
#define CONTROL_UI 0x03

/* OUIs. cite: RFC 1042 (zero), IEEE 802.1H (bridge tunnel), RFC 2684
 * section 5.2 (802.1 bridged) */
#define OUI_ETHERTYPE 0x000000
#define OUI_BRIDGE_TUNNEL 0x0000f8
#define OUI_8021_BRIDGED 0x0080c2
/* Ethernet with and without its frame check sequence, RFC 2684 section 5.2 */
#define BRIDGED_WITH_FCS 0x0001
#define BRIDGED_WITHOUT_FCS 0x0007

/* cite: ISO/IEC TR 9577 as quoted in RFC 2427 section 4 */
#define NLPID_SNAP 0x80
#define NLPID_IPV6 0x8e
#define NLPID_IPV4 0xcc
#define NLPID_PPP 0xcf

static void
snap_peel(struct walk *w)
{
	const uint8_t *snap = walk_take(w, 5);
	if (snap == NULL)
		return;
	uint32_t oui = load_be32(snap) >> 8;
	uint16_t type = load_be16(snap + 3);
	if (oui == OUI_ETHERTYPE || oui == OUI_BRIDGE_TUNNEL) {
		/* A length here would lead back to LLC; nobody sends that. */
		if (type >= ETHERTYPE_MIN)
			ethertype_next(w, type);
		return;
	}
	bool bridged = type == BRIDGED_WITH_FCS || type == BRIDGED_WITHOUT_FCS;
	/* RFC 2684 section 5.2: two bytes of padding on ATM. */
	if (oui == OUI_8021_BRIDGED && bridged && walk_take(w, 2) != NULL)
		w->next = ethernet_peel;
}

void
llc_peel(struct walk *w)
{
	const uint8_t *llc = walk_take(w, 3);
	if (llc == NULL)
		return;
	uint8_t sap = llc[0];
	if (sap != llc[1] || llc[2] != CONTROL_UI)
		return;
	if (sap == SAP_SNAP)
		w->next = snap_peel;
	else if (sap == SAP_IP)
		w->next = ip_peel;
	else if (sap == SAP_ISO)
		w->next = nlpid_peel;
}

void
nlpid_peel(struct walk *w)
{
	const uint8_t *nlpid = walk_take(w, 1);
	if (nlpid == NULL)
		return;
	switch (*nlpid) {
	case NLPID_IPV4:
		w->next = ipv4_peel;
		return;
	case NLPID_IPV6:
		w->next = ipv6_peel;
		return;
	case NLPID_SNAP:
		w->next = snap_peel;
		return;
	case NLPID_PPP:
		w->next = ppp_peel;
		return;
	default:
		return;
	}
}
