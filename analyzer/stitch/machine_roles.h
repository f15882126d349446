/*
 * Which machine is client and which is server of which service.
 *
 * Roles belong to a service: of three machines that call each other each is
 * both. What shows one, the surest first:
 *
 *	capture  its capture stands at that end of the service's attempts
 *	address  its own files name the address of that end
 *	name     the service is called as the machine is
 *	listens  it listens on the service's port; sure where it is the only
 *	         machine of the case that could be the server
 *	reports  its programs say that they could not connect to the service
 *	left     the only machine that nothing shows to be another end; never
 *	         sure
 */
#ifndef STITCH_MACHINE_ROLES_H
#define STITCH_MACHINE_ROLES_H

#include "base/error.h"
#include "store/store.h"

/* Write the rows of machine_role: behind standing_write and reported_write. */
bool machine_roles_write(struct store *s, struct error *e);

#endif
