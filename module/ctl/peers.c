// SPDX-License-Identifier: GPL-2.0
/* Peers of a device: added, configured, started, stopped and removed. */
#include <linux/slab.h>

#include "../core/crypto.h"
#include "../tx/hold.h"
#include "../tx/timer_actions.h"
#include "../handshake/handshake.h"
#include "../tx/tx.h"
#include "../uapi/naawg.h"
#include "change_report.h"
#include "peers.h"
#include "peer_report.h"

/**
 * naawg_peers_find() - find a peer by its static key
 * @dev: the device
 * @public: the key
 *
 * Context: process, dev->config held.
 * Return: the peer, valid while the lock is held, or NULL.
 */
struct naawg_peer *naawg_peers_find(struct naawg_dev *dev,
				    const u8 public[NAAWG_KEY_SIZE])
{
	struct naawg_pubkey *entry;

	lockdep_assert_held(&dev->config);
	rcu_read_lock();
	entry = naawg_pubkeys_lookup(&dev->pubkeys, public);
	rcu_read_unlock();
	return entry ? container_of(entry, struct naawg_peer, pubkey) : NULL;
}

/**
 * naawg_peers_from() - find the peer at which a dump continues
 * @dev: the device
 * @id: lowest id that was not dumped yet
 *
 * A dump takes many messages. The search by id saves each message a walk over the
 * peers of all earlier messages.
 *
 * Context: process, dev->config held.
 * Return: the first peer of the device's list with this id or a later one, valid
 * while the lock is held, or NULL.
 */
struct naawg_peer *naawg_peers_from(struct naawg_dev *dev, u64 id)
{
	struct rb_node *node = dev->peer_ids.rb_node;
	struct naawg_peer *peer, *found = NULL;

