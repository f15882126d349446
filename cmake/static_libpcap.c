/*
 * Where libpcap's archive is linked in: it can capture from D-Bus, and Debian's
 * wants libdbus and libsystemd for that, which are not there to be linked in. This
 * program captures nothing; these two stand in the place of that module.
 *
 * cite: libpcap 1.10 pcap-dbus.h
 */
#include <stddef.h>

struct pcap;
struct pcap_if_list;

struct pcap *dbus_create(const char *device, char *error, int *is_ours);
int dbus_findalldevs(struct pcap_if_list *list, char *error);

struct pcap *
dbus_create(const char *device, char *error, int *is_ours)
{
	(void)device;
	(void)error;
	*is_ours = 0;
	return NULL;
}

int
dbus_findalldevs(struct pcap_if_list *list, char *error)
{
	(void)list;
	(void)error;
	return 0;
}
