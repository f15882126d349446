/*
 * Self-written flow logs in every documented shape, with what a reader makes of
 * them: shared by the tests, and the seeds of fuzz_flow.
 *
 * Addresses are those of RFC 5737 and RFC 3849; ids are made up.
 */
#ifndef TESTS_FLOW_SAMPLES_H
#define TESTS_FLOW_SAMPLES_H

#include "parsers/flow/flow.h"

struct flow_sample {
	const char *name;
	enum flow_format recognised;
	unsigned records;
	unsigned other;
	unsigned anomalies;
	const char *text;
};

#define TGW_NAMES                                                              \
	"version resource-type account-id tgw-id tgw-attachment-id "           \
	"tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id "        \
	"tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni "      \
	"tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id "      \
	"srcaddr dstaddr srcport dstport protocol packets bytes start end "    \
	"log-status type packets-lost-no-route packets-lost-blackhole "        \
	"packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region " \
	"flow-direction pkt-src-aws-service pkt-dst-aws-service\n"

/* packets 3, 3 of them lost in a blackhole route; tcp-flags 2 */
#define TGW_LINE                                                          \
	"6 TransitGateway 123456789012 tgw-0a1 tgw-attach-0b2 1 2 vpc-1 " \
	"vpc-2 subnet-1 subnet-2 eni-1 eni-2 use1-az1 use1-az2 "          \
	"tgw-attach-0c3 192.0.2.10 198.51.100.20 40000 443 6 3 180 "      \
	"1795222320 1795222379 OK IPv4 0 3 0 0 2 us-east-1 ingress - -\n"