	lockdep_assert_held(&dev->config);
	while (node) {
		peer = rb_entry(node, struct naawg_peer, by_id);
		if (peer->id >= id) {
			found = peer;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

static bool naawg_peer_is_older(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct naawg_peer, by_id)->id <
	       rb_entry(b, struct naawg_peer, by_id)->id;
}

/**
 * naawg_peers_add() - add a peer to a device
 * @dev: the device
 * @public: its static key, which no peer of the device has
 * @preshared: preshared key, zeros for none
 *
 * Context: process, dev->config held.
 * Return: the peer, or an error pointer: -ENOSPC if the device has too many peers,
 * -ENOMEM, -EEXIST.
 */
struct naawg_peer *naawg_peers_add(struct naawg_dev *dev,
				   const u8 public[NAAWG_KEY_SIZE],
				   const u8 preshared[NAAWG_KEY_SIZE])
{
	struct naawg_peer *peer;
	int err;

	lockdep_assert_held(&dev->config);
	if (dev->peer_count >= NAAWG_PEERS_MAX)
		return ERR_PTR(-ENOSPC);
	peer = naawg_peer_new(dev, public, preshared);
	if (!peer)
		return ERR_PTR(-ENOMEM);
	INIT_WORK(&peer->initiate_work, naawg_handshake_initiate_work);
	INIT_WORK(&peer->wipe_work, naawg_wipe_work);
	INIT_WORK(&peer->ntf_work, naawg_peer_report_work);
	naawg_timers_init(&peer->timers, naawg_timer_expired);
	if (dev->running)
		naawg_timers_start(&peer->timers);
	err = naawg_pubkeys_add(&dev->pubkeys, &peer->pubkey);
	if (err) {
		naawg_timers_shutdown(&peer->timers);
		naawg_peer_put(peer);
		return ERR_PTR(err);
	}
	list_add_tail(&peer->link, &dev->peers);
	rb_add(&peer->by_id, &dev->peer_ids, naawg_peer_is_older);
	dev->peer_count++;
	dev->generation++;
	naawg_peer_debug(peer, "added");
	return peer;
}

/**
 * naawg_peers_detach() - first half of removing a peer
 * @dev: the device
 * @peer: a peer of the device
 * @detached: list to which the peer is moved, for naawg_peers_release()
 * @report: receives the removal, NULL to report nothing
 *
 * This is why no CPU uses the peer after both halves, unless it has a reference:
 *
 *  1. dead is set under handshake_lock, so no session is begun after that;
 *  2. the peer leaves the tables of keys and allowed IPs and the list of peers, and
 *     its sessions leave the table of indices, so no CPU can borrow it any more;
 *  3. a grace period passes, so no CPU is left that borrowed it before; such a CPU
 *     may have queued work or armed the timer meanwhile;
 *  4. the timer is shut down; queued work has a reference of its own, and finds
 *     that the peer is dead.
 *
 * Context: process, dev->config held.
 */
void naawg_peers_detach(struct naawg_dev *dev, struct naawg_peer *peer,
			struct list_head *detached,
			struct naawg_change_report *report)
{
	lockdep_assert_held(&dev->config);
	mutex_lock(&peer->handshake_lock);
	WRITE_ONCE(peer->dead, true);
	naawg_peer_forget_sessions(peer);
	mutex_unlock(&peer->handshake_lock);

	naawg_pubkeys_remove(&dev->pubkeys, &peer->pubkey);
	naawg_allowedips_remove_all(&dev->allowedips, &peer->prefixes);
	list_move_tail(&peer->link, detached);
	rb_erase(&peer->by_id, &dev->peer_ids);
	dev->peer_count--;
	dev->generation++;
	naawg_peer_debug(peer, "removed");
	if (report)
		naawg_change_report_peer(report, NAAWG_CMD_PEER_REMOVED_NTF,
					 peer, 0);
}

/**
 * naawg_peers_release() - second half of removing any number of peers
 * @detached: detached peers; empty on return
 *
 * Context: process, dev->config held; sleeps for one grace period.
 */
void naawg_peers_release(struct list_head *detached)
{
	struct naawg_peer *peer, *next;

	if (list_empty(detached))
		return;
	synchronize_net();
	list_for_each_entry_safe(peer, next, detached, link) {
		naawg_timers_shutdown(&peer->timers);
		naawg_hold_forget(peer);
		naawg_peer_purge(peer);
		list_del(&peer->link);
		naawg_peer_put(peer);
	}
}

/**
 * naawg_peers_remove_all() - remove all peers, with one grace period
 * @dev: the device
 * @report: receives the removals, NULL to report nothing
 *
 * Context: process, dev->config held; sleeps for a grace period.
 */
void naawg_peers_remove_all(struct naawg_dev *dev,
			    struct naawg_change_report *report)
{
	struct naawg_peer *peer, *next;
	LIST_HEAD(detached);

	lockdep_assert_held(&dev->config);
	list_for_each_entry_safe(peer, next, &dev->peers, link)
		naawg_peers_detach(dev, peer, &detached, report);
	naawg_peers_release(&detached);
}

/**
 * naawg_peers_set_preshared() - change the preshared key of a peer
 * @peer: a peer of the device
 * @preshared: the key, zeros for none
 *
 * The next handshake uses the key; present sessions stay. Setting the same key again
 * changes nothing, so an unreachable peer stays unreachable.
 *
 * Context: process, dev->config held.
 * Return: whether the key has changed.
 */
bool naawg_peers_set_preshared(struct naawg_peer *peer,
			       const u8 preshared[NAAWG_KEY_SIZE])
{
	bool same;

	mutex_lock(&peer->handshake_lock);
	same = naawg_equal(peer->handshake.preshared, preshared,
			   NAAWG_KEY_SIZE);
	if (!same)
		memcpy(peer->handshake.preshared, preshared, NAAWG_KEY_SIZE);
	mutex_unlock(&peer->handshake_lock);
	if (!same)
		naawg_timers_reset_unanswered(&peer->timers);
	return !same;
}

/**
 * naawg_peers_set_persistent() - change the interval of persistent keepalives
 * @peer: a peer of the device
 * @seconds: interval, 0 for off
 *
 * Context: process, dev->config held.
 */
void naawg_peers_set_persistent(struct naawg_peer *peer, u16 seconds)
{
	bool turned_on = seconds && !peer->persistent;

	lockdep_assert_held(&peer->dev->config);
	peer->persistent = seconds;
	naawg_timers_set_persistent(&peer->timers, seconds);
	if (turned_on && peer->dev->running)
		naawg_tx_keepalive(peer);
}

static int publish_macs(struct naawg_dev *dev, const struct naawg_identity *id)
{
	struct naawg_own_macs *macs = NULL;

	if (id->set) {
		macs = kzalloc(sizeof(*macs), GFP_KERNEL);
		if (!macs)
			return -ENOMEM;
		naawg_mac_keys_derive(&macs->keys, id->public);
	}
	macs = rcu_replace_pointer(dev->own_macs, macs,
				   lockdep_is_held(&dev->config));
	if (macs)
		kfree_rcu(macs, rcu);
	return 0;
}

/**
 * naawg_peers_set_identity() - change the device's private key
 * @dev: the device
 * @private: the key, zeros for none
 * @report: receives the change
 *
 * All sessions are erased, as the old key authenticated them. A peer that has the
 * new public key is removed, as the device cannot be its own peer.
 *
 * Context: process, dev->config held; sleeps.
 * Return: 1 if the key has changed, 0 if it is the same. Otherwise -EINVAL for an
 * unusable key, or -ENOMEM; nothing has changed then.
 */
int naawg_peers_set_identity(struct naawg_dev *dev,
			     const u8 private[NAAWG_KEY_SIZE],
			     struct naawg_change_report *report)
{
	bool was_set = dev->identity.set;
	struct naawg_identity id = {};
	struct naawg_peer *peer;
	u8 old[NAAWG_KEY_SIZE];
	LIST_HEAD(detached);
	int err = 0;

	lockdep_assert_held(&dev->config);
	if (!naawg_identity_set(&id, private)) {
		err = -EINVAL;
		goto out;
	}
	if (id.set == dev->identity.set &&
	    naawg_equal(id.private, dev->identity.private, NAAWG_KEY_SIZE))
		goto out;
	err = publish_macs(dev, &id);
	if (err)
		goto out;
	peer = id.set ? naawg_peers_find(dev, id.public) : NULL;
	if (peer)
		naawg_peers_detach(dev, peer, &detached, report);
	naawg_peers_release(&detached);

	memcpy(old, dev->identity.public, sizeof(old));
	down_write(&dev->identity_lock);
	dev->identity = id;
	list_for_each_entry(peer, &dev->peers, link) {
		mutex_lock(&peer->handshake_lock);
		naawg_handshake_rekey(&peer->handshake, &dev->identity);
		naawg_peer_forget_sessions(peer);
		WRITE_ONCE(peer->last_initiation, 0);
		mutex_unlock(&peer->handshake_lock);
		naawg_timers_reset_unanswered(&peer->timers);
	}
	up_write(&dev->identity_lock);

	spin_lock_bh(&dev->cookie_lock);
	dev->cookie_birth = 0;
	spin_unlock_bh(&dev->cookie_lock);
	naawg_change_report_identity(report, was_set ? old : NULL);
	err = 1;
out:
	naawg_wipe(&id, sizeof(id));
	return err;
}

/**
 * naawg_peers_initiate() - initiate handshakes with all peers that need a session
 * @dev: the device, whose private key has just been set
 *
 * These are the peers with persistent keepalives and those with staged packets. The
 * device could not initiate a handshake before it had a private key.
 *
 * Context: process, dev->config held.
 */
void naawg_peers_initiate(struct naawg_dev *dev)
{
	struct naawg_peer *peer;

	lockdep_assert_held(&dev->config);
	if (!dev->running || !dev->identity.set)
		return;
	list_for_each_entry(peer, &dev->peers, link) {
		if (peer->persistent)
			naawg_tx_keepalive(peer);
		else
			naawg_tx_flush(peer);
	}
}

/**
 * naawg_peers_start() - start the timers of all peers when the device goes up
 * @dev: the device, with its sockets and rx queues open
 *
 * Context: process, dev->config held.
 */
void naawg_peers_start(struct naawg_dev *dev)
{
	struct naawg_peer *peer;

	lockdep_assert_held(&dev->config);
	list_for_each_entry(peer, &dev->peers, link) {
		/* An initiation queued before the device went down may have set it. */
		WRITE_ONCE(peer->last_initiation, 0);
		naawg_timers_start(&peer->timers);
		naawg_timers_set_persistent(&peer->timers, peer->persistent);
		if (peer->persistent)
			naawg_tx_keepalive(peer);
	}
}

/**
 * naawg_peers_forget_sessions() - erase the sessions and handshakes of all peers
 * @dev: the device
 *
 * Context: process, dev->config held.
 */
void naawg_peers_forget_sessions(struct naawg_dev *dev)
{
	struct naawg_peer *peer;

	lockdep_assert_held(&dev->config);
	list_for_each_entry(peer, &dev->peers, link) {
		mutex_lock(&peer->handshake_lock);
		naawg_peer_forget_sessions(peer);
		WRITE_ONCE(peer->last_initiation, 0);
		mutex_unlock(&peer->handshake_lock);
		naawg_timers_reset_unanswered(&peer->timers);
	}
}

/**
 * naawg_peers_stop() - stop all peers when the device goes down
 * @dev: the device, with its sockets and rx queues closed
 *
 * Context: process, dev->config held; sleeps.
 */
void naawg_peers_stop(struct naawg_dev *dev)
{
	struct naawg_peer *peer;

	lockdep_assert_held(&dev->config);
	list_for_each_entry(peer, &dev->peers, link) {
		naawg_timers_stop(&peer->timers);
		naawg_tx_purge(peer, NAAWG_R_DEVICE_DOWN);
	}
	naawg_peers_forget_sessions(dev);
}
