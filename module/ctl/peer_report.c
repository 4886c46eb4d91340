// SPDX-License-Identifier: GPL-2.0
/* Netlink notifications about peers. */
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "../handshake/notify.h"
#include "multicast.h"
#include "netlink_gen.h"
#include "netlink_put.h"
#include "peer_report.h"

static const u8 cmd_of[NAAWG_NTF_COUNT] = {
	[NAAWG_NTF_ENDPOINT] = NAAWG_CMD_PEER_ENDPOINT_NTF,
	[NAAWG_NTF_SESSION] = NAAWG_CMD_PEER_SESSION_NTF,
	[NAAWG_NTF_GIVEN_UP] = NAAWG_CMD_PEER_GIVEN_UP_NTF,
};

static int put_ntf_peer(struct sk_buff *skb, struct naawg_peer *peer)
{
	struct nlattr *nest = nla_nest_start(skb, NAAWG_A_DEVICE_PEERS);

	if (!nest ||
	    nla_put(skb, NAAWG_A_PEER_PUBLIC_KEY, NAAWG_KEY_LEN,
		    peer->pubkey.key) ||
	    naawg_netlink_put_endpoint(skb, peer) ||
	    naawg_netlink_put_handshake(skb, peer))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static struct sk_buff *build_peer_ntf(struct naawg_peer *peer, u8 cmd)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return NULL;
	header = genlmsg_put(skb, 0, 0, &naawg_nl_family, 0, cmd);
	if (!header || naawg_netlink_put_name(skb, peer->dev) ||
	    put_ntf_peer(skb, peer)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

/**
 * naawg_peer_report_work() - send the pending notifications about a peer
 * @work: ntf_work of the peer; drops the reference that it was queued with
 *
 * Context: process.
 */
void naawg_peer_report_work(struct work_struct *work)
{
	struct naawg_peer *peer =
		container_of(work, struct naawg_peer, ntf_work);
	unsigned long ntf = xchg(&peer->ntf, 0);
	unsigned int kind;

	for_each_set_bit(kind, &ntf, NAAWG_NTF_COUNT)
		naawg_multicast_send(peer->dev, build_peer_ntf(peer, cmd_of[kind]));
	naawg_peer_put(peer);
}

/**
 * naawg_peer_report_setup() - register for events of peers
 *
 * Context: process; before the first device.
 */
void naawg_peer_report_setup(void)
{
	naawg_notify_setup(naawg_multicast_is_wanted);
}
