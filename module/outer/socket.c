// SPDX-License-Identifier: GPL-2.0
/* Outer UDP sockets: opening, closing, routing and sending. */
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/security.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

#include "socket.h"

/*
 * Looks up a route to the peer, with the local address that its last message came to as
 * the source. An error does not tell whether that source address is the cause. So the
 * source address is given up, and @source_lost set, in any of these cases: the address
 * is no longer local; the lookup fails with -EINVAL; or the route leaves through another
 * interface than the peer's last message came by.
 */
static struct rtable *route4(struct sock *sk, struct naawg_address *to, u32 mark,
			     struct flowi4 *fl, bool *source_lost)
{
	struct net *net = sock_net(sk);
	struct rtable *rt;

	*fl = (struct flowi4) {
		.saddr = to->src4.s_addr,
		.daddr = to->addr4.sin_addr.s_addr,
		.fl4_dport = to->addr4.sin_port,
		.fl4_sport = inet_sk(sk)->inet_sport,
		.flowi4_mark = mark,
		.flowi4_proto = IPPROTO_UDP,
	};
	if (fl->saddr &&
	    !inet_confirm_addr(net, NULL, 0, fl->saddr, RT_SCOPE_HOST)) {
		*source_lost = true;
		fl->saddr = 0;
	}
	security_sk_classify_flow(sk, flowi4_to_flowi_common(fl));
	rt = ip_route_output_flow(net, fl, sk);
	if (!to->src_if || *source_lost)
		return rt;
	if (IS_ERR(rt) ? PTR_ERR(rt) != -EINVAL :
			 rt->dst.dev->ifindex == to->src_if)
		return rt;
	if (!IS_ERR(rt))
		ip_rt_put(rt);
	*source_lost = true;
	fl->saddr = 0;
	return ip_route_output_flow(net, fl, sk);
}

