/*
 * Files that no name places: by the host that their lines name, by an address
 * that is one machine's, by what lies beside them; and two machines that a file
 * could be of are none.
 */
#include "ingest/case_claims.h"

#include "scratch_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const uint8_t pcap[24] = {
	0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [16] = 96, [20] = 1};

static struct case_files files;

static int
begin(void **state)
{
	case_files_init(&files);
	return scratch_make(state);
}

static int
end(void **state)
{
	case_files_release(&files);
	return scratch_remove(state);
}

static void
capture(const char *name)
{
	scratch_file(name, pcap, sizeof pcap);
}

static void
text(const char *name, const char *content)
{
	scratch_file(name, content, strlen(content));
}

/* A syslog that this host wrote. */
static void
syslog(const char *name, const char *host)
{
	char lines[256];
	snprintf(lines, sizeof lines,
		"Nov 20 23:41:22 %s kernel: eth0: link up\n"
		"Nov 20 23:41:25 %s sshd[7]: Server listening\n",
		host, host);
	text(name, lines);
}

/* The addresses of a machine, as ip addr prints them. */
static void
addresses(const char *name, const char *ip)
{
	char lines[400];
	snprintf(lines, sizeof lines,
		"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN\n"
		"    inet 127.0.0.1/8 scope host lo\n"
		"2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n"
		"    link/ether 02:00:00:00:00:0b brd ff:ff:ff:ff:ff:ff\n"
		"    inet %s/24 brd 198.51.100.255 scope global eth0\n",
		ip);
	text(name, lines);
}

/* Sockets, whose local end is here. */
static void
sockets(const char *name, const char *ip)
{
	char lines[300];
	snprintf(lines, sizeof lines,
		"State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
		"LISTEN 0      128    %s:5432 0.0.0.0:*\n"
		"ESTAB  0      0      %s:5432 192.0.2.10:40001\n",
		ip, ip);
	text(name, lines);
}

static void
walk(void)
{
	struct error e = {0};
	assert_true(case_files_walk(&files, scratch, &e));
	assert_true(case_files_look(&files, NULL));
	case_files_place(&files);
}

/* The machine that the file is of; "" for none. */
static void
expect(const char *name, const char *machine)
{
	for (size_t i = 0; i < files.count; i++) {
		const struct case_file *f = &files.list[i];
		if (strcmp(f->name, name) != 0)
			continue;
		assert_string_equal(
			f->host_at == 0 ? "" : files.hosts[f->host_at - 1].name,
			machine);
		return;
	}
	fail_msg("%s is not in the list", name);
}

/* A machine is called as its files are named: a line may say more of it. */
static void
by_the_host_that_lines_name(void **state)
{
	(void)state;
	capture("db-02.pcap");
	capture("web-07.pcap");
	syslog("messages", "db-02.example.org");
	syslog("kern", "WEB-07");
	walk();
	expect("messages", "db-02");
	expect("kern", "web-07");
}

/* Machines have other names at home than their folders have: one file that is
   placed tells it, and the others follow. */
static void
by_the_name_that_another_file_knows(void **state)
{
	(void)state;
	capture("client/a.pcap");
	capture("server/b.pcap");
	syslog("server/messages", "ip-10-0-3-7");
	syslog("kern", "ip-10-0-3-7");
	walk();
	expect("kern", "server");
}

/* Several hosts wrote what lies there: none is its name. */
static void
collected_by_a_machine(void **state)
{
	(void)state;
	capture("client/a.pcap");
	capture("server/b.pcap");
	syslog("server/one", "alpha");
	syslog("server/two", "beta");
	syslog("three", "beta");
	walk();
	expect("three", "beta");
}

static void
by_an_address(void **state)
{
	(void)state;
	capture("client/a.pcap");
	capture("server/b.pcap");
	addresses("server/ip-addr.txt", "198.51.100.20");
	sockets("ss.txt", "198.51.100.20");
	sockets("other.txt", "198.51.100.77");
	walk();
	expect("ss.txt", "server");
	expect("other.txt", "");
}

/* Behind one address two machines take turns. */
static void
address_of_two_machines(void **state)
{
	(void)state;
	capture("web-01/a.pcap");
	capture("web-02/b.pcap");
	addresses("web-01/ip-addr.txt", "198.51.100.20");
	addresses("web-02/ip-addr.txt", "198.51.100.20");
	sockets("ss.txt", "198.51.100.20");
	walk();
	expect("ss.txt", "");
}

/* 127.0.0.1 and a container bridge's neighbours are everybody's. */
static void
everybodys_address(void **state)
{
	(void)state;
	capture("client/a.pcap");
	capture("server/b.pcap");
	addresses("server/ip-addr.txt", "127.0.0.2");
	sockets("ss.txt", "127.0.0.1");
	walk();
	expect("ss.txt", "");
}

/* Lines before addresses: a name is what a machine says of itself. */
static void
name_before_address(void **state)
{
	(void)state;
	capture("web-01.pcap");
	capture("db-02.pcap");
	addresses("db-02-ip-addr.txt", "198.51.100.20");
	text("sysctl.txt",
		"kernel.hostname = web-01\nnet.core.somaxconn = 4096\n"
		"net.ipv4.tcp_syncookies = 1\n");
	walk();
	expect("sysctl.txt", "web-01");
}

/* Nobody has a name for it but its own lines. */
static void
new_machine_by_its_lines(void **state)
{
	(void)state;
	capture("client.pcap");
	syslog("messages", "db-02");
	walk();
	expect("messages", "db-02");
	for (size_t i = 0; i < files.hosts_count; i++)
		if (strcmp(files.hosts[i].name, "db-02") == 0)
			assert_string_equal(files.hosts[i].because,
				"named by lines in its files");
}

/* Snapshots of one folder were taken in one place, where one of them names it
   and none another. */
static void
by_what_lies_beside(void **state)
{
	(void)state;
	capture("web-07.pcap");
	text("out/sysctl.txt",
		"kernel.hostname = db-02\nnet.core.somaxconn = 4096\n"
		"net.ipv4.tcp_syncookies = 1\n");
	text("out/softirq.txt",
		"net.ipv4.tcp_mem = 1 2 3\n"
		"net.ipv4.ip_forward = 0\n");
	walk();
	expect("out/softirq.txt", "db-02");
}

/* A folder "sosreport-db-02-4711-...": what is in it knows that 4711 is a ticket. */
static void
ticket_in_a_sosreports_name(void **state)
{
	(void)state;
	const char *top = "sosreport-db-02-4711-2026-11-21-abcdefg";
	char name[128];
	capture("web-07.pcap");
	snprintf(name, sizeof name, "%s/hostname", top);
	text(name, "db-02.example.org\n");
	snprintf(name, sizeof name, "%s/sos_commands/kernel/dmesg", top);
	text(name,
		"[    1.000000] Linux version 6.12.0\n"
		"[    2.000000] nf_conntrack: table full, dropping packet\n");
	walk();
	expect(name, "db-02");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(by_the_host_that_lines_name),
		CASE(by_the_name_that_another_file_knows),
		CASE(collected_by_a_machine),
		CASE(by_an_address),
		CASE(address_of_two_machines),
		CASE(everybodys_address),
		CASE(name_before_address),
		CASE(new_machine_by_its_lines),
		CASE(by_what_lies_beside),
		CASE(ticket_in_a_sosreports_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
