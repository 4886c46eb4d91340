// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of requests for keys in the wrong place.
 *
 * If a user pastes a private key in the place of a public or a preshared key, the
 * device would show it to every user, or the user would give it to the peer. The
 * error texts of these checks never contain a key. Requests of clients of the stock
 * driver, which takes any key, are not checked, except for keys in forwards.
 */
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "../core/crypto.h"
#include "../nat/forwards.h"
#include "../state/peer.h"
#include "key_checks.h"
#include "netlink_gen.h"

/* The key is clamped before it is compared, as a file may have it unclamped. */
static bool matches_private(const u8 key[NAAWG_KEY_SIZE],
			    const u8 clamped[NAAWG_KEY_SIZE])
{
	u8 copy[NAAWG_KEY_SIZE];
	bool same;

	memcpy(copy, key, sizeof(copy));
	naawg_clamp(copy);
	same = naawg_equal(copy, clamped, sizeof(copy));
	naawg_wipe(copy, sizeof(copy));
	return same;
}

/**
 * naawg_key_is_own_private() - tell if a key is the private key of the device
 * @dev: the device
 * @key: key in the place of a public key, clamped or not
 *
 * Context: process, dev->config held.
 * Return: whether it is.
 */
bool naawg_key_is_own_private(const struct naawg_dev *dev,
			      const u8 key[NAAWG_KEY_SIZE])
{
	lockdep_assert_held(&dev->config);
	return dev->identity.set && matches_private(key, dev->identity.private);
}

static bool forward_has_key(const struct naawg_dev *dev,
			    const u8 private[NAAWG_KEY_SIZE])
{
	const struct naawg_forward_table *table;
	unsigned int i;

	table = rcu_dereference_protected(dev->forwards->table,
					  lockdep_is_held(&dev->config));
	for (i = 0; table && i < table->count; i++) {
		const struct naawg_forward_spec *spec = &table->forward[i]->spec;

		if (spec->by_peer && matches_private(spec->from_peer, private))
			return true;
	}
	return false;
}

static bool peer_has_preshared(struct naawg_peer *peer,
			       const u8 private[NAAWG_KEY_SIZE])
{
	bool same;

	mutex_lock(&peer->handshake_lock);
	same = matches_private(peer->handshake.preshared, private);
	mutex_unlock(&peer->handshake_lock);
	return same;
}

/* Finds the last attribute of a type, as the request takes effect with that one. */
static struct nlattr *last_of(const struct nlattr *entry, int type)
{
	struct nlattr *attr, *found = NULL;
	int rem;

	nla_for_each_nested(attr, entry, rem) {
		if (nla_type(attr) == type)
			found = attr;
	}
	return found;
}

static bool removes_peer(const struct nlattr *entry)
{
	struct nlattr *flags = last_of(entry, NAAWG_A_PEER_FLAGS);

	return flags && nla_get_u32(flags) & NAAWG_PEER_FLAG_REMOVE_ME;
}

/*
 * Returns true if the request removes @peer, or, with @rekey, if it sets the peer's
 * preshared key. The present key of the peer does not stay then. check_entry() looks
 * at the new one.
 */
static bool key_is_replaced(const struct naawg_peer *peer, const struct naawg_set *set,
			    bool rekey)
{
	struct nlattr *attr, *public;
	int rem;

	nla_for_each_attr(attr, set->peers, set->peers_len, rem) {
		if (!naawg_set_is_peer(set, attr))
			continue;
		public = last_of(attr, NAAWG_A_PEER_PUBLIC_KEY);
		if (!public ||
		    memcmp(nla_data(public), peer->pubkey.key, NAAWG_KEY_SIZE))
			continue;
		if (removes_peer(attr) ||
		    (rekey && last_of(attr, NAAWG_A_PEER_PRESHARED_KEY)))
			return true;
	}
	return false;
}

