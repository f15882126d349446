/*
 * Names of services: see service.h.
 */
#include "parsers/service.h"

static const struct {
	const char *name;
	const char *port;
} services[] = {
#define X(name, port) {name, #port},
#include "parsers/services.def"
#undef X
};

struct view
service_port(struct view name)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (view_is(name, services[i].name))
			return view_str(services[i].port);
	return view_of(NULL, 0);
}
