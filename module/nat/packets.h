/* SPDX-License-Identifier: GPL-2.0 */
/* Netfilter hooks for forwards and forbidden networks. */
#ifndef _NAAWG_PACKETS_H
#define _NAAWG_PACKETS_H

#include <linux/netfilter.h>

#include "../state/dev.h"

#define NAAWG_NAT_OPS		(IS_ENABLED(CONFIG_IPV6) ? 4 : 2)
#define NAAWG_PACKET_OPS	(IS_ENABLED(CONFIG_IPV6) ? 8 : 4)

extern const struct nf_hook_ops naawg_nat_ops[NAAWG_NAT_OPS];
extern const struct nf_hook_ops naawg_packet_ops[NAAWG_PACKET_OPS];

void naawg_packets_setup(const struct net_device_ops *link_ops);
struct naawg_dev *naawg_packets_dev(const struct net_device *netdev);

#endif
