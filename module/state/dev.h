/* SPDX-License-Identifier: GPL-2.0 */
/* Device: state of one naawg link, the locks of the module and their order. */
#ifndef _NAAWG_DEV_H
#define _NAAWG_DEV_H

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rwsem.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "../core/macs.h"
#include "../core/noise.h"
#include "../core/reply_budget.h"
#include "../core/reason.h"
#include "../table/allowedips.h"
#include "../table/known_sources.h"
#include "../table/forbidden.h"
#include "../table/indices.h"
#include "../table/pubkeys.h"
#include "../table/ratelimit.h"
#include "debug_log.h"
#include "staging.h"

/**
 * DOC: locking
 *
 * All locks of the module. A function may take a lock while it holds those above it.
 * The last group are leaves: they are held for a few instructions with bottom halves
 * off, and a CPU holds one of them at a time.
 *
 *   rtnl                    creation, removal, up and down of links
 *   dev.config              configuration of a device
 *   dev.identity_lock       the key pair of a device; a rw semaphore
 *   peer.handshake_lock     the handshake of a peer
 *   hooks_lock              hooks of a namespace (nat/hooks.c)
 *
 *   sessions.lock           slots of a peer's sessions
 *   endpoint.lock           address of a peer
 *   timers.lock             timers of a peer
 *   session.replay_lock     replay window of a session
 *   staging.lock            staged packets of all peers of a device
 *   peer.held.lock          held packets of a peer
 *   hold.lock               peers that a CPU flushes when its softirq ends
 *   dev.cookie_lock         secret of the cookies
 *   ratelimit.lock          token buckets of sources
 *   callers.lock            hosts that called and are no peers
 *   timestamps_lock         newest timestamp of all devices (handshake/handshake.c)
 *   rxq_order.list.lock     received data messages of a CPU
 *   dev.handshakes.lock     received handshake messages
 *
 * The data path takes only leaves. It runs under RCU with bottom halves off, borrows
 * peers and sessions from the tables, and does not keep them longer. Work that sleeps
 * holds a reference to the peer instead. ctl/peers.c explains how a peer is removed.
 */

struct naawg_hold;
struct naawg_gro_cache;
struct naawg_rxq;
struct naawg_steer_group;
struct naawg_callers;
struct naawg_forwards;
struct naawg_gso_hook;
struct naawg_worker;

/**
 * struct naawg_own_macs - mac keys of our identity, for readers in softirq
 * @keys: the keys
 * @rcu: for freeing
 */
struct naawg_own_macs {
	struct naawg_mac_keys keys;
	struct rcu_head rcu;
};

/**
 * enum naawg_counter - counters of a device, besides those of reasons
 *
 * counter_list.h has the meaning of each counter.
 */
enum naawg_counter {
#define NAAWG_COUNTER(symbol, ...) NAAWG_C_##symbol,
#include "counter_list.h"
#undef NAAWG_COUNTER
	NAAWG_COUNTER_COUNT
};

/**
 * struct naawg_counters - counters of one CPU
 * @reason: counters of reasons
 * @batch: all other counters; those with a value elsewhere stay 0
 */
struct naawg_counters {
	u64 reason[NAAWG_REASON_COUNT];
	u64 batch[NAAWG_COUNTER_COUNT];
};

/**
 * struct naawg_dev - private part of a naawg net_device
 * @netdev: the device; set once
 * @link: link in the list of all devices (rtnl)
 * @config: serialises configuration changes
 * @serial: number that no other device ever has; set once
 * @birth_net: namespace in which the link was created and the sockets are, NULL
 *	after it was destroyed (@config)
 * @running: true between ndo_open and ndo_stop (@config)
 * @port: UDP port of the sockets, host order (@config)
 * @fwmark: mark of outer packets (written under @config, read anywhere)
 * @answer_unreachable: answer packets for an unreachable peer with ICMP (written
 *	under @config, read anywhere)
 * @sock4: IPv4 socket (RCU, written under @config)
 * @sock6: IPv6 socket (RCU, written under @config)
 * @gso_hook: netfilter hooks that receive GSO packets, NULL while closed (@config)
 * @identity_lock: readers use @identity; a writer changes @identity and the
 *	handshakes of all peers
 * @identity: our key pair (@identity_lock)
 * @own_macs: mac keys of @identity, NULL without one (RCU, @config)
 * @cookie_lock: protects @cookie_birth and @cookie_secret
 * @cookie_birth: time at which @cookie_secret was drawn, ns, 0 for never
 * @cookie_secret: key of the cookies that we give; secret
 * @peers: all peers in the order they were added (@config)
 * @peer_count: number of peers (@config)
 * @peer_ids: tree of all peers by id (@config)
 * @next_peer_id: id of the newest peer (@config)
 * @generation: number that grows with every change to data of a dump (@config)
 * @allowedips: table from inner addresses to peers (RCU, @config)
 * @forbidden: networks that peers may not reach, NULL for none (RCU, @config)
 * @pubkeys: table from static keys to peers (RCU, @config)
 * @indices: table from receiver indices to sessions (RCU, own locks)
 * @ratelimit: rate limit of handshakes per source (own lock)
 * @staging: packets that wait for sessions (own lock)
 * @rxqs: per-CPU queues of received data messages; set once
 * @steer_groups: per group of peers, the CPU that decrypts its messages; set once
 * @gro_cache: per-CPU cache of local addresses of received datagrams; set once
 * @holds: per-CPU lists of peers with held packets; set once
 * @handshakes: received handshake messages (own lock)
 * @workers: workers that process @handshakes; set once
 * @worker_turn: counter that chooses the next worker (racy on purpose)
 * @reply_budget: limit of cookie replies under load (racy on purpose)
 * @known_sources: sources of recently authenticated peers (racy on purpose)
 * @callers: hosts that called and are no peers (own lock); set once
 * @forwards: port forwards; set once
 * @counters: per-CPU counters; set once
 */
