// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit hold: inner packets wait for others so that they leave together.
 *
 * No packet waits for a timer. A packet that a softirq transmits waits for the
 * end of the softirq. A packet that sendmmsg() transmits waits for the return
 * of that call. Order is kept: a CPU that sends to the same peer meanwhile
 * sends the held packets first.
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
 * struct naawg_hold_work - a task whose sendmmsg() call has packets on hold
 * @work: the task runs it when the call returns
 * @task: the task
 * @peer: the peer that holds the packets; NULL once the peer is removed
 * @flush: sends the held packets of the peer
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

	/* netpoll calls with interrupts off, where sending is not allowed */
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
	/* a CPU that holds another packet schedules this poll again */
	napi_complete_done(napi, 0);
	return 0;
}

/**
 * naawg_holds_init() - make the closed tx hold of each CPU
 * @dev: the device
 * @flush: sends the held packets of a peer
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
 * naawg_holds_destroy() - free the tx holds
 * @dev: the device; its holds are closed
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
 * naawg_holds_open() - let the CPUs flush peers after a softirq
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
 * naawg_holds_close() - stop flushing peers
 * @dev: the device; it no longer transmits
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

/* Schedules a flush of the peer after this softirq, unless the list is full. */
static bool flush_after_softirq(struct naawg_peer *peer)
{
	struct naawg_hold *hold = this_cpu_ptr(peer->dev->holds);
	unsigned int i;
	bool listed;

	spin_lock_bh(&hold->lock);
	for (i = hold->count; i && hold->peers[i - 1] != peer; i--)
		;
	listed = i;
	if (!listed && hold->count < NAAWG_HOLD_PEERS &&
	    naawg_peer_tryget(peer)) {
		hold->peers[hold->count++] = peer;
		listed = true;
	}
	spin_unlock_bh(&hold->lock);
	if (listed && !i)
		napi_schedule(&hold->napi);
	return listed;
}

#ifdef CONFIG_HAVE_ARCH_TRACEHOOK
/*
 * A packet may wait for the return of a system call only if the module can run
 * code then.
 *
 * The call must be certain to return. sendmmsg() waits for no reply, and it
 * reads from no file that may stay empty. It must not block on a full send
 * buffer either: the packets that fill the buffer may be the ones held here.
 *
 * A sender that is notified when a packet is freed may wait for that inside the
 * call. A packet socket with a transmit ring does so. Other senders limit the
 * packets that are not freed yet, as with MSG_ZEROCOPY. So a packet waits only
 * if freeing it does nothing but uncharge the socket.
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

	/* naawg_hold_forget() runs a grace period before the peer is freed */
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

/* Schedules a flush of the peer for the return of this system call. */
static bool flush_after_syscall(struct naawg_peer *peer)
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
 * A task can make its system call last for any time. So a held packet refers to
 * no object except the sender's socket, which the task has open.
 */
static bool enqueue_held(struct naawg_peer *peer, struct sk_buff *skb)
{
	bool fits;

	nf_reset_ct(skb);
	skb_ext_reset(skb);
	spin_lock_bh(&peer->held.lock);
	fits = skb_queue_len(&peer->held) < NAAWG_HOLD_MAX - 1 &&
	       peer->held_bytes + skb->truesize <= NAAWG_HOLD_BYTES;
	if (fits) {
		__skb_queue_tail(&peer->held, skb);
		peer->held_bytes += skb->truesize;
	}
	spin_unlock_bh(&peer->held.lock);
	return fits;
}

/**
 * naawg_hold_take() - take all held packets of a peer
 * @peer: the peer
 * @into: list to which the packets are appended
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
 * naawg_hold_put() - hold a packet so that later packets can join it
 * @peer: destination of the packet, borrowed
 * @packets: inner packets with their cb filled in; empty if the packet is held
 *
 * A packet is held only if it comes alone and the peer has an active session.
 *
 * Context: ndo_start_xmit, bottom halves off, under RCU.
 * Return: false if the caller has to send the held packets and @packets now.
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
	/* queued before the flush is scheduled, so that the flush finds it */
	if (!enqueue_held(peer, skb)) {
		__skb_queue_tail(packets, skb);
		return false;
	}
	return more ? flush_after_softirq(peer) : flush_after_syscall(peer);
}

/**
 * naawg_hold_forget() - make a returning system call leave a peer alone
 * @peer: the peer; no packets are sent to it any more
 *
 * Context: process; a grace period must pass before the peer is freed.
 */
void naawg_hold_forget(struct naawg_peer *peer)
{
	spin_lock_bh(&peer->held.lock);
	if (peer->hold_work)
		WRITE_ONCE(peer->hold_work->peer, NULL);
	peer->hold_work = NULL;
	spin_unlock_bh(&peer->held.lock);
}
