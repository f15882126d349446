/*
 * Files whose records take several lines, or need each other, with what they
 * are read as.
 */
#ifndef TESTS_UNIT_TEST_LOG_BLOCKS_H
#define TESTS_UNIT_TEST_LOG_BLOCKS_H

#include <stddef.h>

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct block_file {
	const char *family;
	const char *bytes;
	size_t len;
	const char *records; /* "line+lines reading\n" of each */
} block_files[] = {
	{"kmsg",
		TEXT("6,1352,1263426672,-;eth0: left promiscuous mode\n"
		     " SUBSYSTEM=net\n"
		     " DEVICE=n2\n"
		     "4,1353,1263426700,-;TCP: out of memory\n"),
		"1+3 kmsg, boot 1263.426672, second none, host '' tag 'kernel' "
		"pid '' sev 6 | eth0: left promiscuous mode\n"
		"4+1 kmsg, boot 1263.426700, second none, host '' tag 'kernel' "
		"pid '' sev 4 | TCP: out of memory\n"},
	{"dmesg-json",
		TEXT("{\n"
		     "   \"dmesg\": [\n"
		     "      {\n"
		     "         \"pri\": 6,\n"
		     "         \"time\":  1263.426672,\n"
		     "         \"msg\": \"eth0: {left} \\\"x\\\"\"\n"
		     "      },{\n"
		     "         \"pri\": 4,\n"
		     "         \"time\":  1263.663221,\n"
		     "         \"msg\": \"second\"\n"
		     "      }\n"
		     "   ]\n"
		     "}\n"),
		"1+1 plain, none, second none, host '' tag '' pid '' sev - | "
		"{\n"
		"2+1 plain, none, second none, host '' tag '' pid '' sev - | "
		"   \"dmesg\": [\n"
		"3+4 dmesg-json, boot 1263.426672, second none, host '' tag "
		"'kernel' pid '' sev 6 | eth0: {left} \"x\"\n"
		"7+5 dmesg-json, boot 1263.663221, second none, host '' tag "
		"'kernel' pid '' sev 4 | second\n"
		"12+1 plain, boot 1263.663221 inherited, second none, host '' "
		"tag '' pid '' sev - |    ]\n"
		"13+1 plain, boot 1263.663221 inherited, second none, host '' "
		"tag '' pid '' sev - | }\n"},
	{"journal-pretty",
		TEXT("{\n"
		     "\t\"_HOSTNAME\" : \"vm\",\n"
		     "\t\"MESSAGE\" : \"a }{ b\",\n"
		     "\t\"__REALTIME_TIMESTAMP\" : \"1795218292501242\"\n"
		     "}\n"
		     "{\n"
		     "\t\"__REALTIME_TIMESTAMP\" : \"1795218292501249\",\n"
		     "\t\"MESSAGE\" : [ 104, 255, 105 ]\n"
		     "}\n"),
		"1+5 journal-pretty, utc 2026-11-20T23:44:52.501242Z, second "
		"none, host 'vm' tag '' pid '' sev - | a }{ b\n"
		"6+4 journal-pretty, utc 2026-11-20T23:44:52.501249Z, second "
		"none, host '' tag '' pid '' sev - | h\377i\n"},
	{"journal-export",
		TEXT("__CURSOR=s=dc22\n"
		     "__REALTIME_TIMESTAMP=1795218292501242\n"
		     "__MONOTONIC_TIMESTAMP=1669730041\n"
		     "_TRANSPORT=kernel\n"
		     "PRIORITY=6\n"
		     "_HOSTNAME=vm\n"
		     "_SOURCE_MONOTONIC_TIMESTAMP=1362970879\n"
		     "MESSAGE=eth0: left promiscuous mode\n"
		     "\n"
		     "__CURSOR=s=dc23\n"
		     "__REALTIME_TIMESTAMP=1795218292501249\n"
		     "_TRANSPORT=stdout\n"
		     "MESSAGE\n"
		     "\7\0\0\0\0\0\0\0one\n\ntw\n"
		     "_PID=7\n"
		     "\n"),
		"1+9 journal-export, utc 2026-11-20T23:39:45.742080Z, second "
		"boot 1362.970879, host 'vm' tag 'kernel' pid '' sev 6 | eth0: "
		"left promiscuous mode\n"
		"10+9 journal-export, utc 2026-11-20T23:44:52.501249Z, second "
		"none, host '' tag '' pid '7' sev - | one\n\ntw\n"},
	{"journal-verbose",
		TEXT("Fri 2026-11-20 23:44:52.501242 UTC "
		     "[s=dc22;i=55f;b=685e;m=6386;t=660b;x=4176]\n"
		     "    _TRANSPORT=kernel\n"
		     "    PRIORITY=4\n"
		     "    _SOURCE_MONOTONIC_TIMESTAMP=1362970879\n"
		     "    MESSAGE=text\n"
		     "Fri 2026-11-20 23:44:53.501242 CET "
		     "[s=dc22;i=560;b=685e;m=6386;t=660b;x=4176]\n"
		     "    MESSAGE=other\n"),
		"1+5 journal-verbose, utc 2026-11-20T23:44:52.501242Z, second "
		"boot 1362.970879, host '' tag 'kernel' pid '' sev 4 | text\n"
		"6+2 journal-verbose, utc 2026-11-20T22:44:53.501242Z3600 "
		"east, second none, host '' tag '' pid '' sev - | other\n"},
	{"windows-event",
		TEXT("Event[0]:\n"
		     "  Source: Tcpip\n"
		     "  Date: 2026-11-20T09:14:58.123\n"
		     "  Event ID: 4231\n"
		     "  Level: Warning\n"
		     "  Computer: web01\n"
		     "  Description: \n"
		     "first\n"
		     "Date: second\n"
		     "\n"
		     "Event[1]\n"
		     "  Date: 2026-11-20T09:15:58.123\n"
		     "  Event ID: 5152\n"
		     "  Description: \n"
		     "other\n"),
		"3+8 windows-event, local 2026-11-20T09:14:58.123Z, second "
		"none, host 'web01' tag 'Tcpip' pid '' sev 4 | first\nDate: "
		"second\n"
		"12+4 windows-event, local 2026-11-20T09:15:58.123Z, second "
		"none, host '' tag '' pid '' sev - | Event ID: 5152\n"
		"other\n"},
	/* Event Viewer in another language: ten lines in one order. */
	{"windows-event",
		TEXT("Protokollname: Security\n"
		     "Quelle:        Microsoft-Windows-Security-Auditing\n"
		     "Datum:         20.11.2026 23:41:22\n"
		     "Ereignis-ID:   5157\n"
		     "Aufgabenkategorie:Filterplattformverbindung\n"
		     "Ebene:         Informationen\n"
		     "Stichwoerter:  gescheitert\n"
		     "Benutzer:      Nicht zutreffend\n"
		     "Computer:      web01\n"
		     "Beschreibung:\n"
		     "blockiert.\n"
		     "\n"
		     "Nom du journal :System\n"
		     "Source :       Tcpip\n"
		     "Date :         20/11/2026 23:41:25\n"
		     "ID :           4227\n"
		     "Cat :          Aucun\n"
		     "Niveau :       Avertissement\n"
		     "Mots :         Classique\n"
		     "Utilisateur :  N/A\n"
		     "Ordinateur :   web02\n"
		     "Description :\n"
		     "autre\n"),
		"3+10 windows-event, local 2026-11-20T23:41:22Z, second none, "
		"host 'web01' tag 'Microsoft-Windows-Security-Auditing' pid '' "
		"sev - | Event ID: 5157\nblockiert.\n"
		"15+9 windows-event, local 2026-11-20T23:41:25Z, second none, "
		"host 'web02' tag 'Tcpip' pid '' sev - | autre\n"},
	{"windows-event",
		TEXT("<Event "
		     "xmlns='x'><System><EventID>5152</EventID><TimeCreated "
		     "SystemTime='2026-11-20T09:14:58.1Z'/><Computer>w1</"
		     "Computer>"
		     "</System></Event>\r\n"
		     "- <Event xmlns=\"x\">\n"
		     " <EventID>5157</EventID>\n"
		     " <TimeCreated SystemTime=\"2026-11-20T09:15:58Z\" />\n"
		     "</Event>\n"
		     "</Events>\n"
		     "<Event xmlns='x'>cut\n"),
		"1+1 windows-event, utc 2026-11-20T09:14:58.100Z, second none, "
		"host 'w1' tag '' pid '' sev - | <Event xmlns='x'><System>"
		"<EventID>5152</EventID><TimeCreated "
		"SystemTime='2026-11-20T09:14:58.1Z'/><Computer>w1</Computer>"
		"</System></Event>\n"
		"2+4 windows-event, utc 2026-11-20T09:15:58Z, second none, "
		"host "
		"'' tag '' pid '' sev - | <Event xmlns=\"x\">\n "
		"<EventID>5157</EventID>\n <TimeCreated "
		"SystemTime=\"2026-11-20T09:15:58Z\" />\n</Event>\n"
		"6+1 plain, none, second none, host '' tag '' pid '' sev - | "
		"</Events>\n"
		"7+1 plain, none, second none, host '' tag '' pid '' sev - | "
		"<Event xmlns='x'>cut\n"},
	{"windows-event",
		TEXT("\r\nTimeCreated  : 11/20/2026 9:14:58 AM\r\n"
		     "Id           : 5152\r\n"
		     "Message      : one\r\n"
		     "               \r\n"
		     "               Source Port:\t\t1\r\n"
		     "MachineName  : web01\r\n"
		     "\r\n"),
		"1+1 plain, none, second none, host '' tag '' pid '' sev - | \n"
		"2+7 windows-event, local 2026-11-20T09:14:58Z, second "
		"none, host 'web01' tag '' pid '' sev - | Event ID: 5152\n"
		"one\r\n"
		"               \r\n               Source Port:\t\t1\n"},
	/* An event without a number is none, and its lines stand alone. */
	{"windows-event",
		TEXT("Log Name: Security\nEvent ID: 1\nDescription:\na\n"
		     "Log Name: Security\nDescription:\n"),
		"1+4 windows-event, none, second none, host '' tag '' pid '' "
		"sev - | a\n"
		"5+1 plain, none, second none, host '' tag '' pid '' sev - | "
		"Log Name: Security\n"
		"6+1 plain, none, second none, host '' tag '' pid '' sev - | "
		"Description:\n"},
	{"dmesg-delta",
		TEXT("[Nov20 23:38] first\n"
		     "[  +0.500000] second\n"
		     "[  +1.000000] third\n"),
		"1+1 dmesg-delta, no-year 2028-11-20T23:38:00Z minute, second "
		"none, host '' tag 'kernel' pid '' sev - | first\n"
		"2+1 dmesg-delta, no-year 2028-11-20T23:38:00Z minute, second "
		"none, host '' tag 'kernel' pid '' sev - | second\n"
		"3+1 dmesg-delta, no-year 2028-11-20T23:38:01Z minute, second "
		"none, host '' tag 'kernel' pid '' sev - | third\n"},
	{"dmesg-delta",
		TEXT("[<    0.000000>] first\n[<    0.000332>] second\n"),
		"1+1 dmesg-delta, delta 0.000000, second none, host '' tag "
		"'kernel' pid '' sev - | first\n"
		"2+1 dmesg-delta, delta 0.000332, second none, host '' tag "
		"'kernel' pid '' sev - | second\n"},
	{"journal-monotonic",
		TEXT("[ 1361.588821] vm kernel: eth0: left promiscuous mode\n"
		     "[ 1361.600000] vm nginx[7]: [ 12.3] text\n"),
		"1+1 journal-monotonic, boot 1361.588821, second none, host "
		"'vm' tag 'kernel' pid '' sev - | eth0: left promiscuous "
		"mode\n"
		"2+1 journal-monotonic, boot 1361.600000, second none, host "
		"'vm' tag 'nginx' pid '7' sev - | [ 12.3] text\n"},
	/* Drivers name their device first: that is no host. */
	{"dmesg",
		TEXT("[ 1.000000] usb 1-1: new high-speed USB device\n"
		     "[ 2.000000] usb 1-1: New USB device found\n"),
		"1+1 dmesg, boot 1.000000, second none, host '' tag 'kernel' "
		"pid '' sev - | usb 1-1: new high-speed USB device\n"
		"2+1 dmesg, boot 2.000000, second none, host '' tag 'kernel' "
		"pid '' sev - | usb 1-1: New USB device found\n"},
	/* Mixed, CR LF, empty lines, no end; a trace keeps the time above. */
	{"syslog",
		TEXT("\xef\xbb\xbfNov 20 18:39:43 vm a: one\r\n"
		     "\r\n"
		     "java.net.ConnectException: Connection timed out\r\n"
		     "2026-11-20T18:39:43.5Z vm b: \377\376\r\n"
		     "Dec 31 23:59:59 vm c: last"),
		"1+1 syslog, no-year 2028-11-20T18:39:43Z, second none, host "
		"'vm' tag 'a' pid '' sev - | one\n"
		"2+1 plain, no-year 2028-11-20T18:39:43Z inherited, second "
		"none, host '' tag '' pid '' sev - | \n"
		"3+1 plain, no-year 2028-11-20T18:39:43Z inherited, second "
		"none, host '' tag '' pid '' sev - | "
		"java.net.ConnectException: Connection timed out\n"
		"4+1 syslog-iso, utc 2026-11-20T18:39:43.500Z, second none, "
		"host 'vm' tag 'b' pid '' sev - | \377\376\n"
		"5+1 syslog, no-year 2028-12-31T23:59:59Z, second none, host "
		"'vm' tag 'c' pid '' sev - | last\n"},
};

#define BLOCK_FILES (sizeof block_files / sizeof *block_files)

#endif
