/*
 * The host parsers over every real file at hand: third-party collections and the
 * lab's snapshots (../shared/corpus or LOSTSYN_CORPUS, skipped when absent), and
 * samples/cases.
 *
 * Prints what each file was taken for and how many of its lines were understood.
 * Checks known values; that every file not recognised is so for a stated reason;
 * that no log is claimed; that three tools agree on the same counters; and that
 * differences of the lab's counters are those that the lab noted.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "host_seen.h"

static struct seen seen;
static struct seen other;

struct file {
	uint8_t *data;
	size_t len;
};

static bool
file_read(const char *path, struct file *f)
{
	FILE *in = fopen(path, "rb");
	struct stat st;
	if (in == NULL)
		return false;
	assert_int_equal(fstat(fileno(in), &st), 0);
	f->data = malloc((size_t)st.st_size + 1);
	assert_non_null(f->data);
	f->len = fread(f->data, 1, (size_t)st.st_size, in);
	f->data[f->len] = '\0';
	fclose(in);
	return true;
}

static const char *
corpus(void)
{
	const char *path = getenv("LOSTSYN_CORPUS");
	return path != NULL ? path : SOURCE_DIR "/../shared/corpus";
}

static void
need_corpus(void)
{
	struct stat st;
	if (stat(corpus(), &st) == 0)
		return;
	print_message("skipped: no corpus at %s\n", corpus());
	skip();
}

/* Files of the surveyed folders that hold no host state, and why. */
static const struct {
	const char *pattern;
	const char *reason;
} not_host_state[] = {
	{"*dmesg*", "kernel log"},
	{"*dev_kmsg*", "kernel log"},
	{"*journal*", "journal"},
	{"*messages*", "syslog"},
	{"*syslog*", "syslog"},
	{"*/logformats/*", "logs"},
	{"*/nginx*", "logs of a proxy"},
	{"*/cli*.txt", "the lab client's own log"},
	{"*counter-deltas.txt", "the lab's differences"},
	{"*synproxy_*/*.log", "logs"},
	{"*conntrack-L.xml", "conntrack -o xml is not read"},
	{"*lsof*", "open files; some begin with messages"},
	{"*net_dev_mcast", "no heading to know it by, of no use"},
	{"*net_if_inet6", "no heading to know it by"},
	{"*net_igmp6", "no heading to know it by, of no use"},
	{"*net_ipv6_route", "no heading to know it by"},
	{"*net_netlink", "of no use"},
	{"*proc__interrupts", "of no use"},
	{"*bond0__statistics", "an error message"},
	{"*README.md", "prose"},
	{"*expected.json", "a case's labels"},
	{"*case.yaml", "what a person says of a case"},
	{"*ticket.txt", "a transcript"},
	{"*mail.txt", "a transcript in a mail"},
	{"*flow-log*", "flow log"},
	{"*/hubble.json", "flow log"},
	{"*.log", "log"},
	{"*/search-result.csv", "rows of a log store"},
	{"*.json.zst", "packed"},
	{"*.zip", "an archive"},
	{"*.tar.xz", "an archive"},
	{"*.7z", "an archive"},
};

static const char *
reason_of(const char *shown, size_t len)
{
	if (len == 0)
		return "empty file";
	for (size_t i = 0; i < sizeof not_host_state / sizeof not_host_state[0];
		i++)
		if (fnmatch(not_host_state[i].pattern, shown, 0) == 0)
			return not_host_state[i].reason;
	return NULL;
}

struct survey {
	unsigned files;
	unsigned unrecognised;
	unsigned unexplained;
	uint64_t lines;
	uint64_t other;
};