struct naawg_dev {
	struct net_device *netdev;
	struct list_head link;

	struct mutex config; /* see DOC: locking */
	u64 serial;
	struct net *birth_net;
	bool running;
	u16 port;
	u32 fwmark;
	bool answer_unreachable;
	struct sock __rcu *sock4;
	struct sock __rcu *sock6;
	struct naawg_gso_hook *gso_hook;

	struct rw_semaphore identity_lock;
	struct naawg_identity identity;
	struct naawg_own_macs __rcu *own_macs;

	spinlock_t cookie_lock; /* leaf */
	/* not @cookie_secret: gcc takes an array after a lock of size 0 for empty */
	u64 cookie_birth;
	u8 cookie_secret[NAAWG_KEY_SIZE];

	struct list_head peers;
	unsigned int peer_count;
	struct rb_root peer_ids;
	u64 next_peer_id;
	u64 generation;

	struct naawg_allowedips allowedips;
	struct naawg_forbidden __rcu *forbidden;
	struct naawg_pubkeys pubkeys;
	struct naawg_indices indices;
	struct naawg_ratelimit ratelimit;

	struct naawg_staging staging;
	struct naawg_rxq __percpu *rxqs;
	struct naawg_steer_group *steer_groups;
	struct naawg_gro_cache __percpu *gro_cache;
	struct naawg_hold __percpu *holds;
	struct sk_buff_head handshakes;
	struct naawg_worker *workers;
	unsigned int worker_turn;
	struct naawg_reply_budget reply_budget;
	struct naawg_known_sources known_sources;

	struct naawg_callers *callers;
	struct naawg_forwards *forwards;

	struct naawg_counters __percpu *counters;
};

/* Speed of the protocol's timers as a multiple of the usual one, for tests. */
#ifdef NAAWG_DEBUG
extern unsigned int naawg_time_scale;
#else
#define naawg_time_scale	1U
#endif

/*
 * Current time in nanoseconds, never 0. The clock counts suspend, as keys must age
 * while the machine sleeps.
 */
static inline u64 naawg_now(void)
{
	return ktime_get_coarse_boottime_ns() * naawg_time_scale + 1;
}

static inline void naawg_reason_add(struct naawg_dev *dev,
				    enum naawg_reason reason, unsigned int n)
{
	this_cpu_add(dev->counters->reason[reason], n);
	naawg_debug_reason(dev->netdev, reason, n);
}

static inline void naawg_counter_add(struct naawg_dev *dev,
				     enum naawg_counter counter, unsigned int n)
{
	this_cpu_add(dev->counters->batch[counter], n);
}

const char *naawg_counter_name(enum naawg_counter counter);
u64 naawg_counter_total(const struct naawg_dev *dev,
			enum naawg_counter counter);
u64 naawg_reason_total(const struct naawg_dev *dev, enum naawg_reason reason);
unsigned int naawg_packets_in(const struct sk_buff *skb);
u32 naawg_bytes_in(const struct sk_buff *skb);
void naawg_drop_inner(struct naawg_dev *dev, struct sk_buff *skb,
		      enum naawg_reason reason);
void naawg_refuse_outer(struct naawg_dev *dev, enum naawg_reason reason);
void naawg_drop_outer(struct naawg_dev *dev, struct sk_buff *skb,
		      enum naawg_reason reason);

#endif
