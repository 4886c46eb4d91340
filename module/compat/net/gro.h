/* SPDX-License-Identifier: GPL-2.0 */
/* GRO: before 6.10 the network layer recorded its verdict in the held packet. */
#ifndef _NAAWG_COMPAT_NET_GRO_H
#define _NAAWG_COMPAT_NET_GRO_H

#include_next <net/gro.h>

#ifdef NAAWG_COMPAT_GRO_FLUSH
static inline int gro_receive_network_flush(const void *th, const void *th2,
					    struct sk_buff *p)
{
	struct napi_gro_cb *held = NAPI_GRO_CB(p);

	/* the second packet shows if all packets have the same identification */
	if (held->flush_id == 1 && held->count == 1 && held->is_atomic) {
		held->is_atomic = false;
		return held->flush;
	}
	return held->flush | held->flush_id;
}
#endif

#ifdef NAAWG_COMPAT_GRO_OFFSET
static inline int skb_gro_receive_network_offset(const struct sk_buff *skb)
{
	return skb_network_offset(skb);
}
#endif

#endif