static void
show_seen(enum host_kind kind, const char *shown)
{
	printf("%-13s %s: lines %" PRIu64 " other %" PRIu64 " counters %" PRIu64
	       " settings %" PRIu64 " sockets %" PRIu64 " conntracks %" PRIu64
	       " drops %" PRIu64,
		host_kind_id(kind), shown, seen.result.lines, seen.result.other,
		seen.counters, seen.settings, seen.sockets, seen.conntracks,
		seen.drops);
	for (int a = 0; a < ANOMALY_COUNT; a++)
		if (seen.anomalies[a] > 0)
			printf(" %s %u", anomaly_id((enum anomaly)a),
				seen.anomalies[a]);
	printf("\n");
}

static void
survey_file(struct survey *s, const char *path, const char *shown)
{
	struct file f;
	const char *dot = strrchr(path, '.');
	if ((dot != NULL &&
		    (strncmp(dot, ".pcap", 5) == 0 ||
			    strcmp(dot, ".gz") == 0)) ||
		strstr(path, "ORIGIN.md") != NULL ||
		strstr(path, ".pcap") != NULL || !file_read(path, &f))
		return;
	struct view whole = view_of(f.data, f.len);
	enum host_kind kind = host_recognise(whole, shown);
	const char *told = reason_of(shown, f.len);
	/* Before it is split, the longest output in it may be known by itself. */
	if (told != NULL && strncmp(told, "a transcript", 12) == 0)
		kind = HOST_NONE;
	s->files++;
	if (kind == HOST_NONE) {
		const char *reason = reason_of(shown, f.len);
		s->unrecognised++;
		s->unexplained += reason == NULL;
		printf("%-13s %s: %s\n", "-", shown,
			reason != NULL ? reason : "no reason stated");
	} else {
		see(&seen, kind, whole, shown);
		s->lines += seen.result.lines;
		s->other += seen.result.other;
		show_seen(kind, shown);
	}
	free(f.data);
}

static void
survey_folder(struct survey *s, const char *path, const char *shown)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char child[4096];
		char name[4096];
		struct stat st;
		const char *own = entries[i]->d_name;
		snprintf(child, sizeof child, "%s/%s", path, own);
		snprintf(name, sizeof name, "%s/%s", shown, own);
		bool there = own[0] != '.' && stat(child, &st) == 0;
		if (there && S_ISDIR(st.st_mode))
			survey_folder(s, child, name);
		else if (there && S_ISREG(st.st_mode))
			survey_file(s, child, name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static struct survey
survey(const char *root, const char *folder)
{
	struct survey s = {0};
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", root, folder);
	survey_folder(&s, path, folder);
	print_message("%s: %u files, %u not host state; %" PRIu64
		      " lines, %" PRIu64 " other\n",
		folder, s.files, s.unrecognised, s.lines, s.other);
	return s;
}

static void
test_host_state_is_recognised(void **state)
{
	(void)state;
	static const char *const folders[] = {"lab-linux-6.18",
		"RedHatInsights_insights-core", "kellyjonbrazil_jc",
		"prometheus_node_exporter", "retis-org_retis"};

	need_corpus();
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		struct survey s = survey(corpus(), folders[i]);
		assert_int_equal(s.unexplained, 0);
		/* Messages of tools, and made-up lines of parser tests. */
		assert_true(s.other * 50 <= s.lines);
	}
}

static void
test_logs_are_not_claimed(void **state)
{
	(void)state;
	static const char *const folders[] = {"tstack_lnav", "logpai_loghub",
		"elastic_integrations", "awsdocs_amazon-vpc-user-guide",
		"MicrosoftDocs_azure-docs", "lab-linux-6.18/logformats",
		"lab-linux-6.18/nginx"};

	need_corpus();
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		struct survey s = survey(corpus(), folders[i]);
		assert_int_equal(s.unrecognised, s.files);
	}
}

static void
test_cases_are_read_whole(void **state)
{
	(void)state;
	struct survey s = survey(SOURCE_DIR, "samples/cases");
	assert_true(s.files > 100);
	assert_int_equal(s.unexplained, 0);
	assert_int_equal(s.other, 0);
}

