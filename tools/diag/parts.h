/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a diagnosis. Each adds what it finds to @facts->found. */

#ifndef NAAWG_DIAG_PARTS_H
#define NAAWG_DIAG_PARTS_H

#include "diag/facts.h"

/* The request for the state of @name failed with @error. */
void diag_no_state(struct findings *found, const char *name, int error);

/* Port, link, private key. False: nothing else can work. */
bool diag_link(struct facts *facts);
/* Addresses of the interface, and networks of other interfaces. */
void diag_nets(struct facts *facts);
/* Ways to the allowed IPs. */
void diag_ways(struct facts *facts);
/* Endpoints: names, ways, and what the network reports. */
void diag_endpoints(struct facts *facts);
/* Keys, from callers and reasons. */
void diag_keys(struct facts *facts);
/* Clocks, peers without an endpoint, peers that do not answer. Call this last of these. */
void diag_peers(struct facts *facts);
/* Packets of peers with a session that are dropped. */
void diag_data(struct facts *facts);
/* Rules of this host that dropped packets of the tunnel. */
void diag_firewall(struct facts *facts);
void diag_forwards(struct facts *facts);
void diag_flood(struct facts *facts);
/* MTUs, and with --probe the sizes that pass. */
void diag_mtu(struct facts *facts);
/* Name servers behind the tunnel, and with --probe all of them. */
void diag_names(struct facts *facts);

/* Adds to each command the file that has to have the same change. Call this last. */
void diag_lasting(struct findings *found, const char *name);

#endif
