// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that come together leave together. Nothing waits for time to pass:
 * what a softirq brings waits for the end of the softirq, what one sendmmsg()
 * brings for its return. Who sends to the same peer meanwhile sends what waits
 * first, so order is kept.
 */
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <linux/unistd.h>
#include <net/sock.h>
#ifdef CONFIG_HAVE_ARCH_TRACEHOOK
#include <asm/syscall.h>
#endif

#include "hold.h"
#include "../outer/packet.h"

/**
 * struct naawg_hold_work - a task in a sendmmsg() some of whose packets wait
 * @work: runs when the call returns
 * @task: the task
 * @peer: what they wait at; NULL once the peer has let go of this
 * @flush: sends what the peer has waiting
 */
struct naawg_hold_work {
	struct callback_head work;
	struct task_struct *task;
	struct naawg_peer *peer;
	void (*flush)(struct naawg_peer *peer);
};

static int naawg_hold_poll(struct napi_struct *napi, int budget)
{
	struct naawg_hold *hold =
		container_of(napi, struct naawg_hold, napi);
	struct naawg_peer *peers[NAAWG_HOLD_PEERS];
	unsigned int count, i;

	/* netpoll, with interrupts off: it must not send here */
	if (unlikely(!budget))
		return 0;
	spin_lock_bh(&hold->lock);
	count = hold->count;
	memcpy(peers, hold->peers, count * sizeof(peers[0]));
	hold->count = 0;
	spin_unlock_bh(&hold->lock);
	for (i = 0; i < count; i++) {
		hold->flush(peers[i]);
		naawg_peer_put(peers[i]);
	}
	/* whoever holds back more schedules anew */
	napi_complete_done(napi, 0);
	return 0;
}

/**
 * naawg_holds_init() - prepare all CPUs, closed
 * @dev: the device
 * @flush: sends what a peer has waiting
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int naawg_holds_init(struct naawg_dev *dev,
		     void (*flush)(struct naawg_peer *peer))
{
	int cpu;

	dev->holds = alloc_percpu(struct naawg_hold);
	if (!dev->holds)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct naawg_hold *hold = per_cpu_ptr(dev->holds, cpu);

		spin_lock_init(&hold->lock);
		hold->flush = flush;
		set_bit(NAPI_STATE_NO_BUSY_POLL, &hold->napi.state);
		netif_napi_add(dev->netdev, &hold->napi, naawg_hold_poll);
	}
	return 0;
}

/**
 * naawg_holds_destroy() - the opposite
 * @dev: the device, closed
 *
 * Context: process, may sleep.
 */
void naawg_holds_destroy(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu)
		netif_napi_del(&per_cpu_ptr(dev->holds, cpu)->napi);
	free_percpu(dev->holds);
}

/**
 * naawg_holds_open() - let packets wait
 * @dev: the device
 *
 * Context: process.
 */
void naawg_holds_open(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu)
		napi_enable(&per_cpu_ptr(dev->holds, cpu)->napi);
}

/**
 * naawg_holds_close() - nobody is flushed any more
 * @dev: the device; it transmits nothing any more
 *
 * Context: process, may sleep.
 */
void naawg_holds_close(struct naawg_dev *dev)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct naawg_hold *hold = per_cpu_ptr(dev->holds, cpu);

		napi_disable(&hold->napi);
		while (hold->count)
			naawg_peer_put(hold->peers[--hold->count]);
	}
}

/* Sees to it that the peer is flushed when this softirq is over. */
static bool until_softirq_ends(struct naawg_peer *peer)
{
	struct naawg_hold *hold = this_cpu_ptr(peer->dev->holds);
	unsigned int i;
	bool known;

	spin_lock_bh(&hold->lock);
	for (i = hold->count; i && hold->peers[i - 1] != peer; i--)
		;
	known = i;
	if (!known && hold->count < NAAWG_HOLD_PEERS &&
	    naawg_peer_tryget(peer)) {
		hold->peers[hold->count++] = peer;
		known = true;
	}
	spin_unlock_bh(&hold->lock);
	if (known && !i)
		napi_schedule(&hold->napi);
	return known;
}

#ifdef CONFIG_HAVE_ARCH_TRACEHOOK
/*
 * Packets wait for a call to return only if code of ours can run then.
 *
 * The call must be one that comes back for sure: it neither waits for answers
 * nor reads from what may never be written. A full send buffer must not hold it
 * up either, as the packets that fill it may be those that wait here. A sender
 * that is told when a packet is freed may wait for that in the call, as a packet
 * socket with a ring does. Others have a limit for packets not freed yet, as with
 * MSG_ZEROCOPY. So a packet waits only if its release does no more than end its
 * charge to the socket.
 */
static bool in_sendmmsg(struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return naawg_task_work_usable() && in_task() &&
	       !(current->flags & (PF_KTHREAD | PF_IO_WORKER)) &&
	       sk && skb->destructor == sock_wfree && !skb_zcopy(skb) &&
	       (sk->sk_type == SOCK_DGRAM || sk->sk_type == SOCK_RAW) &&
	       sk_wmem_alloc_get(sk) < READ_ONCE(sk->sk_sndbuf) / 2 &&
	       syscall_get_nr(current, current_pt_regs()) == __NR_sendmmsg;
}
#else
static bool in_sendmmsg(struct sk_buff *skb)
{
	return false;
}
#endif