/* Values looked up in the files by eye. */
static const struct {
	const char *path;
	enum host_kind kind;
	const char *wants[4];
} known[] = {
	{"lab-linux-6.18/accept_queue_full/server.ss-ltn.txt", HOST_SS,
		{"LISTEN 2/1 0.0.0.0,90 0.0.0.0,- r-1 "}},
	{"lab-linux-6.18/acceptq_full_at_final_ack/server.ss-tanoe.txt",
		HOST_SS,
		{"LISTEN 4/3 0.0.0.0,90 0.0.0.0,- r-1 ",
			"SYN-RECV 0/0 10.2.0.2,90 10.1.0.2,53416 r3 "}},
	{"lab-linux-6.18/syn_queue_full_nocookies/server.ss-synrecv.txt",
		HOST_SS, {"SYN-RECV 0/0 10.2.0.2,92 10.1.0.99,2740 r-1 "}},
	{"lab-linux-6.18/conntrack_table_full/router.conntrack-S.txt",
		HOST_CONNTRACK_S, {"cpu1|drop=3919", "cpu1|early_drop=530"}},
	{"lab-linux-6.18/conntrack_table_full/router.conntrack-C.txt",
		HOST_CONNTRACK_C, {"|net.netfilter.nf_conntrack_count=~2000"}},
	{"lab-linux-6.18/conntrack_table_full/"
	 "router.proc_stat_nf_conntrack.txt",
		HOST_PROC_NET_STAT, {"|entries=~2000", "cpu0|drop=195"}},
	{"lab-linux-6.18/conntrack_unreplied_syn_sent/"
	 "router.proc_nf_conntrack.txt",
		HOST_CONNTRACK_L,
		{"6 SYN_SENT 116 10.1.0.2,35774>10.2.0.2,80 "
		 "10.2.0.2,80>10.1.0.2,35774 unreplied"}},
	{"lab-linux-6.18/server_input_drop/server.nft.txt", HOST_NFT,
		{"inet x i hook input 1: tcp dport 98 tcp flags syn / syn,ack "
		 "counter log "
		 "prefix \"INPUT-DROP \" flags all drop|drop_packets=4"}},
	{"lab-linux-6.18/server_input_drop/server.nft.json", HOST_NFT_JSON,
		{"inet x i handle 2|drop_packets=4"}},
	{"lab-linux-6.18/server_input_drop/ftrace.txt", HOST_TRACE,
		{"boot 785782005000 NETFILTER_DROP nft_do_chain+0x3e8/0x610 x1 "
		 "-,->-,-"}},
	{"lab-linux-6.18/tools/perf-trace-kfree_skb.txt", HOST_TRACE,
		{"start 167000 #3 0xffffffff82033251 x1 -,->-,-"}},
	{"lab-linux-6.18/host_down_no_arp/neigh.txt", HOST_IP_NEIGH,
		{"10.2.0.77|neighbour:FAILED", "|neigh_failed=~1"}},
	{"lab-linux-6.18/hoststate/proc_net_tcp.txt", HOST_PROC_TCP,
		{"LISTEN 0/-1 0.0.0.0,80 0.0.0.0,- r-1 ",
			"TIME-WAIT 0/0 10.2.0.2,80 10.1.0.2,41324 r0 "}},
	{"lab-linux-6.18/hoststate/ping-loss.txt", HOST_PING,
		{"10.2.0.2|ping_transmitted=~3", "10.2.0.2|ping_received=~0"}},
	{"RedHatInsights_insights-core/netstat__NETSTAT_S.txt", HOST_NETSTAT_S,
		{"|TcpAttemptFails=105", "|TcpExtTCPDeferAcceptDrop=537",
			"|IcmpOutDestUnreachs=254", "|IpExtInNoRoutes=9"}},
	{"RedHatInsights_insights-core/netstat__NETSTAT.txt", HOST_NETSTAT,
		{"SYN-RECV 0/0 10.24.1.245,80 10.24.36.145,32790 r0 "}},
	/* Names and values differ in number: nothing is certain. */
	{"RedHatInsights_insights-core/netstat__PROC_NETSTAT_4.txt",
		HOST_PROC_NETSTAT, {NULL}},
	{"RedHatInsights_insights-core/softnet_stat__SOFTNET_STAT_3.txt",
		HOST_SOFTNET, {"cpu1|backlog_len=~220", "cpu3|dropped=32302"}},
	{"RedHatInsights_insights-core/ethtool__TEST_ETHTOOL_G.txt",
		HOST_ETHTOOL_G,
		{"eth2|ring RX=~200", "eth2|ring_max RX=~2047"}},
	{"kellyjonbrazil_jc/"
	 "tests__fixtures__centos-7.7__iptables-filter-nv.out",
		HOST_IPTABLES_L,
		{"INPUT 1: ACCEPT all -- * * 0.0.0.0/0 0.0.0.0/0 ctstate "
		 "RELATED,ESTABLISHED|accept_packets=4175"}},
	{"kellyjonbrazil_jc/tests__fixtures__windows__windows-10__netstat-aon."
	 "out",
		HOST_NETSTAT, {"LISTEN -1/-1 0.0.0.0,135 0.0.0.0,- r-1 1712"}},
	{"kellyjonbrazil_jc/tests__fixtures__linux-proc__net_dev",
		HOST_PROC_NET_DEV, {"ens33|rx_bytes=60600053"}},
	{"prometheus_node_exporter/collector__fixtures__proc__net__netstat",
		HOST_PROC_NETSTAT,
		{"|TcpExtPAWSPassive=0", "|TcpExtTW=388812"}},
	{"prometheus_node_exporter/"
	 "collector__fixtures__proc__sys__net__netfilter__nf_conntrack_max",
		HOST_PROC_SYS, {"|net.netfilter.nf_conntrack_max=~65536"}},
	{"prometheus_node_exporter/"
	 "collector__fixtures__proc__net__stat__arp_cache",
		HOST_PROC_NET_STAT, {"cpu1|table_fulls=24"}},
	{"retis-org_retis/retis-events__test_data__test_events.json",
		HOST_RETIS, {NULL}},
};