/* Compares a new private key to all present keys that stay. */
static int check_private(struct naawg_dev *dev, const struct naawg_set *set,
			 const u8 private[NAAWG_KEY_SIZE])
{
	struct nlattr *attr = set->attrs[NAAWG_A_DEVICE_PRIVATE_KEY];
	struct nlattr *flags = set->attrs[NAAWG_A_DEVICE_FLAGS];
	struct netlink_ext_ack *extack = set->info->extack;
	struct naawg_peer *peer;

	if (forward_has_key(dev, private)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a forward has this private key as the key of a peer, and shows it; delete the forward, and make a new key with `naawg genkey'");
		return -EINVAL;
	}
	if (!set->form->checks_keys)
		return 0;
	if (dev->identity.set && matches_private(dev->identity.public, private)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "this private key is the device's public key, which is not secret; make a new key with `naawg genkey'");
		return -EINVAL;
	}
	if (flags && nla_get_u32(flags) & NAAWG_DEVICE_FLAG_REPLACE_PEERS)
		return 0;
	list_for_each_entry(peer, &dev->peers, link) {
		if (matches_private(peer->pubkey.key, private) &&
		    !key_is_replaced(peer, set, false)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "this private key is the public key of a peer, which is not secret; make a new key with `naawg genkey'");
			return -EINVAL;
		}
		if (peer_has_preshared(peer, private) &&
		    !key_is_replaced(peer, set, true)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "this private key is the preshared key of a peer, which knows it; make a new key with `naawg genkey'");
			return -EINVAL;
		}
	}
	return 0;
}

/* @private is NULL if the device has no private key. */
static int check_entry(struct nlattr *entry, const u8 *private,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *public, *preshared;

	public = last_of(entry, NAAWG_A_PEER_PUBLIC_KEY);
	preshared = last_of(entry, NAAWG_A_PEER_PRESHARED_KEY);
	if (!public || removes_peer(entry))
		return 0;
	if (private && matches_private(nla_data(public), private)) {
		NL_SET_ERR_MSG_ATTR(extack, public,
				    "this is the device's private key, but a public key belongs here: make it from the peer's private key with `naawg pubkey'");
		return -EINVAL;
	}
	/* a preshared key of zeros is none, and may come with a public key of zeros */
	if (!preshared || naawg_is_zero(nla_data(preshared), NAAWG_KEY_SIZE))
		return 0;
	if (private && matches_private(nla_data(preshared), private)) {
		NL_SET_ERR_MSG_ATTR(extack, preshared,
				    "this is the device's private key, which no peer may know; make a preshared key with `naawg genpsk'");
		return -EINVAL;
	}
	if (naawg_equal(nla_data(public), nla_data(preshared),
			NAAWG_KEY_SIZE)) {
		NL_SET_ERR_MSG_ATTR(extack, preshared,
				    "this preshared key is the peer's public key, which is not secret; make one with `naawg genpsk'");
		return -EINVAL;
	}
	return 0;
}

/* Copies the clamped private key after the request; false if there will be none. */
static bool future_private(const struct naawg_dev *dev, struct nlattr *attr,
			   u8 private[NAAWG_KEY_SIZE])
{
	if (!attr) {
		memcpy(private, dev->identity.private, NAAWG_KEY_SIZE);
		return dev->identity.set;
	}
	memcpy(private, nla_data(attr), NAAWG_KEY_SIZE);
	if (naawg_is_zero(private, NAAWG_KEY_SIZE))
		return false;
	naawg_clamp(private);
	return true;
}

/**
 * naawg_key_check_request() - check a request for misplaced keys
 * @dev: the device
 * @set: the request, with well-formed entries
 *
 * Context: process, dev->config held.
 * Return: 0, or -EINVAL with the reason in extack.
 */
int naawg_key_check_request(struct naawg_dev *dev, const struct naawg_set *set)
{
	struct nlattr *attr = set->attrs[NAAWG_A_DEVICE_PRIVATE_KEY];
	u8 private[NAAWG_KEY_SIZE];
	int err = 0, rem;
	bool has;

	lockdep_assert_held(&dev->config);
	has = future_private(dev, attr, private);
	if (has && attr)
		err = check_private(dev, set, private);
	nla_for_each_attr(attr, set->peers, set->peers_len, rem) {
		if (err || !set->form->checks_keys)
			break;
		if (naawg_set_is_peer(set, attr))
			err = check_entry(attr, has ? private : NULL,
					  set->info->extack);
	}
	naawg_wipe(private, sizeof(private));
	return err;
}