static void naawg_hold_call_returns(struct callback_head *work)
{
	struct naawg_hold_work *hold_work =
		container_of(work, struct naawg_hold_work, work);
	struct naawg_peer *peer;

	/* a peer that is removed lets go of us a grace period before it goes */
	rcu_read_lock();
	peer = READ_ONCE(hold_work->peer);
	if (peer) {
		spin_lock_bh(&peer->held.lock);
		if (peer->hold_work == hold_work)
			WRITE_ONCE(peer->hold_work, NULL);
		spin_unlock_bh(&peer->held.lock);
		hold_work->flush(peer);
	}
	rcu_read_unlock();
	kfree(hold_work);
	module_put(THIS_MODULE);
}

static struct naawg_hold_work *hold_work_new(struct naawg_peer *peer)
{
	struct naawg_hold_work *hold_work;

	hold_work = kmalloc(sizeof(*hold_work), GFP_ATOMIC | __GFP_NOWARN);
	if (!hold_work)
		return NULL;
	if (!try_module_get(THIS_MODULE)) {
		kfree(hold_work);
		return NULL;
	}
	init_task_work(&hold_work->work, naawg_hold_call_returns);
	hold_work->task = current;
	hold_work->peer = peer;
	hold_work->flush = this_cpu_ptr(peer->dev->holds)->flush;
	return hold_work;
}

/* Sees to it that the peer is flushed when this system call is over. */
static bool until_call_returns(struct naawg_peer *peer)
{
	struct naawg_hold_work *hold_work;
	bool held, new = false;

	spin_lock_bh(&peer->held.lock);
	hold_work = peer->hold_work;
	held = hold_work && hold_work->task == current;
	if (!hold_work) {
		hold_work = hold_work_new(peer);
		new = hold_work;
		if (new)
			WRITE_ONCE(peer->hold_work, hold_work);
	}
	spin_unlock_bh(&peer->held.lock);
	if (!new)
		return held;
	if (likely(!task_work_add(current, &hold_work->work, TWA_RESUME)))
		return true;
	naawg_hold_call_returns(&hold_work->work);
	return false;
}

/*
 * A call may take as long as its task likes. A packet that waits for it keeps the
 * charge to the sender's socket, which the task has open, and nothing else.
 */
static bool put(struct naawg_peer *peer, struct sk_buff *skb)
{
	bool room;

	nf_reset_ct(skb);
	skb_ext_reset(skb);
	spin_lock_bh(&peer->held.lock);
	room = skb_queue_len(&peer->held) < NAAWG_HOLD_MAX - 1 &&
	       peer->held_bytes + skb->truesize <= NAAWG_HOLD_BYTES;
	if (room) {
		__skb_queue_tail(&peer->held, skb);
		peer->held_bytes += skb->truesize;
	}
	spin_unlock_bh(&peer->held.lock);
	return room;
}

/**
 * naawg_hold_take() - take all that waits for others
 * @peer: their peer
 * @into: the packets are appended to it
 *
 * Context: any but hardirq.
 */
void naawg_hold_take(struct naawg_peer *peer, struct sk_buff_head *into)
{
	if (likely(skb_queue_empty_lockless(&peer->held)))
		return;
	spin_lock_bh(&peer->held.lock);
	skb_queue_splice_tail_init(&peer->held, into);
	peer->held_bytes = 0;
	spin_unlock_bh(&peer->held.lock);
}

/**
 * naawg_hold_put() - let packets wait for others to join them
 * @peer: their peer, borrowed
 * @packets: inner packets, their cb filled in; empty if they wait
 *
 * Only packets that come alone wait, and only for a peer that could be sent to
 * at once.
 *
 * Context: ndo_start_xmit, bottom halves off, under RCU.
 * Return: false if the caller has to send, what waits and @packets.
 */
bool naawg_hold_put(struct naawg_peer *peer, struct sk_buff_head *packets)
{
	bool more = netdev_xmit_more() || in_serving_softirq();
	struct sk_buff *skb = skb_peek(packets);

	if (!READ_ONCE(naawg_batch_tx) || skb_queue_len(packets) != 1 ||
	    skb_is_gso(skb) || !(more || in_sendmmsg(skb)) ||
	    !rcu_access_pointer(peer->sessions.active))
		return false;
	__skb_unlink(skb, packets);
	/* before it is seen to: who flushes meanwhile must find it */
	if (!put(peer, skb)) {
		__skb_queue_tail(packets, skb);
		return false;
	}
	return more ? until_softirq_ends(peer) : until_call_returns(peer);
}

/**
 * naawg_hold_forget() - make sure nobody flushes a peer when a call returns
 * @peer: the peer; it is given no packets any more
 *
 * Context: process; a grace period must pass before the peer goes.
 */
void naawg_hold_forget(struct naawg_peer *peer)
{
	spin_lock_bh(&peer->held.lock);
	if (peer->hold_work)
		WRITE_ONCE(peer->hold_work->peer, NULL);
	peer->hold_work = NULL;
	spin_unlock_bh(&peer->held.lock);
}