static const struct flow_sample flow_samples[] = {
	/* Version 2 without header: ACCEPT, REJECT, and the two windows that
	   have no addresses. */
	{"aws-v2", FLOW_FORMAT_AWS_VPC, 4, 0, 0,
		"2 123456789012 eni-0a1 192.0.2.10 198.51.100.20 40105 443 6 "
		"3 180 1795222320 1795222379 ACCEPT OK\n"
		"2 123456789012 eni-0a1 2001:db8::1 2001:db8::2 40106 443 6 "
		"1 80 1795222320 1795222379 REJECT OK\n"
		"2 123456789012 eni-0a1 - - - - - - - 1795222380 1795222439 "
		"- NODATA\r\n"
		"2 123456789012 eni-0a2 - - - - - - - 1795222380 1795222439 "
		"- SKIPDATA"},
	/* Fields of versions 2 to 11 in a free order, underscores, an unknown
	   name, a percent-encoded tag, a second file joined to the first. */
	{"aws-header", FLOW_FORMAT_AWS_VPC, 2, 2, 0,
		"pkt_dstaddr tcp-flags dstport srcport dstaddr srcaddr "
		"reject-reason flow_direction interface-id a-new-field action "
		"log-status end start instance-tag protocol version "
		"pkt_srcaddr bytes packets\n"
		"203.0.113.9 2 443 40105 198.51.100.20 192.0.2.10 BPA ingress "
		"eni-0a1 x REJECT OK 1795222379 1795222320 a%20b%3D 6 11 "
		"192.0.2.77 60 1\n"
		"interface-id srcaddr dstaddr\n"
		"eni-0a3 192.0.2.10 198.51.100.20\n"},
	/* A transit gateway's default layout has a header line in S3 only. */
	{"aws-tgw-header", FLOW_FORMAT_AWS_TGW, 1, 1, 0, TGW_NAMES TGW_LINE},
	{"aws-tgw", FLOW_FORMAT_AWS_TGW, 1, 0, 0, TGW_LINE},
	/* Version 5 in CloudWatch: nobody says what the fields are. */
	{"aws-no-header", FLOW_FORMAT_AWS_VPC, 0, 1, 1,
		"5 eni-0a1 123456789012 192.0.2.10 198.51.100.20 40105 443 6 "
		"3 180 1795222320 1795222379 ACCEPT OK vpc-1 subnet-1\n"},
	/* Fields behind the default ones, which are all there. */
	{"aws-default-and-more", FLOW_FORMAT_AWS_VPC, 1, 0, 0,
		"5 123456789012 eni-0a1 192.0.2.10 198.51.100.20 40105 443 6 "
		"3 180 1795222320 1795222379 ACCEPT OK vpc-1 subnet-1\n"},
	/* Firehose and Athena in JSON, an integer as a number with a point. */
	{"aws-members", FLOW_FORMAT_AWS_VPC, 2, 0, 0,
		"{\"version\":2,\"interface_id\":\"eni-0a1\",\"srcaddr\":"
		"\"192.0.2.10\",\"dstaddr\":\"198.51.100.20\",\"srcport\":"
		"40131,"
		"\"dstport\":80,\"protocol\":6,\"start\":1795218082,\"end\":"
		"1795218142,\"action\":\"REJECT\"}\n"
		"{\"version\":2,\"srcaddr\":\"2001:db8::1\",\"dstaddr\":"
		"\"2001:db8::2\",\"srcport\":40132.0,\"dstport\":443.0,"
		"\"protocol\":6.0,\"start\":1795218082,\"end\":1795218142,"
		"\"action\":\"ACCEPT\"}\n"},
	/* Logs Insights with fields instead of the message; the second row is
	   of a query without addresses. */
	{"insights-fields", FLOW_FORMAT_AWS_VPC, 1, 1, 0,
		"{\"results\":[[{\"field\":\"srcAddr\",\"value\":\"192.0.2."
		"10\"},"
		"{\"field\":\"dstAddr\",\"value\":\"198.51.100.20\"},{"
		"\"field\":"
		"\"srcPort\",\"value\":\"40131\"},{\"field\":\"dstPort\","
		"\"value\":"
		"\"80\"},{\"field\":\"action\",\"value\":\"REJECT\"},{"
		"\"field\":"
		"\"@ptr\",\"value\":\"x\"}],[{\"field\":\"packets\",\"value\":"
		"\"3\"},"
		"{\"field\":\"@ptr\",\"value\":\"y\"}]],\"status\":"
		"\"Complete\"}\n"},
	/* gcloud's YAML: a firewall's entry, a flow, another log's. */
	{"gcloud-yaml", FLOW_FORMAT_GCP_FIREWALL, 2, 1, 0,
		"---\ninsertId: 1a\njsonPayload:\n  connection:\n"
		"    dest_ip: 198.51.100.20\n    dest_port: 80\n"
		"    protocol: 6\n    src_ip: 192.0.2.10\n"
		"    src_port: 40131\n  disposition: DENIED\n"
		"  instance:\n    vm_name: db1\n  rule_details:\n"
		"    direction: INGRESS\n    ip_port_info:\n"
		"    - ip_protocol: TCP\n      port_range:\n      - '80'\n"
		"    reference: network:n/firewall:deny-web\n"
		"logName: projects/p/logs/compute.googleapis.com%2Ffirewall\n"
		"timestamp: '2026-11-20T23:41:22.501Z'\n"
		"---\ninsertId: 1b\njsonPayload:\n  connection:\n"
		"    dest_ip: 198.51.100.20\n    dest_port: 443\n"
		"    protocol: 6\n    src_ip: 2001:db8::1\n"
		"    src_port: 40132\n  end_time: '2026-11-20T23:41:24Z'\n"
		"  packets_sent: '3'\n  reporter: DEST\n"
		"  start_time: '2026-11-20T23:41:22Z'\n"
		"---\ninsertId: 1c\ntextPayload: hello\n"},
	/* Collectors: goflow2, pmacct, information elements, Logstash. */
	{"netflow-members", FLOW_FORMAT_NETFLOW, 4, 0, 0,
		"{\"type\":\"IPFIX\",\"time_flow_start_ns\":"
		"1795218082501000000,"
		"\"time_flow_end_ns\":1795218085502000000,\"src_addr\":"
		"\"192.0.2.10\",\"dst_addr\":\"198.51.100.20\",\"proto\":"
		"\"TCP\","
		"\"src_port\":40131,\"dst_port\":80,\"tcp_flags\":2}\n"
		"{\"event_type\":\"purge\",\"ip_src\":\"192.0.2.10\",\"ip_"
		"dst\":"
		"\"198.51.100.20\",\"port_src\":40131,\"port_dst\":80,"
		"\"ip_proto\":\"tcp\",\"timestamp_start\":"
		"\"2026-11-20 23:41:22.501000\"}\n"
		"{\"flowStartMilliseconds\":\"2026-11-20T23:41:22.501Z\","
		"\"sourceIPv6Address\":\"2001:db8::1\","
		"\"destinationIPv6Address\":\"2001:db8::2\","
		"\"sourceTransportPort\":40131,\"destinationTransportPort\":80,"
		"\"protocolIdentifier\":6}\n"
		"{\"netflow\":{\"ipv4_src_addr\":\"192.0.2.10\",\"l4_src_"
		"port\":"
		"40131,\"ipv4_dst_addr\":\"198.51.100.20\",\"l4_dst_port\":80,"
		"\"protocol\":6,\"first_switched\":\"2026-11-20T23:41:22."
		"501Z\"}}"
		"\n"},
	{"nfdump-json", FLOW_FORMAT_NFDUMP, 1, 0, 0,
		"[{\"type\":\"FLOW\",\"first\":\"2026-11-20T23:41:22.501\","
		"\"last\":\"2026-11-20T23:41:25.502\",\"in_packets\":3,"
		"\"proto\":6,"
		"\"tcp_flags\":\"......S.\",\"src_port\":40131,\"dst_port\":80,"
		"\"src4_addr\":\"192.0.2.10\",\"dst4_addr\":\"198.51.100.20\"}]"
		"\n"},
	/* A firewall's events (NSEL) in the place of durations. */
	{"nfdump-events", FLOW_FORMAT_NFDUMP, 1, 1, 0,
		"Date first seen          Event  XEvent Proto  Src IP "
		"Addr:Port "
		"   Dst IP Addr:Port\n"
		"2026-11-20 23:41:22.501 DENIED Ignore TCP  192.0.2.10:40131 ->"
		"  198.51.100.20:80   0.0.0.0:0 -> 0.0.0.0:0  0  0\n"},
	{"silk", FLOW_FORMAT_SILK, 2, 1, 0,
		"            sIP|            dIP|sPort|dPort|pro|   packets|"
		"     bytes|   flags|                  sTime|\n"
		"     192.0.2.10|  198.51.100.20|40131|   80|  6|         3|"
		"       180| S      |2026/11/20T23:41:22.501|\n"
		"    2001:db8::1|    2001:db8::2|40132|  443|  6|         5|"
		"       400|FS PA   |2026/11/20T23:41:22.501|\n"},
	{"yaf", FLOW_FORMAT_NETFLOW, 1, 0, 0,
		"2026-11-20 23:41:22.501 - 23:41:25.502 (3.001 sec) tcp "
		"192.0.2.10:40131 => 198.51.100.20:80 00000001 S/0 (3/180 ->) "
		"idle\n"},
	/* ra: a flow that went the other way, a time of day alone. */
	{"argus", FLOW_FORMAT_ARGUS, 2, 1, 0,
		"         StartTime      Flgs  Proto            SrcAddr  Sport "
		" "
		" Dir            DstAddr  Dport  TotPkts   TotBytes State\n"
		"   2026/11/20.23:41:22.501234  e s  tcp  192.0.2.10.40131  ->"
		"  198.51.100.20.80  3  180   REQ\n"
		"   23:41:23.501234  e  tcp  198.51.100.20.81  <-"
		"  192.0.2.10.40132  2  114   RST\n"},
	{"argus-csv", FLOW_FORMAT_ARGUS, 1, 1, 0,
		"StartTime,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,"
		"TotBytes,State\n"
		"2026/11/20 23:41:22.501234, e        ,tcp,192.0.2.10,40131,"
		"   ->,198.51.100.20,80,3,180,REQ\n"},
	/* As ra prints it: no date, and what came back first. */
	{"argus-csv-clock", FLOW_FORMAT_ARGUS, 2, 1, 0,
		"StartTime,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,TotPkts,"
		"TotBytes,State\n"
		"23:41:22.501234, e        ,tcp,192.0.2.10,40131,"
		"   ->,198.51.100.20,80,3,180,REQ\n"
		"23:41:23.501234, e        ,tcp,198.51.100.20,81,"
		"  <-,192.0.2.10,40132,2,114,RST\n"},
	{"nfdump-pipe", FLOW_FORMAT_NFDUMP, 2, 0, 0,
		"2|1795218082|501|1795218085|502|6|0|0|0|3221225994|40131|0|0|"
		"0|3325256724|80|0|0|0|0|2|0|3|180\n"
		"10|1795218082|501|1795218085|502|6|536939960|0|0|1|40132|"
		"536939960|0|0|2|443|0|0|0|0|27|0|5|400\n"},
	/* Both ways in one line; names of ports; sums behind a table. */
	{"nfdump-both", FLOW_FORMAT_NFDUMP, 1, 1, 0,
		"Date flow start          Duration Proto      Src IP Addr:Port "
		"         Dst IP Addr:Port    Out Pkt   In Pkt Out Byte  In "
		"Byte Flows\n"
		"2026-11-20 23:41:22.501     3.001 TCP  192.0.2.10:40131 <->"
		"  198.51.100.20:80  0  3  0  180  1\n"},
	{"nfdump-csv-sums", FLOW_FORMAT_NFDUMP, 1, 4, 0,
		"ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n"
		"2026-11-20 23:41:22,2026-11-20 23:41:25,3.001,192.0.2.10,"
		"198.51.100.20,40131,80,TCP,......S.,0,0,3,180\n"
		"Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n"
		"1,180,3,479,0,60\n"},
	{"argus-names", FLOW_FORMAT_ARGUS, 1, 1, 0,
		"         StartTime      Flgs  Proto            SrcAddr  Sport "
		"  Dir            DstAddr  Dport  TotPkts   TotBytes State\n"
		"   23:41:22.501234  e  tcp  192.0.2.10.40131  ->"
		"  198.51.100.20.https  3  180   REQ\n"},
	/* Firewalls' records as people export them. */
	{"table-check-point", FLOW_FORMAT_TABLE, 1, 1, 0,
		"\"Time\",\"Origin\",\"Action\",\"Source\",\"Source Port\","
		"\"Destination\",\"Destination Port\",\"IP Protocol\"\n"
		"\"2026-11-20T23:41:22Z\",\"gw1\",\"Drop\",\"192.0.2.10\","
		"\"40131\",\"198.51.100.20\",\"80\",\"TCP (6)\"\n"},
	{"table-semicolons", FLOW_FORMAT_TABLE, 1, 1, 0,
		"timestamp;dst_port;dst_ip;src_port;src_ip;proto;action\n"
		"2026-11-20 23:41:22;80;198.51.100.20;40131;192.0.2.10;tcp;"
		"deny\n"},
	{"table-kibana", FLOW_FORMAT_TABLE, 1, 1, 0,
		"\"@timestamp\",\"source.ip\",\"source.port\","
		"\"destination.ip\",\"destination.port\","
		"\"network.transport\",\"event.action\"\n"
		"\"Nov 20, 2026 @ 23:41:22.123\",\"192.0.2.10\",\"40,131\","
		"\"198.51.100.20\",80,tcp,deny\n"},
	/* softflowd orders the ends by their addresses: who began answers later. */
	{"softflowctl", FLOW_FORMAT_NETFLOW, 2, 0, 0,
		"ACTIVE seq:1 [192.0.2.10]:40131 <> [198.51.100.20]:80 "
		"proto:6 octets>:180 packets>:3 octets<:0 packets<:0 "
		"start:2026-11-20T23:41:22.501 finish:2026-11-20T23:41:25.502 "
		"tcp>:02 tcp<:00 flowlabel>:00000000 flowlabel<:00000000 \n"
		"ACTIVE seq:2 [192.0.2.1]:80 <> [192.0.2.10]:40132 proto:6 "
		"octets>:0 packets>:0 octets<:120 packets<:2 "
		"start:2026-11-20T23:41:22.501 finish:2026-11-20T23:41:23.502 "
		"tcp>:00 tcp<:02 flowlabel>:00000000 flowlabel<:00000000 \n"},
	/* What the portal exports: American times, public addresses. */
	{"traffic-analytics-portal", FLOW_FORMAT_AZURE_NTA, 2, 1, 0,
		"\"FlowStartTime [UTC]\",SrcIp,SrcPublicIps,DestIp,DestPort,"
		"L4Protocol,FlowDirection,FlowStatus,AclRule\n"
		"\"11/20/2026, 11:41:22.123 PM\",,203.0.113.5|1|0|0|0|0|0,"
		"198.51.100.20,80,T,Inbound,Denied,deny\n"
		"\"11/20/2026, 12:00:01 AM\",192.0.2.10,,198.51.100.20,443,T,"
		"Inbound,Allowed,ok\n"},
	/* Export task, and "aws logs tail" with the stream's name. */
	{"aws-export", FLOW_FORMAT_AWS_VPC, 2, 1, 0,
		"2026-11-21T00:52:00.000Z 2 123456789012 eni-0a1 192.0.2.10 "
		"198.51.100.20 40105 443 6 3 180 1795222320 1795222379 ACCEPT "
		"OK\n\n"
		"2026-11-21T00:52:00+00:00 eni-0a1-all 2 123456789012 eni-0a1 "
		"192.0.2.10 198.51.100.20 40105 443 6 3 180 1795222320 "
		"1795222379 ACCEPT OK\n"},
	/* aws logs filter-log-events; its second array holds no events. */
	{"cloudwatch-events", FLOW_FORMAT_AWS_CLOUDWATCH, 1, 1, 0,
		"{\n \"events\": [\n  {\n   \"logStreamName\": \"eni-0a1-all\","
		"\n   \"timestamp\": 1795222320000,\n   \"message\": \"2 "
		"123456789012 eni-0a1 192.0.2.10 198.51.100.20 40105 443 6 3 "
		"180 1795222320 1795222379 REJECT OK\",\n   \"ingestionTime\": "
		"1795222500000,\n   \"eventId\": \"3\"\n  }\n ],\n "
		"\"searchedLogStreams\": [{\"logStreamName\": \"eni\", "
		"\"searchedCompletely\": true}]\n}\n"},
	/* Subscription: a control message, then data. */
	{"cloudwatch-subscription", FLOW_FORMAT_AWS_CLOUDWATCH, 1, 1, 0,
		"{\"messageType\":\"CONTROL_MESSAGE\",\"owner\":\"CloudwatchLog"
		"s\",\"logGroup\":\"\",\"logStream\":\"\",\"subscriptionFilter"
		"s\":[],\"logEvents\":[{\"id\":\"\",\"timestamp\":1,\"message\""
		":\"CWL CONTROL MESSAGE: Checking health\"}]}"
		"{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\""
		":\"g\",\"logStream\":\"eni-0a1-all\",\"subscriptionFilters\":["
		"\"f\"],\"logEvents\":[{\"id\":\"1\",\"timestamp\":17952223200"
		"00,\"message\":\"2 123456789012 eni-0a1 192.0.2.10 "
		"198.51.100.20 40105 443 6 3 180 1795222320 1795222379 ACCEPT "
		"OK\"}]}"},
	/* Firehose, one object per line. */
	{"firehose", FLOW_FORMAT_AWS_CLOUDWATCH, 2, 0, 0,
		"{\"message\":\"2 123456789012 eni-0a1 - - - - - - - "
		"1795222320 1795222379 - NODATA\"}\n"
		"{\"message\":\"2 123456789012 eni-0a1 192.0.2.10 "
		"198.51.100.20 40105 443 6 3 180 1795222320 1795222379 ACCEPT "
		"OK\"}\n"},
	/* aws logs get-query-results: rows are arrays of fields. */
	{"insights", FLOW_FORMAT_AWS_CLOUDWATCH, 1, 1, 0,
		"{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2026\"},"
		"{\"field\":\"@message\",\"value\":\"2 123456789012 eni-0a1 "
		"192.0.2.10 198.51.100.20 40105 443 6 3 180 1795222320 "
		"1795222379 ACCEPT OK\"},{\"field\":\"@ptr\",\"value\":\"x\"}]"
		"],\"statistics\":null,\"status\":\"Complete\"}"},
	/* The same without "@ptr": a row ends where a field comes again. */
	{"insights-plain", FLOW_FORMAT_AWS_VPC, 2, 0, 0,
		"{\"results\":[[{\"field\":\"srcAddr\",\"value\":\"192.0.2."
		"10\"},{\"field\":\"dstAddr\",\"value\":\"198.51.100.20\"},"
		"{\"field\":\"dstPort\",\"value\":\"80\"},{\"field\":"
		"\"action\",\"value\":\"REJECT\"}],[{\"field\":\"srcAddr\","
		"\"value\":\"192.0.2.11\"},{\"field\":\"dstAddr\",\"value\":"
		"\"198.51.100.20\"},{\"field\":\"dstPort\",\"value\":\"81\"}"
		"]],\"status\":\"Complete\"}"},
	/* nfdump -o raw: of 1.6, and of 1.7, without a blank line at the end. */
	{"nfdump-raw", FLOW_FORMAT_NFDUMP, 2, 13, 0,
		"\nFlow Record: \n  first        =        1795218082 "
		"[2026-11-20 23:41:22]\n  src addr     =         192.0.2.10\n"
		"  dst addr     =      198.51.100.20\n  src port     =     "
		"40131\n  dst port     =        80\n  tcp flags    =   0x02 "
		"......S.\n  proto        =                 6 TCP  \n\n"
		"Flow Record: \n  proto        =       6 TCP\n  src addr     "
		"=  192.0.2.11\n  dst addr     =  198.51.100.20\n  dst port    "
		" "
		"=   80\n"},
	/* NSG version 1: seconds, letters, no state. */
	{"nsg-v1", FLOW_FORMAT_AZURE_NSG, 2, 0, 0,
		"{\"records\":[{\"time\":\"2026-11-21T00:52:00Z\",\"category\":"
		"\"NetworkSecurityGroupFlowEvent\",\"properties\":{\"Version\":"
		"1,\"flows\":[{\"rule\":\"DenyAll\",\"flows\":[{\"mac\":"
		"\"0022AA\",\"flowTuples\":[\"1795222320,192.0.2.10,"
		"198.51.100.20,40105,443,T,I,D\",\"1795222321,192.0.2.10,"
		"198.51.100.20,53,53,U,O,A\"]}]}]}}]}"},
	/* "records" within "records", as in the documentation's example. */
	{"nsg-v1-nested", FLOW_FORMAT_AZURE_NSG, 2, 1, 0,
		"{\"records\":[{\"category\":\"NetworkSecurityGroupFlowEvent\","
		"\"properties\":{\"flows\":[]}},{\"records\":[{\"properties\":"
		"{\"flows\":[{\"rule\":\"r\",\"flows\":[{\"mac\":\"m\","
		"\"flowTuples\":[\"1795222320,192.0.2.10,198.51.100.20,1,2,T,I,"
		"A\"]},{\"mac\":\"n\",\"flowTuples\":[\"1795222320,192.0.2.10,"
		"198.51.100.20,1,2,T,I,A\"]}]}]}}]}]}"},
	/* NSG version 2: B with empty counters, E with replies, C, denied. */
	{"nsg-v2", FLOW_FORMAT_AZURE_NSG, 4, 0, 0,
		"{\"records\":[{\"category\":\"NetworkSecurityGroupFlowEvent\","
		"\"properties\":{\"Version\":2,\"flows\":[{\"rule\":\"r\","
		"\"flows\":[{\"mac\":\"0022AA\",\"flowTuples\":["
		"\"1795222320,192.0.2.10,198.51.100.20,40105,443,T,O,A,B,,,,\","
		"\"1795222330,192.0.2.10,198.51.100.20,40105,443,T,O,A,E,3,180,"
		"0,0\",\"1795222330,192.0.2.10,198.51.100.20,40106,443,T,O,A,C,"
		"30,16978,24,14008\",\"1795222331,192.0.2.10,198.51.100.20,"
		"40107,443,T,I,D,B,,,,\"]}]}]}}]}"},
	/* A group of VNet's, flattened by a shipper. */
	{"vnet-flat", FLOW_FORMAT_AZURE_VNET, 2, 0, 0,
		"{\"flowLogVersion\":4,\"macAddress\":\"0022BB\","
		"\"operationName\":\"FlowLogFlowEvent\",\"rule\":\"r\","
		"\"flow.0\":\"1795222320599,192.0.2.10,198.51.100.20,40105,22,"
		"6,"
		"I,D,NX,0,0,0,0\",\"flow.1\":\"1795222320599,192.0.2.10,"
		"198.51.100.20,40106,22,6,I,B,NX,0,0,0,0\"}\n"},
	/* VNet version 4: milliseconds and seconds, numbers, encryption. */
	{"vnet-v4", FLOW_FORMAT_AZURE_VNET, 5, 0, 0,
		"{\"records\":[{\"time\":\"t\",\"flowLogVersion\":4,"
		"\"macAddress\":\"0022BB\",\"category\":\"FlowLogFlowEvent\","
		"\"flowRecords\":{\"flows\":[{\"aclID\":\"a\",\"flowGroups\":[{"
		"\"rule\":\"r\",\"flowTuples\":[\"1795222320599,192.0.2.10,"
		"198.51.100.20,40105,443,6,O,B,NX,0,0,0,0\",\"1795222320,"
		"192.0.2.10,198.51.100.20,40105,443,6,O,E,NX,3,180,0,0\","
		"\"1795222320700,192.0.2.10,198.51.100.20,40106,443,6,O,E,NX,"
		"3,180,2,120\",\"1795222320800,192.0.2.10,198.51.100.20,40107,"
		"443,6,I,D,NX,,,,\",\"1795222320900,192.0.2.10,198.51.100.20,"
		"40108,443,6,O,E,NX_NOT_ACCEPTED,1,60,0,0\"]}]}]}}]}"},
	/* gcloud logging read: an array; counters as strings; name or number
	   for the protocol; an entry of another log between. */
	{"gcp-array", FLOW_FORMAT_GCP_VPC, 3, 1, 0,
		"[{\"insertId\":\"1\",\"jsonPayload\":{\"bytes_sent\":\"0\","
		"\"connection\":{\"dest_ip\":\"198.51.100.20\",\"dest_port\":"
		"443,\"protocol\":6,\"src_ip\":\"192.0.2.10\",\"src_port\":"
		"40105},\"end_time\":\"2026-11-21T00:52:01.5Z\",\"packets_sent"
		"\":\"1\",\"reporter\":\"SRC\",\"src_instance\":{\"vm_name\":"
		"\"client\"},\"start_time\":\"2026-11-21T00:52:00.123456789Z\""
		"},\"logName\":\"projects/p/logs/compute.googleapis.com%2Fvpc_"
		"flows\"},\n{\"jsonPayload\":{\"connection\":{\"dest_ip\":"
		"\"198.51.100.20\",\"dest_port\":\"443\",\"protocol\":\"tcp\","
		"\"src_ip\":\"192.0.2.10\",\"src_port\":\"40105\"},\"start_tim"
		"e\":\"2026-11-21T01:52:00+01:00\",\"end_time\":"
		"\"2026-11-21T00:52:05Z\",\"reporter\":\"DEST\",\"dest_instance"
		"\":{\"vm_name\":\"server\"}}},{\"textPayload\":\"other\"},"
		"{\"timestamp\":\"2026-11-21T00:52:00Z\",\"jsonPayload\":{"
		"\"connection\":{\"dest_ip\":\"198.51.100.20\",\"dest_port\":"
		"443,\"protocol\":\"TCP\",\"src_ip\":\"192.0.2.10\","
		"\"src_port\":40105},\"disposition\":\"DENIED\",\"instance\":{"
		"\"vm_name\":\"server\"},\"rule_details\":{\"direction\":"
		"\"INGRESS\",\"reference\":\"network:n/firewall:f\"}}}]\n"},
	/* The same service, one entry per line. */
	{"gcp-lines", FLOW_FORMAT_GCP_FIREWALL, 2, 0, 0,
		"{\"timestamp\":\"2026-11-21T00:52:00Z\",\"logName\":\"projects"
		"/p/logs/compute.googleapis.com%2Ffirewall\",\"jsonPayload\":{"
		"\"connection\":{\"dest_ip\":\"2001:db8::2\",\"dest_port\":443,"
		"\"protocol\":6,\"src_ip\":\"2001:db8::1\",\"src_port\":40105},"
		"\"disposition\":\"ALLOWED\",\"rule_details\":{\"direction\":"
		"\"EGRESS\"}}}\n"
		"{\"timestamp\":\"2026-11-21T00:52:09Z\",\"jsonPayload\":{"
		"\"connection\":{\"dest_ip\":\"198.51.100.20\",\"dest_port\":53"
		",\"protocol\":17,\"src_ip\":\"192.0.2.10\",\"src_port\":5353},"
		"\"disposition\":\"DENIED\"}}\n"},
	/* Damage in JSON lines: a cut line, a raw line end, rubbish. */
	{"json-damage", FLOW_FORMAT_AWS_CLOUDWATCH, 2, 3, 3,
		"{\"message\":\"2 123456789012 eni-0a1 - - - - - - - 17952\n"
		"{\"message\":\"2 123456789012 eni-0a1 - - - - - - - "
		"1795222320 1795222379 - NODATA\"}\n"
		"{\"message\":{\"a\":1,\n"
		"{\"message\":\"2 123456789012 eni-0a1 - - - - - - - "
		"1795222320 1795222379 - NODATA\"}\n"
		"Connection closed.\n"},
	/* IBM Cloud: one document, an array of its own name. */
	{"ibm-vpc", FLOW_FORMAT_IBM_VPC, 1, 0, 0,
		"{\"version\":\"0.0.1\",\"network_interface_id\":\"n1\",\"f"
		"low_logs\":[{\"start_time\":\"2026-11-20T23:41:22Z\",\"end"
		"_time\":\"2026-11-20T23:41:32Z\",\"direction\":\"I\",\"act"
		"ion\":\"rejected\",\"initiator_ip\":\"192.0.2.10\",\"targe"
		"t_ip\":\"198.51.100.20\",\"initiator_port\":40131,\"target"
		"_port\":80,\"transport_protocol\":6,\"bytes_from_initiator"
		"\":180,\"packets_from_initiator\":3,\"packets_from_target\""
		":0}]}\n"},
	/* Oracle Cloud: the record lies in data. */
	{"oracle-vcn", FLOW_FORMAT_ORACLE_VCN, 1, 0, 0,
		"{\"datetime\":1795218082000,\"logContent\":{\"data\":{\"ac"
		"tion\":\"REJECT\",\"bytesOut\":180,\"destinationAddress\":"
		"\"2001:db8::2\",\"destinationPort\":80,\"endTime\":1795218"
		"112,\"packets\":3,\"protocol\":6,\"sourceAddress\":\"2001:"
		"db8::1\",\"sourcePort\":40131,\"startTime\":1795218082},\""
		"type\":\"com.oraclecloud.vcn.flowlogs.DataEvent\"}}\n"},
	/* Hubble: a drop, and a flow that was forwarded. */
	{"hubble", FLOW_FORMAT_HUBBLE, 2, 0, 0,
		"{\"flow\":{\"time\":\"2026-11-20T23:41:22.2Z\",\"verdict\""
		":\"DROPPED\",\"drop_reason\":133,\"ethernet\":{\"source\":"
		"\"02:00:00:01:00:02\"},\"IP\":{\"source\":\"192.0.2.10\",\""
		"destination\":\"198.51.100.20\"},\"l4\":{\"TCP\":{\"source"
		"_port\":40131,\"destination_port\":80,\"flags\":{\"SYN\":t"
		"rue}}},\"source\":{\"ID\":1},\"traffic_direction\":\"EGRES"
		"S\",\"drop_reason_desc\":\"POLICY_DENIED\"},\"node_name\":"
		"\"w2\"}\n"
		"{\"flow\":{\"time\":\"2026-11-20T23:41:23Z\",\"verdict\":\""
		"FORWARDED\",\"IP\":{\"source\":\"192.0.2.10\",\"destinatio"
		"n\":\"198.51.100.20\"},\"l4\":{\"TCP\":{\"source_port\":40"
		"132,\"destination_port\":80}},\"traffic_direction\":\"EGRE"
		"SS\"}}\n"},
	/* Suricata: a flow without an answer, a drop, and something else. */
	{"suricata", FLOW_FORMAT_SURICATA, 2, 1, 0,
		"{\"timestamp\":\"2026-11-20T23:41:22.501235+0000\",\"event"
		"_type\":\"flow\",\"src_ip\":\"192.0.2.10\",\"src_port\":40"
		"131,\"dest_ip\":\"198.51.100.20\",\"dest_port\":80,\"proto"
		"\":\"TCP\",\"flow\":{\"pkts_toserver\":3,\"pkts_toclient\""
		":0,\"start\":\"2026-11-20T23:41:15.501235+0000\",\"end\":\""
		"2026-11-20T23:41:18.501235+0000\",\"reason\":\"timeout\"},"
		"\"tcp\":{\"tcp_flags\":\"02\"}}\n"
		"{\"timestamp\":\"2026-11-20T23:41:22.5+0000\",\"event_type"
		"\":\"drop\",\"src_ip\":\"192.0.2.10\",\"src_port\":40132,\""
		"dest_ip\":\"198.51.100.20\",\"dest_port\":80,\"proto\":\"T"
		"CP\",\"drop\":{\"reason\":\"rules\"}}\n"
		"{\"timestamp\":\"2026-11-20T23:41:22.5+0000\",\"event_type"
		"\":\"dns\",\"src_ip\":\"192.0.2.10\",\"src_port\":40133,\""
		"dest_ip\":\"198.51.100.20\",\"dest_port\":53,\"proto\":\"U"
		"DP\"}\n"},
	/* Zeek in JSON. */
	{"zeek-json", FLOW_FORMAT_ZEEK, 1, 0, 0,
		"{\"ts\":1795218082.501235,\"uid\":\"C1\",\"id.orig_h\":\"1"
		"92.0.2.10\",\"id.orig_p\":40131,\"id.resp_h\":\"198.51.100"
		".20\",\"id.resp_p\":80,\"proto\":\"tcp\",\"conn_state\":\""
		"S0\",\"history\":\"S\",\"orig_pkts\":3,\"orig_ip_bytes\":1"
		"80,\"resp_pkts\":0,\"resp_ip_bytes\":0}\n"},
	/* Zeek by way of Filebeat, in the names of the Elastic Common Schema. */
	{"zeek-ecs", FLOW_FORMAT_ZEEK, 1, 0, 0,
		"{\"@timestamp\":\"2026-11-20T23:41:22.501Z\",\"event\":{\"d"
		"ataset\":\"zeek.connection\"},\"source\":{\"ip\":\"192.0.2.1"
		"0\",\"port\":40131},\"destination\":{\"ip\":\"198.51.100.20"
		"\",\"port\":80},\"network\":{\"transport\":\"tcp\"},\"zeek\":{"
		"\"connection\":{\"state\":\"S0\",\"history\":\"S\"}}}\n"},
	/* Zeek with tabs: the header names the columns. */
	{"zeek-tsv", FLOW_FORMAT_ZEEK, 1, 5, 0,
		"#separator \\x09\n"
		"#path\tconn\n"
		"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp"
		"_p\tproto\tconn_state\torig_pkts\tresp_pkts\n"
		"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring"
		"\tcount\tcount\n"
		"1795218082.501235\tC1\t2001:db8::1\t40131\t2001:db8::2\t80"
		"\ttcp\tS0\t3\t0\n"
		"#close\t2026-11-21-00-00-00\n"},
	/* ulogd's connection tracking. */
	{"ulogd", FLOW_FORMAT_ULOGD, 1, 0, 0,
		"{\"timestamp\":\"2026-11-20T23:41:22\",\"orig.ip.protocol\""
		":6,\"orig.l4.sport\":40131,\"orig.l4.dport\":80,\"orig.raw"
		".pktcount\":3,\"reply.raw.pktcount\":0,\"flow.start.sec\":"
		"1795218072,\"flow.end.sec\":1795218082,\"src_ip\":\"192.0."
		"2.10\",\"dest_ip\":\"198.51.100.20\"}\n"},
	/* Calico; an aggregated record has no address. */
	{"calico", FLOW_FORMAT_CALICO, 1, 1, 0,
		"{\"start_time\":1795218082,\"end_time\":1795218112,\"sourc"
		"e_ip\":\"192.0.2.10\",\"source_port\":40131,\"dest_ip\":\""
		"198.51.100.20\",\"dest_port\":80,\"proto\":\"tcp\",\"actio"
		"n\":\"deny\",\"reporter\":\"dst\",\"num_flows_started\":1,"
		"\"packets_in\":3,\"packets_out\":0}\n"
		"{\"start_time\":1795218082,\"end_time\":1795218112,\"sourc"
		"e_ip\":null,\"dest_ip\":null,\"proto\":\"tcp\",\"action\":"
		"\"deny\",\"num_flows_started\":1}\n"},
	/* AWS Network Firewall: an alert that blocked, one that did not, a flow. */
	{"aws-firewall", FLOW_FORMAT_AWS_FIREWALL, 2, 1, 0,
		"{\"firewall_name\":\"fw\",\"event_timestamp\":\"1795218082"
		"\",\"event\":{\"timestamp\":\"2026-11-20T23:41:22.5+0000\""
		",\"event_type\":\"alert\",\"src_ip\":\"192.0.2.10\",\"src_"
		"port\":40131,\"dest_ip\":\"198.51.100.20\",\"dest_port\":8"
		"0,\"proto\":\"TCP\",\"alert\":{\"action\":\"blocked\",\"si"
		"gnature\":\"no web\"}}}\n"
		"{\"firewall_name\":\"fw\",\"event\":{\"timestamp\":\"2026-"
		"11-20T23:41:22.5+0000\",\"event_type\":\"alert\",\"src_ip\""
		":\"192.0.2.10\",\"src_port\":40132,\"dest_ip\":\"198.51.10"
		"0.20\",\"dest_port\":80,\"proto\":\"TCP\",\"alert\":{\"act"
		"ion\":\"allowed\"}}}\n"
		"{\"firewall_name\":\"fw\",\"event\":{\"timestamp\":\"2026-"
		"11-20T23:41:22.5+0000\",\"event_type\":\"netflow\",\"src_i"
		"p\":\"192.0.2.10\",\"src_port\":40133,\"dest_ip\":\"198.51"
		".100.20\",\"dest_port\":80,\"proto\":\"TCP\",\"netflow\":{"
		"\"pkts\":1,\"bytes\":60,\"start\":\"2026-11-20T23:41:22.5+"
		"0000\",\"end\":\"2026-11-20T23:41:22.5+0000\"}}}\n"},
	/* Azure Firewall: fields, and the older sentence. */
	{"azure-firewall", FLOW_FORMAT_AZURE_FIREWALL, 2, 0, 0,
		"{\"category\":\"AZFWNetworkRule\",\"time\":\"2026-11-20T23"
		":41:22.1Z\",\"properties\":{\"Protocol\":\"TCP\",\"SourceI"
		"p\":\"192.0.2.10\",\"SourcePort\":40131,\"DestinationIp\":"
		"\"198.51.100.20\",\"DestinationPort\":80,\"Action\":\"Deny"
		"\",\"Rule\":\"\",\"ActionReason\":\"Default Action\"}}\n"
		"{\"category\":\"AzureFirewallNetworkRule\",\"time\":\"2026"
		"-11-20T23:41:23.1Z\",\"properties\":{\"msg\":\"TCP request"
		" from 192.0.2.10:40132 to 198.51.100.20:80. Action: Deny. "
		"\"}}\n"},
	/* AWS through Athena: quotes and commas. */
	{"athena", FLOW_FORMAT_AWS_VPC, 1, 1, 0,
		"\"version\",\"account_id\",\"interface_id\",\"srcaddr\",\""
		"dstaddr\",\"srcport\",\"dstport\",\"protocol\",\"packets\""
		",\"bytes\",\"start\",\"end\",\"action\",\"log_status\"\n"
		"\"2\",\"123456789012\",\"eni-0a1\",\"192.0.2.10\",\"198.51"
		".100.20\",\"40131\",\"80\",\"6\",\"3\",\"180\",\"179521808"
		"2\",\"1795218112\",\"REJECT\",\"OK\"\n"},
	/* AWS through Logs Insights: the line is a column. */
	{"insights-csv", FLOW_FORMAT_AWS_VPC, 1, 1, 0,
		"@timestamp,@message\n"
		"2026-11-20 23:41:22.000,2 123456789012 eni-0a1 192.0.2.10 "
		"198.51.100.20 40131 80 6 3 180 1795218082 1795218112 REJEC"
		"T OK\n"},
	/* Google Cloud through BigQuery. */
	{"bigquery", FLOW_FORMAT_GCP_VPC, 1, 1, 0,
		"logName,timestamp,jsonPayload_connection_src_ip,jsonPayloa"
		"d_connection_src_port,jsonPayload_connection_dest_ip,jsonP"
		"ayload_connection_dest_port,jsonPayload_connection_protoco"
		"l,jsonPayload_packets_sent\n"
		"projects/p/logs/compute.googleapis.com%2Fvpc_flows,2026-11"
		"-20 23:41:30 UTC,192.0.2.10,40131,198.51.100.20,80,6,3\n"},
	/* Azure through Log Analytics. */
	{"traffic-analytics", FLOW_FORMAT_AZURE_NTA, 1, 1, 0,
		"FlowStartTime,FlowEndTime,FlowStatus,AclRule,SrcIp,DestIp,"
		"DestPort,L4Protocol,FlowDirection\n"
		"2026-11-20T23:41:22Z,2026-11-20T23:41:32Z,Denied,DenyAll,1"
		"92.0.2.10,198.51.100.20,80,T,Inbound\n"},
	/* nfdump, formats line and csv. */
	{"nfdump", FLOW_FORMAT_NFDUMP, 2, 2, 0,
		"Date first seen             Duration     Proto      Src IP"
		" Addr:Port          Dst IP Addr:Port   Packets    Bytes Fl"
		"ows\n"
		"2026-11-20 23:41:22.501     00:00:03.001 TCP         192.0"
		".2.10:40131 ->    198.51.100.20:80           3      180   "
		"  1\n"
		"2026-11-20 23:41:23.501     00:00:03.001 TCP         2001:"
		"db8::1.40132 ->    2001:db8::2.80           3      240    "
		" 1\n"
		"Summary: total flows: 2, total bytes: 420, total packets: "
		"6\n"},
	{"nfdump-csv", FLOW_FORMAT_NFDUMP, 1, 1, 0,
		"ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n"
		"2026-11-20 23:41:22,2026-11-20 23:41:25,3.001,192.0.2.10,1"
		"98.51.100.20,40131,80,TCP,....S.,0,0,3,180\n"},
	/* A table with a line that is none. */
	{"table-damage", FLOW_FORMAT_ZEEK, 1, 2, 1,
		"#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tp"
		"roto\tconn_state\n"
		"1795218082.5\t192.0.2.10\t99999\t198.51.100.20\t80\ttcp\tS"
		"0\n"
		"1795218082.5\t192.0.2.10\t40131\t198.51.100.20\t80\ttcp\tS"
		"0\n"},
};

#define FLOW_SAMPLES (sizeof flow_samples / sizeof flow_samples[0])

#endif
