/*
 * Which card answers, by the server's own routes. Each answer that is too good
 * would take a verdict away from a server that dropped what it got.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "stitch/routes.h"
#include "store/tables.h"

static struct store *store;
static struct vantage vantages[2];
static struct routes routes;
static bool loaded;

static int
begin(void **state)
{
	(void)state;
	struct error e = {0};
	memset(vantages, 0, sizeof vantages);
	strcpy(vantages[0].name, "client");
	strcpy(vantages[1].name, "server");
	loaded = false;
	store = store_create(NULL, &e);
	if (store == NULL)
		return -1;
	store_stage(store, STORE_INGEST);
	return store_exec(store,
		       "INSERT INTO source (id, name, role, kind, bytes) "
		       "VALUES "
		       "(1, 'server/ip-route.txt', 'server', 'ip-route', 1)",
		       &e)
		? 0
		: -1;
}

static int
end(void **state)
{
	(void)state;
	if (loaded)
		routes_release(&routes);
	store_free(store);
	return 0;
}

/* A setting of the server's. */
static void
say(const char *name, const char *scope, const char *value)
{
	struct error e = {0};
	struct store_setting row = store_setting_null;
	static int64_t line;
	row.source = 1;
	row.role = "server";
	row.kind = "ip-route";
	row.scope = (struct view){(const uint8_t *)scope, strlen(scope)};
	row.name = (struct view){(const uint8_t *)name, strlen(name)};
	row.value = (struct view){(const uint8_t *)value, strlen(value)};
	row.line = ++line;
	assert_true(store_insert_setting(store, &row, &e));
}

/* sysctl's values are numbers, and stand among the counters. */
static void
measure(const char *name, int64_t value)
{
	struct error e = {0};
	struct store_counter row = store_counter_null;
	row.source = 1;
	row.role = "server";
	row.kind = "sysctl";
	row.scope = "";
	row.name = name;
	row.gauge = 1;
	row.after = value;
	row.line = 1;
	assert_true(store_insert_counter(store, &row, &e));
}

/* eth0 has the address that is asked, and the default route. */
static void
two_cards(void)
{
	say("route-device", "default", "eth0");
	say("route-device", "198.51.100.0/24", "eth0");
	say("route-source", "eth0", "198.51.100.20");
	say("route-device", "192.0.2.0/24", "eth1");
}

static const char *
ask(const char *own, const char *client)
{
	struct error e = {0};
	struct ip_addr a;
	struct ip_addr b;
	if (!loaded)
		assert_true(routes_load(&routes, vantages, 2, store, &e));
	loaded = true;
	assert_true(ip_parse(own, &a) && ip_parse(client, &b));
	return routes_elsewhere(&routes, 1, a, b);
}

static void
another_card_is_named(void **state)
{
	(void)state;
	two_cards();
	const char *note = ask("198.51.100.20", "192.0.2.7");
	assert_non_null(note);
	assert_non_null(strstr(note, "by eth1, which was not captured"));
	/* The default route, and a client of the card's own network. */
	assert_null(ask("198.51.100.20", "203.0.113.9"));
	assert_null(ask("198.51.100.20", "198.51.100.9"));
}

static void
the_longest_prefix_decides(void **state)
{
	(void)state;
	two_cards();
	say("route-device", "192.0.2.7", "eth0");
	assert_null(ask("198.51.100.20", "192.0.2.7"));
	assert_non_null(ask("198.51.100.20", "192.0.2.8"));
}

/* Of equals the first; one that several cards share tells of none. */
static void
the_first_of_equals(void **state)
{
	(void)state;
	two_cards();
	say("route-device", "default", "eth2");
	say("route-device", "203.0.113.0/24", "");
	assert_null(ask("198.51.100.20", "10.0.0.1"));
	assert_null(ask("198.51.100.20", "203.0.113.9"));
}

