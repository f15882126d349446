/*
 * A name is split into words at its separators. Words that say what a file is
 * are no machine's name; of what is left the first run is.
 */
#include "ingest/case_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SEPARATORS "-_. ,()[]@"

/* A longer number is a date, a time or a process id. */
#define MACHINE_DIGITS_MAX 5

/* What files are, and what they are packed with. */
static const char *const kinds[] = {"a", "access", "addr", "after", "all",
	"any", "arp", "audit", "before", "between", "bz2", "c", "cap",
	"capture", "captures", "cloud", "cmd", "collect", "collector", "conf",
	"config", "conntrack", "console", "csv", "current", "data", "dmesg",
	"docker", "dump", "dumps", "during", "entries", "error", "errors",
	"ethtool", "evidence", "facts", "failed", "file", "filter", "firewalld",
	"flow", "flows", "free", "full", "gz", "haproxy", "host", "hostname",
	"ifconfig", "info", "init", "ip", "ipv4", "ipv6", "ip6tables",
	"iptables", "json", "jsonl", "journal", "journalctl", "k", "kern",
	"kernel", "kmsg", "l", "link", "list", "listen", "lnstat", "log",
	"logs", "ltn", "ltnp", "lz4", "messages", "meminfo", "n", "neigh",
	"net", "netdev", "netstat", "nft", "nftables", "nginx", "ngx", "nstat",
	"old", "out", "output", "packet", "packets", "pcap", "pcapng", "pcaps",
	"proc", "report", "route", "routes", "rule", "ruleset", "rules", "s",
	"sar", "session", "snapshot", "sniff", "snmp", "sockets", "sockstat",
	"softnet", "sos", "ss", "stat", "state", "stats", "stderr", "stdout",
	"sys", "sysctl", "syslog", "system", "t", "tan", "tar", "tcp",
	"tcpdump", "terminal", "test", "text", "tgz", "top", "trace",
	"transcript", "tshark", "txt", "udp", "uname", "uptime", "version",
	"vmstat", "vpc", "wireshark", "x", "xml", "xz", "yaml", "z", "zip",
	"zst"};

/* Interfaces, each followed by a number.
 * cite: systemd 255 man systemd.net-naming-scheme; Linux 6.12 drivers/net */
static const char *const interfaces[] = {"eth", "ens", "eno", "enp", "bond",
	"br", "docker", "veth", "wlan", "wlp", "tun", "tap", "wg", "team",
	"vlan", "lo", "cali", "cni", "pcap", "cap", "part", "capture", "trace",
	"dump", "file", "log", "messages", "syslog", "tcpdump"};

static const char *const betweens[] = {"balancer", "bastion", "collector",
	"firewall", "fw", "gateway", "gw", "haproxy", "lb", "load", "mirror",
	"nat", "net", "network", "node", "proxy", "router", "rtr", "sensor",
	"span", "switch", "tap", "vpc", "waf"};

struct word {
	const char *at;
	size_t len;
};

static bool
next_word(const char **rest, struct word *w)
{
	*rest += strspn(*rest, SEPARATORS);
	w->at = *rest;
	w->len = strcspn(*rest, SEPARATORS);
	*rest += w->len;
	return w->len > 0;
}

static bool
word_is(struct word w, const char *text)
{
	return strlen(text) == w.len && strncasecmp(w.at, text, w.len) == 0;
}

static size_t
digits_of(struct word w)
{
	size_t n = 0;
	while (n < w.len && isdigit((unsigned char)w.at[n]))
		n++;
	return n;
}

/* "eth0", "enp0s3", "pcap12". */
static bool
is_numbered(struct word w)
{
	for (size_t i = 0; i < sizeof interfaces / sizeof *interfaces; i++) {
		size_t n = strlen(interfaces[i]);
		if (w.len > n && strncasecmp(w.at, interfaces[i], n) == 0 &&
			isdigit((unsigned char)w.at[n]))
			return true;
	}
	return false;
}

static bool
is_year(struct word w)
{
	return w.len == 4 && digits_of(w) == 4 &&
		(strncmp(w.at, "19", 2) == 0 || strncmp(w.at, "20", 2) == 0);
}

/* A word that names no machine; a short number does where it follows one. */
static bool
says_nothing(struct word w, bool follows)
{
	if (digits_of(w) == w.len)
		return !follows || w.len > MACHINE_DIGITS_MAX || is_year(w);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (word_is(w, kinds[i]))
			return true;
	return is_numbered(w) || digits_of(w) > MACHINE_DIGITS_MAX;
}

/* The number of a piece, which dumpcap writes in front of the time at which it
 * began it: web_00002_20261130105213.
 * cite: Wireshark 4.2 ringbuffer.c ringbuf_open_file */
#define PIECE_DIGITS 5
#define STAMP_DIGITS 14

static bool
is_piece(struct word w, const char *rest)
{
	struct word next;
	return w.len == PIECE_DIGITS && digits_of(w) == w.len &&
		next_word(&rest, &next) && next.len == STAMP_DIGITS &&
		digits_of(next) == next.len;
}

