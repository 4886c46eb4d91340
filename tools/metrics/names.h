/* SPDX-License-Identifier: GPL-2.0 */
/* The page of metrics, under the names of naawg or of another exporter. */

#ifndef NAAWG_METRICS_NAMES_H
#define NAAWG_METRICS_NAMES_H

#include <stdbool.h>
#include <stdio.h>

#include "metrics/scrape.h"

/* Prints metrics of the first @peers_max peers of each interface. */
typedef void (*names_print)(FILE *out, const struct scrape *scrape, size_t peers_max);

void names_naawg(FILE *out, const struct scrape *scrape, size_t peers_max);

/* Those of github.com/mdlayher/wireguard_exporter, as far as every user may know them. */
void names_mdlayher(FILE *out, const struct scrape *scrape, size_t peers_max);

/* Those of github.com/MindFlavor/prometheus_wireguard_exporter, likewise. */
void names_mindflavor(FILE *out, const struct scrape *scrape, size_t peers_max);

/* Finds naawg, mdlayher or mindflavor; NULL: there are no such names. */
names_print names_find(const char *word);

#endif
