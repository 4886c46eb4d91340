/* SPDX-License-Identifier: GPL-2.0 */
/* Prints metrics of port forwards. */

#ifndef NAAWG_METRICS_FORWARD_METRICS_H
#define NAAWG_METRICS_FORWARD_METRICS_H

#include "metrics/prom.h"
#include "metrics/scrape.h"

void forward_metrics_print(struct prom *prom, const struct scrape *scrape);

/* The ports of the interface, and the destination, of a forward. */
#define FORWARD_PORTS_LEN	sizeof("65535-65535")
#define FORWARD_TO_LEN		(INET6_ADDRSTRLEN + sizeof("[]:65535"))

void forward_ports(char text[static FORWARD_PORTS_LEN], const struct forward *forward);
void forward_to(char text[static FORWARD_TO_LEN], const struct forward *forward);

#endif