static enum naawg_reason send4(struct naawg_dev *dev, struct sock *sk,
			       struct naawg_address *to,
			       struct naawg_endpoint *ep, struct sk_buff *skb,
			       u8 ds)
{
	bool source_lost = false;
	struct rtable *rt = NULL;
	struct flowi4 fl = {};

	if (ep)
		rt = dst_cache_get_ip4(&ep->cache, &fl.saddr);
	if (!rt) {
		rt = route4(sk, to, READ_ONCE(dev->fwmark), &fl, &source_lost);
		if (source_lost && ep)
			naawg_endpoint_forget_source(ep);
		if (IS_ERR(rt)) {
			kfree_skb(skb);
			return NAAWG_R_NO_ROUTE;
		}
		if (ep)
			naawg_endpoint_keep_route4(ep, to, rt, fl.saddr);
	}
	udp_tunnel_xmit_skb(rt, sk, skb, fl.saddr, to->addr4.sin_addr.s_addr,
			    ds, ip4_dst_hoplimit(&rt->dst), 0,
			    inet_sk(sk)->inet_sport, to->addr4.sin_port,
			    false, false, 0);
	return NAAWG_OK;
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *route6(struct sock *sk, struct naawg_address *to,
				u32 mark, struct flowi6 *fl, bool *source_lost)
{
	struct net *net = sock_net(sk);

	*fl = (struct flowi6) {
		.saddr = to->src6,
		.daddr = to->addr6.sin6_addr,
		.fl6_dport = to->addr6.sin6_port,
		.fl6_sport = inet_sk(sk)->inet_sport,
		.flowi6_mark = mark,
		.flowi6_oif = to->addr6.sin6_scope_id,
		.flowi6_proto = IPPROTO_UDP,
	};
	if (!ipv6_addr_any(&fl->saddr) &&
	    !ipv6_chk_addr(net, &fl->saddr, NULL, 0)) {
		*source_lost = true;
		fl->saddr = in6addr_any;
	}
	security_sk_classify_flow(sk, flowi6_to_flowi_common(fl));
	return ip6_dst_lookup_flow(net, sk, fl, NULL);
}

static enum naawg_reason send6(struct naawg_dev *dev, struct sock *sk,
			       struct naawg_address *to,
			       struct naawg_endpoint *ep, struct sk_buff *skb,
			       u8 ds)
{
	struct dst_entry *dst = NULL;
	bool source_lost = false;
	struct flowi6 fl = {};

	if (ep)
		dst = dst_cache_get_ip6(&ep->cache, &fl.saddr);
	if (!dst) {
		dst = route6(sk, to, READ_ONCE(dev->fwmark), &fl, &source_lost);
		if (source_lost && ep)
			naawg_endpoint_forget_source(ep);
		if (IS_ERR(dst)) {
			kfree_skb(skb);
			return NAAWG_R_NO_ROUTE;
		}
		if (ep)
			naawg_endpoint_keep_route6(ep, to, dst, &fl.saddr);
	}
	udp_tunnel6_xmit_skb(dst, sk, skb, NULL, &fl.saddr,
			     &to->addr6.sin6_addr, ds, ip6_dst_hoplimit(dst), 0,
			     inet_sk(sk)->inet_sport, to->addr6.sin6_port,
			     false, 0);
	return NAAWG_OK;
}
#else
static enum naawg_reason send6(struct naawg_dev *dev, struct sock *sk,
			       struct naawg_address *to,
			       struct naawg_endpoint *ep, struct sk_buff *skb,
			       u8 ds)
{
	kfree_skb(skb);
	return NAAWG_R_NO_SOCKET;
}
#endif

/*
 * Consumes @skb. @ep is NULL for a reply to a sender that is not a peer. The
 * caller has bottom halves off.
 */
static enum naawg_reason send_to(struct naawg_dev *dev,
				 struct naawg_address *to,
				 struct naawg_endpoint *ep,
				 struct sk_buff *skb, u8 ds)
{
	enum naawg_reason reason = NAAWG_R_NO_SOCKET;
	unsigned int packets = naawg_packets_in(skb);
	unsigned int len = skb->len;
	struct sock *sk;

	/*
	 * With a device set, the IP layers would also count the datagram there,
	 * with a different length.
	 */
	skb->dev = NULL;
	skb->mark = READ_ONCE(dev->fwmark);
	skb->ignore_df = 1;

	rcu_read_lock();
	if (to->addr.sa_family == AF_INET)
		sk = rcu_dereference(dev->sock4);
	else
		sk = rcu_dereference(dev->sock6);
	if (!sk)
		kfree_skb(skb);
	else if (to->addr.sa_family == AF_INET)
		reason = send4(dev, sk, to, ep, skb, ds);
	else
		reason = send6(dev, sk, to, ep, skb, ds);
	if (!reason)
		dev_sw_netstats_tx_add(dev->netdev, packets, len);
	rcu_read_unlock();
	return reason;
}

/**
 * naawg_socket_send() - send a message to the endpoint of a peer
 * @peer: the peer
 * @skb: the message with NAAWG_HEADROOM before it; consumed
 * @ds: DS field of the outer packet
 *
 * Context: process or softirq.
 * Return: NAAWG_OK, or why it was not sent.
 */
enum naawg_reason naawg_socket_send(struct naawg_peer *peer,
				    struct sk_buff *skb, u8 ds)
{
	unsigned int len = skb->len;
	struct naawg_address to;
	enum naawg_reason reason;

	/* a route that this CPU caches must belong to the address read here */
	local_bh_disable();
	naawg_endpoint_get(&peer->endpoint, &to);
	if (to.addr.sa_family == AF_UNSPEC) {
		kfree_skb(skb);
		reason = NAAWG_R_NO_ENDPOINT;
	} else {
		reason = send_to(peer->dev, &to, &peer->endpoint, skb, ds);
	}
	local_bh_enable();
	if (!reason) {
		atomic64_add(len, &peer->tx_bytes);
		naawg_peer_stamp(&peer->last_tx);
	}
	return reason;
}

static struct sk_buff *message_skb(const void *msg, size_t len, gfp_t gfp)
{
	struct sk_buff *skb = alloc_skb(NAAWG_HEADROOM + len, gfp);

	if (!skb)
		return NULL;
	skb_reserve(skb, NAAWG_HEADROOM);
	skb_put_data(skb, msg, len);
	skb_set_inner_network_header(skb, 0);
	return skb;
}

/**
 * naawg_socket_send_message() - send a handshake message to a peer
 * @peer: the peer
 * @msg: the message
 * @len: its length
 *
 * Context: process.
 * Return: NAAWG_OK, or why it was not sent.
 */
enum naawg_reason naawg_socket_send_message(struct naawg_peer *peer,
					    const void *msg, size_t len)
{
	struct sk_buff *skb = message_skb(msg, len, GFP_KERNEL);

	if (!skb)
		return NAAWG_R_NO_MEMORY;
	return naawg_socket_send(peer, skb, NAAWG_HANDSHAKE_DS);
}

/**
 * naawg_socket_reply() - reply to a sender that may not be a peer
 * @dev: the device
 * @to: received message to reply to
 * @msg: the reply
 * @len: length of @msg
 *
 * Context: process or softirq.
 * Return: NAAWG_OK, or why it was not sent.
 */
enum naawg_reason naawg_socket_reply(struct naawg_dev *dev,
				     const struct sk_buff *to,
				     const void *msg, size_t len)
{
	struct naawg_address address;
	enum naawg_reason reason;
	struct sk_buff *skb;

	if (!naawg_address_of(&address, to))
		return NAAWG_R_MALFORMED;
	skb = message_skb(msg, len, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NAAWG_R_NO_MEMORY;
	local_bh_disable();
	reason = send_to(dev, &address, NULL, skb, NAAWG_HANDSHAKE_DS);
	local_bh_enable();
	return reason;
}

static struct sock *make_socket(struct naawg_dev *dev, struct udp_port_cfg *cfg,
				const struct naawg_receivers *receivers)
{
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = dev,
		.encap_type = 1,
		.encap_rcv = receivers->datagram,
		.gro_receive = receivers->gro,
	};
	struct socket *sock;
	int err;

	err = udp_sock_create(dev->birth_net, cfg, &sock);
	if (err == -ENFILE)	/* no memory for the inode of the socket */
		err = -ENOMEM;
	if (err)
		return ERR_PTR(err);
	sock->sk->sk_allocation = GFP_ATOMIC;
	sock->sk->sk_sndbuf = INT_MAX;
	sk_set_memalloc(sock->sk);
	setup_udp_tunnel_sock(dev->birth_net, sock->sk, &tunnel);
	/*
	 * setup_udp_tunnel_sock() enables the conversion of checksums, which
	 * helps only inner packets that are not encrypted. So disable it again.
	 * The count is in the socket and is freed with it.
	 */
	inet_dec_convert_csum(sock->sk);
	udp_allow_gso(sock->sk);
	return sock->sk;
}

static void release_socket(struct sock *sk)
{
	if (!sk)
		return;
	sk_clear_memalloc(sk);
	udp_tunnel_sock_release(sk);
}

/*
 * With port 0 the kernel picks a port for the IPv4 socket. If another IPv6
 * socket has that port, the kernel picks another one, up to 100 times.
 */
static int make_sockets(struct naawg_dev *dev, u16 port, struct sock **sk4,
			struct sock **sk6,
			const struct naawg_receivers *receivers)
{
	struct udp_port_cfg cfg4 = {
		.family = AF_INET,
		.local_ip.s_addr = htonl(INADDR_ANY),
		.local_udp_port = htons(port),
		.use_udp_checksums = true,
	};
	int tries = port ? 1 : 100;
	struct sock *sk;

	*sk6 = NULL;
again:
	sk = make_socket(dev, &cfg4, receivers);
	if (IS_ERR(sk))
		return PTR_ERR(sk);
	*sk4 = sk;
#if IS_ENABLED(CONFIG_IPV6)
	if (ipv6_mod_enabled()) {
		struct udp_port_cfg cfg6 = {
			.family = AF_INET6,
			.local_ip6 = IN6ADDR_ANY_INIT,
			.local_udp_port = inet_sk(sk)->inet_sport,
			.use_udp6_tx_checksums = true,
			.use_udp6_rx_checksums = true,
			.ipv6_v6only = true,
		};

		*sk6 = make_socket(dev, &cfg6, receivers);
		if (IS_ERR(*sk6)) {
			int err = PTR_ERR(*sk6);

			*sk6 = NULL;
			release_socket(*sk4);
			*sk4 = NULL;
			if (err == -EADDRINUSE && --tries)
				goto again;
			return err;
		}
	}
#endif
	return 0;
}

/**
 * naawg_socket_open() - open the sockets and close the previous ones
 * @dev: the device; its port is set to that of the new sockets
 * @port: UDP port, 0 to let the kernel pick one
 * @receivers: callbacks for received datagrams
 *
 * On failure the device keeps its previous sockets.
 *
 * Context: process, dev->config held.
 * Return: 0, -ENONET if the namespace of birth is gone, or another error.
 */
int naawg_socket_open(struct naawg_dev *dev, u16 port,
		      const struct naawg_receivers *receivers)
{
	struct sock *sk4 = NULL, *sk6 = NULL;
	int err;

	lockdep_assert_held(&dev->config);
	if (!dev->birth_net)
		return -ENONET;
	err = make_sockets(dev, port, &sk4, &sk6, receivers);
	if (err)
		return err;
	naawg_socket_close(dev);
	dev->port = ntohs(inet_sk(sk4)->inet_sport);
	rcu_assign_pointer(dev->sock4, sk4);
	rcu_assign_pointer(dev->sock6, sk6);
	return 0;
}

/**
 * naawg_socket_close() - close the sockets, if there are any
 * @dev: the device
 *
 * After this function returns, the device receives no datagram.
 *
 * Context: process, dev->config held.
 */
void naawg_socket_close(struct naawg_dev *dev)
{
	struct sock *sk4, *sk6;

	sk4 = rcu_replace_pointer(dev->sock4, NULL,
				  lockdep_is_held(&dev->config));
	sk6 = rcu_replace_pointer(dev->sock6, NULL,
				  lockdep_is_held(&dev->config));
	if (!sk4 && !sk6)
		return;
	/* wait for senders before the release, and for receivers after it */
	synchronize_net();
	release_socket(sk4);
	release_socket(sk6);
	synchronize_net();
}
