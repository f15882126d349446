/*
 * The EtherTypes that are peeled.
 *
 * cite: IANA "IEEE 802 Numbers", section EtherTypes; those marked * are in
 * use without being listed there and are named after Wireshark's
 * epan/etypes.h.
 */
#ifndef PARSERS_PACKET_ETHERTYPE_H
#define PARSERS_PACKET_ETHERTYPE_H

/* Below this an EtherType is a length. cite: IEEE 802.3 clause 3.2.6 */
#define ETHERTYPE_MIN 0x0600

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_BRIDGED 0x6558 /* Ethernet in GRE, VXLAN, Geneve */
#define ETHERTYPE_RARP 0x8035
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_PPP 0x880b
#define ETHERTYPE_MPLS 0x8847
#define ETHERTYPE_MPLS_UPSTREAM 0x8848
#define ETHERTYPE_PPPOE_SESSION 0x8864
#define ETHERTYPE_PROVIDER_BRIDGE 0x88a8
#define ETHERTYPE_MACSEC 0x88e5
#define ETHERTYPE_MAC_IN_MAC 0x88e7
#define ETHERTYPE_FABRIC_PATH 0x8903    /* * */
#define ETHERTYPE_CISCO_METADATA 0x8909 /* * */
#define ETHERTYPE_VN_TAG 0x8926         /* * */
#define ETHERTYPE_HSR 0x892f
#define ETHERTYPE_E_TAG 0x893f
#define ETHERTYPE_QINQ_9100 0x9100 /* * before IEEE 802.1ad */
#define ETHERTYPE_QINQ_9200 0x9200 /* * */
#define ETHERTYPE_QINQ_9300 0x9300 /* * */
#define ETHERTYPE_EDSA 0xdada      /* * Linux include/uapi/linux/if_ether.h */

/* The VLAN id within the tag control information. cite: IEEE 802.1Q 9.6 */
#define VLAN_ID_MASK 0x0fff

#endif
