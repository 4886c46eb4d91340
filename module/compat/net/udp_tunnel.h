/* SPDX-License-Identifier: GPL-2.0 */
/* UDP tunnels: 6.17 added a last argument for sending, 7.1.5 uses struct sock. */
#ifndef _NAAWG_COMPAT_NET_UDP_TUNNEL_H
#define _NAAWG_COMPAT_NET_UDP_TUNNEL_H

#include_next <net/udp_tunnel.h>

#ifdef NAAWG_COMPAT_UDP_TUNNEL_FLAGS
#define udp_tunnel_xmit_skb(rt, sk, skb, src, dst, tos, ttl, df, sport,	\
			    dport, xnet, nocheck, flags)		\
	udp_tunnel_xmit_skb(rt, sk, skb, src, dst, tos, ttl, df, sport,	\
			    dport, xnet, nocheck)
#endif

#ifdef NAAWG_COMPAT_UDP_TUNNEL6_FLAGS
#define udp_tunnel6_xmit_skb(dst, sk, skb, dev, saddr, daddr, prio, ttl,	\
			     label, sport, dport, nocheck, flags)	\
	udp_tunnel6_xmit_skb(dst, sk, skb, dev, saddr, daddr, prio, ttl,	\
			     label, sport, dport, nocheck)
#endif

#ifdef NAAWG_COMPAT_UDP_TUNNEL_SOCKET
#define setup_udp_tunnel_sock(net, sk, cfg)	\
	setup_udp_tunnel_sock(net, (sk)->sk_socket, cfg)
#endif

#ifdef NAAWG_COMPAT_UDP_TUNNEL_RELEASE
#define udp_tunnel_sock_release(sk) udp_tunnel_sock_release((sk)->sk_socket)
#endif

#endif
