// SPDX-License-Identifier: GPL-2.0
/*
 * A private key that is pasted where a public or a preshared key belongs would be
 * shown to everybody, or given to the peer. No text here ever has a key in it.
 */
#include <linux/netdevice.h>
#include <net/genetlink.h>

#include "../core/crypto.h"
#include "../nat/forwards.h"
#include "../state/peer.h"
#include "key_checks.h"
#include "netlink_gen.h"

/* A file may hold the key before it was clamped. */
static bool is_secret(const u8 key[NAAWG_KEY_SIZE],
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
 * naawg_key_is_own_private() - is this the private key of the device?
 * @dev: the device
 * @key: what should be a public key
 *
 * Context: process, dev->config held.
 * Return: whether it is, clamped or not.
 */
bool naawg_key_is_own_private(const struct naawg_dev *dev,
			      const u8 key[NAAWG_KEY_SIZE])
{
	lockdep_assert_held(&dev->config);
	return dev->identity.set && is_secret(key, dev->identity.private);
}

static bool forward_has(const struct naawg_dev *dev,
			const u8 private[NAAWG_KEY_SIZE])
{
	const struct naawg_forward_table *table;
	unsigned int i;

	table = rcu_dereference_protected(dev->forwards->table,
					  lockdep_is_held(&dev->config));
	for (i = 0; table && i < table->count; i++) {
		const struct naawg_forward_spec *spec = &table->forward[i]->spec;

		if (spec->by_peer && is_secret(spec->from_peer, private))
			return true;
	}
	return false;
}

static bool peer_has_preshared(struct naawg_peer *peer,
			       const u8 private[NAAWG_KEY_SIZE])
{
	bool same;

	mutex_lock(&peer->handshake_lock);
	same = is_secret(peer->handshake.preshared, private);
	mutex_unlock(&peer->handshake_lock);
	return same;
}

/* The attribute that counts: of several of a type the last one is carried out. */
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

static bool removes(const struct nlattr *entry)
{
	struct nlattr *flags = last_of(entry, NAAWG_A_PEER_FLAGS);

	return flags && nla_get_u32(flags) & NAAWG_PEER_FLAG_REMOVE_ME;
}

/*
 * Does the request remove this peer, or, with @rekey, give it another preshared
 * key? Then what it has now does not stay. What it is given is checked with the
 * entry that gives it.
 */
static bool key_is_replaced(const struct naawg_peer *peer, struct genl_info *info,
			    bool rekey)
{
	struct nlattr *attr, *public;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NAAWG_A_DEVICE_PEERS)
			continue;
		public = last_of(attr, NAAWG_A_PEER_PUBLIC_KEY);
		if (!public ||
		    memcmp(nla_data(public), peer->pubkey.key, NAAWG_KEY_SIZE))
			continue;
		if (removes(attr) ||
		    (rekey && last_of(attr, NAAWG_A_PEER_PRESHARED_KEY)))
			return true;
	}
	return false;
}

/* A new private key against what is there and stays. */
static int check_private(struct naawg_dev *dev, struct genl_info *info,
			 const u8 private[NAAWG_KEY_SIZE])
{
	struct nlattr *attr = info->attrs[NAAWG_A_DEVICE_PRIVATE_KEY];
	struct nlattr *flags = info->attrs[NAAWG_A_DEVICE_FLAGS];
	struct netlink_ext_ack *extack = info->extack;
	struct naawg_peer *peer;

	if (forward_has(dev, private)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a forward names this private key as a peer, and shows it; delete the forward, and make a new key with `naawg genkey'");
		return -EINVAL;
	}
	if (dev->identity.set && is_secret(dev->identity.public, private)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "this private key is the device's public key, which everybody was shown; make a new one with `naawg genkey'");
		return -EINVAL;
	}
	if (flags && nla_get_u32(flags) & NAAWG_DEVICE_FLAG_REPLACE_PEERS)
		return 0;
	list_for_each_entry(peer, &dev->peers, link) {
		if (is_secret(peer->pubkey.key, private) &&
		    !key_is_replaced(peer, info, false)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "this private key is the public key of a peer, and public; make a new one with `naawg genkey'");
			return -EINVAL;
		}
		if (peer_has_preshared(peer, private) &&
		    !key_is_replaced(peer, info, true)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "this private key is the preshared key of a peer, which has it; make a new one with `naawg genkey'");
			return -EINVAL;
		}
	}
	return 0;
}

/* @private is NULL if the device has none. */
static int check_entry(struct nlattr *entry, const u8 *private,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *public, *preshared;

	public = last_of(entry, NAAWG_A_PEER_PUBLIC_KEY);
	preshared = last_of(entry, NAAWG_A_PEER_PRESHARED_KEY);
	if (!public || removes(entry))
		return 0;
	if (private && is_secret(nla_data(public), private)) {
		NL_SET_ERR_MSG_ATTR(extack, public,
				    "this is the device's private key, and a public key belongs here: what `naawg pubkey' made of the peer's private key");
		return -EINVAL;
	}
	if (!preshared)
		return 0;
	if (private && is_secret(nla_data(preshared), private)) {
		NL_SET_ERR_MSG_ATTR(extack, preshared,
				    "this is the device's private key, which a peer must not have; make a preshared key with `naawg genpsk'");
		return -EINVAL;
	}
	if (naawg_equal(nla_data(public), nla_data(preshared),
			NAAWG_KEY_SIZE)) {
		NL_SET_ERR_MSG_ATTR(extack, preshared,
				    "this preshared key is the peer's public key, which is no secret; make one with `naawg genpsk'");
		return -EINVAL;
	}
	return 0;
}

/* The private key that will be in force, clamped; false if there will be none. */
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
 * naawg_key_check_request() - are the keys of a set-device request in place?
 * @dev: the device
 * @info: the request, its entries checked to be well-formed
 *
 * Context: process, dev->config held.
 * Return: 0, or -EINVAL with the reason said.
 */
int naawg_key_check_request(struct naawg_dev *dev, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NAAWG_A_DEVICE_PRIVATE_KEY];
	u8 private[NAAWG_KEY_SIZE];
	int err = 0, rem;
	bool has;

	lockdep_assert_held(&dev->config);
	has = future_private(dev, attr, private);
	if (has && attr)
		err = check_private(dev, info, private);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (err)
			break;
		if (nla_type(attr) == NAAWG_A_DEVICE_PEERS)
			err = check_entry(attr, has ? private : NULL,
					  info->extack);
	}
	naawg_wipe(private, sizeof(private));
	return err;
}