/* A part of an address: 0 to 255, without a zero before it, as dates have. */
static bool
is_octet(struct word w)
{
	if (w.len == 0 || w.len > 3 || digits_of(w) != w.len)
		return false;
	int number = 0;
	for (size_t i = 0; i < w.len; i++)
		number = number * 10 + (w.at[i] - '0');
	return number <= 255 && (w.len == 1 || w.at[0] != '0');
}

/* "10.0.0.5", "10-0-0-5", "ip-10-0-0-5" in a name: its length, 0 for none. The
 * separators are one character's. */
static size_t
address_len(struct word first)
{
	const char *rest = first.at + first.len;
	struct word w = first;
	bool named = word_is(w, "ip");
	if (named && !next_word(&rest, &w))
		return 0;
	char between = w.at[w.len];
	for (int i = 0; i < 4; i++) {
		if (!is_octet(w))
			return 0;
		if (i == 3)
			return (size_t)(w.at + w.len - first.at);
		if (*rest != between || between == '\0' ||
			!next_word(&rest, &w) || w.at[-1] != between ||
			w.at[-2] == between)
			return 0;
	}
	return 0;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

/* What trackers and chats put before the names of files, and containers are
 * called by: hexadecimal, digits and letters. */
#define HASH_LEN_MIN 8

static bool
is_hash(struct word w)
{
	size_t digits = 0;
	for (size_t i = 0; i < w.len; i++) {
		if (!isxdigit((unsigned char)w.at[i]))
			return false;
		digits += isdigit((unsigned char)w.at[i]) != 0;
	}
	return w.len >= HASH_LEN_MIN && digits > 0 && digits < w.len;
}

const char *
case_name_machine(struct arena *a, const char *name)
{
	const char *rest = last_part(name);
	struct word hash = {0};
	const char *from = NULL;
	const char *to = NULL;
	struct word w;
	while (next_word(&rest, &w)) {
		size_t address = from == NULL ? address_len(w) : 0;
		if (address > 0)
			return arena_copy(a, w.at, address);
		bool nothing =
			says_nothing(w, from != NULL) || is_piece(w, rest);
		if (nothing && from != NULL)
			break;
		if (nothing)
			continue;
		/* It names a container where nothing else names a machine. */
		if (from == NULL && hash.at == NULL && is_hash(w)) {
			hash = w;
			continue;
		}
		if (from == NULL)
			from = w.at;
		to = w.at + w.len;
	}
	if (from == NULL && hash.at != NULL)
		return arena_copy(a, hash.at, hash.len);
	return from == NULL ? NULL : arena_copy(a, from, (size_t)(to - from));
}

bool
case_name_address(const char *machine, struct ip_addr *out)
{
	char text[16];
	const char *rest = machine;
	struct word w;
	if (!next_word(&rest, &w) || w.at != machine)
		return false;
	size_t len = address_len(w);
	if (len == 0 || machine[len] != '\0')
		return false;
	const char *from = machine + strcspn(machine, "0123456789");
	snprintf(text, sizeof text, "%s", from);
	for (char *p = text; *p != '\0'; p++)
		*p = isdigit((unsigned char)*p) ? *p : '.';
	return ip_parse(text, out);
}

bool
case_name_has(const char *name, const char *machine)
{
	size_t len = strlen(machine);
	const char *base = last_part(name);
	for (const char *p = base; len > 0 && (p = strcasestr(p, machine));
		p++) {
		bool front = p == base || strchr(SEPARATORS, p[-1]) != NULL;
		bool back = p[len] == '\0' || strchr(SEPARATORS, p[len]);
		if (front && back)
			return true;
	}
	return false;
}

bool
case_name_card(const char *name, char *out, size_t room)
{
	static const char *const cards[] = {"eth", "ens", "eno", "enp", "enx",
		"bond", "br", "docker", "veth", "wlan", "wlp", "tun", "tap",
		"wg", "team", "vlan", "cali", "cni", "cbr", "virbr", "lxcbr",
		"flannel", "vxlan", "vnet"};
	const char *rest = last_part(name);
	struct word w;
	while (next_word(&rest, &w))
		for (size_t i = 0; i < sizeof cards / sizeof *cards; i++) {
			size_t n = strlen(cards[i]);
			if (w.len <= n || strncasecmp(w.at, cards[i], n) != 0 ||
				!isxdigit((unsigned char)w.at[n]))
				continue;
			snprintf(out, room, "%.*s",
				(int)(w.len < room ? w.len : room - 1), w.at);
			return true;
		}
	return false;
}

bool
case_name_between(const char *name)
{
	struct word w;
	if (!next_word(&name, &w))
		return false;
	while (w.len > 0 && isdigit((unsigned char)w.at[w.len - 1]))
		w.len--;
	for (size_t i = 0; i < sizeof betweens / sizeof *betweens; i++)
		if (word_is(w, betweens[i]))
			return true;
	return false;
}

/* sosreport-HOST[-LABEL]-DATE-LETTERS; the host's name may have dashes.
 * cite: sos 4.7 sos/policies/__init__.py get_archive_name */
static const char *
sosreport_host(struct arena *a, const char *part)
{
	static const char prefix[] = "sosreport-";
	if (strncmp(part, prefix, sizeof prefix - 1) != 0)
		return NULL;
	part += sizeof prefix - 1;
	return case_name_machine(a, arena_copy(a, part, strcspn(part, "/")));
}

/* scc_HOST_DATE_TIME, once nts_HOST_DATE_TIME, of SUSE.
 * cite: supportutils 3.1 bin/supportconfig, BASE */
static const char *
supportconfig_host(struct arena *a, const char *part)
{
	static const char tail[] = "_YYMMDD_HHMM";
	static const char digits[] = "0123456789";
	size_t n = strcspn(part, "/");
	bool named =
		strncmp(part, "scc_", 4) == 0 || strncmp(part, "nts_", 4) == 0;
	if (!named || n < 4 + sizeof tail)
		return NULL;
	const char *end = part + n - (sizeof tail - 1);
	bool dated = end[0] == '_' && strspn(end + 1, digits) == 6 &&
		end[7] == '_' && strspn(end + 8, digits) == 4;
	return dated ? arena_copy(a, part + 4, (size_t)(end - part - 4)) : NULL;
}

const char *
case_name_report(struct arena *a, const char *part, const char **because)
{
	const char *host = sosreport_host(a, part);
	*because = "a sosreport is of this machine";
	if (host != NULL)
		return host;
	*because = "a supportconfig is of this machine";
	return supportconfig_host(a, part);
}

/* "NAMESPACE_POD_UID" of the kubelet's /var/log/pods: the pod; else itself.
 * cite: Kubernetes 1.31 pkg/kubelet/kuberuntime/helpers.go
 * BuildPodLogsDirectory */
static const char *
pod_of(struct arena *a, const char *part, size_t len)
{
	const char *low = memchr(part, '_', len);
	const char *end = low == NULL
		? NULL
		: memchr(low + 1, '_', len - (size_t)(low + 1 - part));
	return end == NULL ? arena_copy(a, part, len)
			   : arena_copy(a, low + 1, (size_t)(end - low - 1));
}

#define CONTAINER_ID_LEN 64
#define CONTAINER_ID_SHOWN 12

static bool
is_container_id(const char *part, size_t len)
{
	return len == CONTAINER_ID_LEN &&
		strspn(part, "0123456789abcdef") >= CONTAINER_ID_LEN;
}

/* Folders that hold a folder for each machine. */
static const struct {
	const char *folder;
	const char *because;
} holders[] = {
	{"nodes", "a folder of this node"},
	{"pods", "a folder of this pod"},
};

/* The same of one part of a path that others follow, and the part behind it. */
static const char *
machine_in_part(struct arena *a, const char *part, const char **because)
{
	size_t n = strcspn(part, "/");
	const char *next = part + n + 1;
	size_t len = strcspn(next, "/");
	const char *host = case_name_report(a, part, because);
	if (host != NULL)
		return host;
	for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
		if (n == strlen(holders[i].folder) && len > 0 &&
			next[len] == '/' &&
			strncmp(part, holders[i].folder, n) == 0) {
			*because = holders[i].because;
			return pod_of(a, next, len);
		}
	*because = "Docker keeps this container's log there";
	return is_container_id(part, n)
		? arena_copy(a, part, CONTAINER_ID_SHOWN)
		: NULL;
}

/* kubectl cluster-info dump --output-directory: NAMESPACE/POD/logs.txt, and
 * lists of objects beside it.
 * cite: Kubernetes 1.31 kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go */
static const char *
dumped_pod(struct arena *a, const char *path, const char **because)
{
	static const char name[] = "logs.txt";
	const char *base = last_part(path);
	if (strcmp(base, name) != 0 || base < path + 2)
		return NULL;
	const char *end = base - 1;
	const char *from = end;
	while (from > path && from[-1] != '/')
		from--;
	*because = "a folder of this pod";
	return from == path ? NULL : arena_copy(a, from, (size_t)(end - from));
}

const char *
case_name_layout(struct arena *a, const char *path, const char **because)
{
	const char *found = NULL;
	const char *part = path;
	bool cluster = false;
	for (size_t n; part[n = strcspn(part, "/")] != '\0'; part += n + 1) {
		found = machine_in_part(a, part, because);
		if (found != NULL)
			return found;
		cluster = cluster ||
			(n == strlen("namespaces") &&
				strncmp(part, "namespaces", n) == 0) ||
			(n == strlen("cluster-scoped-resources") &&
				strncmp(part, "cluster-scoped-resources", n) ==
					0) ||
			(n == strlen("host_service_logs") &&
				strncmp(part, "host_service_logs", n) == 0);
	}
	found = dumped_pod(a, path, because);
	return found != NULL ? found : cluster ? "" : NULL;
}

bool
case_name_same(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");
	size_t m = strcspn(b, ".");
	bool shortened = a[n] == '\0' || b[m] == '\0';
	return strcasecmp(a, b) == 0 ||
		(shortened && n == m && strncasecmp(a, b, n) == 0);
}