static void
addresses_of_ip_addr(void **state)
{
	(void)state;
	say("route-device", "2001:db8:1::/64", "eth1");
	say("route-device", "192.0.2.7", "eth1");
	say("address", "eth0", "2001:db8::20/64");
	say("address", "eth0", "198.51.100.20/24");
	assert_non_null(ask("2001:db8::20", "2001:db8:1::5"));
	assert_non_null(ask("198.51.100.20", "192.0.2.7"));
	/* Nobody says which card has this address. */
	assert_null(ask("198.51.100.21", "192.0.2.7"));
}

/* route -n prints no addresses: the network that the address is in has the card,
 * where no listing of addresses says another. */
static void
networks_of_net_tools(void **state)
{
	(void)state;
	say("route-device", "default", "eth1");
	say("route-device", "198.51.100.0/24", "eth0");
	say("route-link", "198.51.100.0/24", "eth0");
	say("route-device", "203.0.113.0/24", "eth1");
	say("route-link", "203.0.113.0/24", "eth1");
	assert_non_null(ask("198.51.100.20", "192.0.2.7"));
	assert_null(ask("198.51.100.20", "198.51.100.7"));
	assert_null(ask("203.0.113.20", "192.0.2.7"));
	/* Of no network of its own. */
	assert_null(ask("10.0.0.1", "192.0.2.7"));
}

static void
an_address_is_more_than_its_network(void **state)
{
	(void)state;
	say("route-device", "default", "eth1");
	say("route-device", "198.51.100.0/24", "eth0");
	say("route-link", "198.51.100.0/24", "eth0");
	say("address", "eth1", "198.51.100.20/32");
	assert_null(ask("198.51.100.20", "192.0.2.7"));
}

static void
rules_and_filters_choose_otherwise(void **state)
{
	(void)state;
	two_cards();
	say("rule", "32765", "from 198.51.100.20 lookup 100");
	assert_null(ask("198.51.100.20", "192.0.2.7"));
}

/* It drops what it would answer by another card: no answer is elsewhere. */
static void
a_strict_filter(void **state)
{
	(void)state;
	two_cards();
	measure("net.ipv4.conf.eth0.rp_filter", 1);
	assert_null(ask("198.51.100.20", "192.0.2.7"));
}

static void
a_loose_filter(void **state)
{
	(void)state;
	two_cards();
	measure("net.ipv4.conf.all.rp_filter", 2);
	assert_non_null(ask("198.51.100.20", "192.0.2.7"));
}

static void
the_card_was_captured(void **state)
{
	(void)state;
	two_cards();
	vantages[1].cards_count = 1;
	strcpy(vantages[1].cards[0].name, "eth1");
	assert_null(ask("198.51.100.20", "192.0.2.7"));
	strcpy(vantages[1].cards[0].name, "eth0");
	assert_non_null(ask("198.51.100.20", "192.0.2.7"));
	/* Cooked, without cards: of all of them, as a rule. */
	vantages[1].cards_count = 0;
	vantages[1].shows_ways = true;
	assert_null(ask("198.51.100.20", "192.0.2.7"));
}

static void
tags_of_one_wire(void **state)
{
	(void)state;
	say("route-source", "eth0.10", "198.51.100.20");
	say("route-device", "192.0.2.0/24", "eth0.20");
	assert_null(ask("198.51.100.20", "192.0.2.7"));
}

static void
what_is_no_route(void **state)
{
	(void)state;
	two_cards();
	say("route-device", "192.0.2.7/999", "eth0");
	say("route-device", "192.0.2.7/-3", "eth0");
	say("route-device", "nonsense", "eth0");
	assert_non_null(ask("198.51.100.20", "192.0.2.7"));
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(another_card_is_named),
		STORY(the_longest_prefix_decides),
		STORY(the_first_of_equals),
		STORY(networks_of_net_tools),
		STORY(an_address_is_more_than_its_network),
		STORY(addresses_of_ip_addr),
		STORY(rules_and_filters_choose_otherwise),
		STORY(a_strict_filter),
		STORY(a_loose_filter),
		STORY(the_card_was_captured),
		STORY(tags_of_one_wire),
		STORY(what_is_no_route),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
