/* SPDX-License-Identifier: GPL-2.0 */
/* Two models of the tool that have to say the same. Include fuzz.h first. */
#ifndef _FUZZ_SAME_H
#define _FUZZ_SAME_H

#include "lib/model.h"

/* All but the forwards, which not every way between them carries. */
static void same_device(const struct device *a, const struct device *b)
{
	size_t i, j;

	must(a->listen_port == b->listen_port && a->fwmark == b->fwmark);
	must(a->answer_unreachable == b->answer_unreachable);
	must(a->n_peers == b->n_peers);
	must(!memcmp(a->private_key, b->private_key, KEY_LEN));
	for (i = 0; i < a->n_peers; i++) {
		const struct peer *p = &a->peers[i], *q = &b->peers[i];

		must(!memcmp(p->public_key, q->public_key, KEY_LEN));
		must(!memcmp(p->preshared_key, q->preshared_key, KEY_LEN));
		must(p->keepalive == q->keepalive && p->n_ips == q->n_ips);
		must(!memcmp(&p->endpoint, &q->endpoint, sizeof(p->endpoint)));
		for (j = 0; j < p->n_ips; j++)
			must(allowed_ip_equal(&p->ips[j], &q->ips[j]));
	}
}

#endif