static void
read_corpus(struct seen *s, const char *path, enum host_kind kind)
{
	struct file f;
	char whole[4096];
	snprintf(whole, sizeof whole, "%s/%s", corpus(), path);
	if (!file_read(whole, &f))
		fail_msg("cannot read %s", whole);
	struct view bytes = view_of(f.data, f.len);
	enum host_kind found = host_recognise(bytes, path);
	if (found != kind)
		fail_msg("%s: taken for %s", path, host_kind_id(found));
	see(s, kind, bytes, path);
	free(f.data);
}

static void
test_known_values(void **state)
{
	(void)state;
	need_corpus();
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		read_corpus(&seen, known[i].path, known[i].kind);
		for (size_t w = 0; w < 4 && known[i].wants[w] != NULL; w++)
			if (!seen_has(&seen, known[i].wants[w]))
				fail_msg("%s: no %s in\n%.2000s", known[i].path,
					known[i].wants[w], seen.text);
	}
}

/* Every line of one is in the other; names that only one tool has are left out
   by the caller's choice of the smaller set. */
static unsigned
agreed(const struct seen *small, const struct seen *large)
{
	unsigned n = 0;
	for (const char *at = small->text; *at != '\0'; n++) {
		const char *end = strchr(at, '\n');
		char line[512];
		snprintf(line, sizeof line, "%.*s", (int)(end - at), at);
		want(large, line);
		at = end + 1;
	}
	return n;
}

static void
line_remove(struct seen *s, const char *beginning)
{
	char *at = strstr(s->text, beginning);
	assert_non_null(at);
	char *next = strchr(at, '\n') + 1;
	memmove(at, next, strlen(next) + 1);
}

/* The same host's counters by nstat, nstat -j, /proc/net and netstat -s. */
static void
test_tools_agree(void **state)
{
	(void)state;
	need_corpus();
	read_corpus(
		&other, "lab-linux-6.18/hoststate/nstat-az.txt", HOST_NSTAT);
	read_corpus(&seen, "lab-linux-6.18/hoststate/nstat-azj.json",
		HOST_NSTAT_JSON);
	assert_true(agreed(&seen, &other) > 300);
	read_corpus(&seen, "lab-linux-6.18/hoststate/netstat-s.txt",
		HOST_NETSTAT_S);
	/* nstat leaves out levels. */
	line_remove(&seen, "|IpForwarding=");
	line_remove(&seen, "|TcpCurrEstab=");
	assert_true(agreed(&seen, &other) > 35);
	read_corpus(&seen, "lab-linux-6.18/hoststate/proc_net_netstat.txt",
		HOST_PROC_NETSTAT);
	assert_true(agreed(&seen, &other) > 150);
}

static int64_t
value_in(const struct seen *s, const char *name)
{
	char key[256];
	snprintf(key, sizeof key, "|%s=", name);
	const char *at = strstr(s->text, key);
	/* The kernel shows a type of ICMP message when it was seen once. */
	if (at == NULL && strncmp(name, "IcmpMsg", 7) == 0)
		return 0;
	assert_non_null(at);
	at += strlen(key);
	return strtoll(*at == '~' ? at + 1 : at, NULL, 10);
}

static bool
role_read(const char *scenario, const char *role, const char *moment,
	struct seen *s)
{
	static const char *const files[] = {"netstat", "snmp"};
	size_t len = 0;
	char *text = malloc(sizeof s->text);
	assert_non_null(text);
	for (size_t i = 0; i < 2; i++) {
		char path[4096];
		struct file f;
		snprintf(path, sizeof path, "%s/lab-linux-6.18/%s/%s.%s.%s",
			corpus(), scenario, role, files[i], moment);
		if (!file_read(path, &f)) {
			free(text);
			return false;
		}
		memcpy(text + len, f.data, f.len);
		len += f.len;
		free(f.data);
	}
	see(s, HOST_PROC_NETSTAT, view_of(text, len), NULL);
	free(text);
	return true;
}

/* Lines "server TcpExtListenDrops 148" of a scenario's counter-deltas.txt. */
static unsigned
deltas_check(const char *scenario, const char *role)
{
	char path[4096];
	struct file f;
	unsigned n = 0;
	snprintf(path, sizeof path, "%s/lab-linux-6.18/%s/counter-deltas.txt",
		corpus(), scenario);
	if (!role_read(scenario, role, "before", &seen) ||
		!role_read(scenario, role, "after", &other) ||
		!file_read(path, &f))
		return 0;
	char *rest = (char *)f.data;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		char who[32];
		char name[128];
		long long delta;
		if (sscanf(line, "%31s %127s %lld", who, name, &delta) != 3 ||
			strcmp(who, role) != 0)
			continue;
		assert_int_equal(
			value_in(&other, name) - value_in(&seen, name), delta);
		n++;
	}
	free(f.data);
	return n;
}

static void
test_differences_are_the_labs(void **state)
{
	(void)state;
	char path[4096];
	struct dirent **entries;
	unsigned checked = 0;
	need_corpus();
	snprintf(path, sizeof path, "%s/lab-linux-6.18", corpus());
	int n = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char *scenario = entries[i]->d_name;
		if (scenario[0] != '.') {
			checked += deltas_check(scenario, "client");
			checked += deltas_check(scenario, "server");
		}
		free(entries[i]);
	}
	free(entries);
	print_message("%u differences of counters checked\n", checked);
	assert_true(checked > 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host_state_is_recognised),
		cmocka_unit_test(test_logs_are_not_claimed),
		cmocka_unit_test(test_cases_are_read_whole),
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_tools_agree),
		cmocka_unit_test(test_differences_are_the_labs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
