// SPDX-License-Identifier: GPL-2.0
/* Audits a configuration: sections, keys and the policy here, the rest in its parts. */

#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/parts.h"
#include "lib/keys.h"
#include "lib/peer_index.h"
#include "lib/prog.h"

static void find_duplicates(struct audit *audit, const struct device *dev)
{
	const struct peer *first, *second;
	char text[KEY_TEXT_LEN];
	struct peer_index index;
	size_t i;

	if (!peer_index_init(&index, dev)) {
		audit_error(audit, 0, "out of memory");
		return;
	}
	for (i = 1; i < index.n; i++) {
		first = index.list[i - 1];
		second = index.list[i];
		if (memcmp(first->public_key, second->public_key, KEY_LEN))
			continue;
		key_to_text(text, second->public_key);
		audit_error(audit, second->line, "the peer %s is already in line %u", text,
			    first->line);
	}
	peer_index_destroy(&index);
}

static bool has_private_key(const struct device *dev)
{
	return dev->bits & DEVICE_HAS_PRIVATE_KEY && !key_is_zero(dev->private_key);
}

static void keys(struct audit *audit, const struct device *dev)
{
	uint8_t derived[KEY_LEN];
	const uint8_t *own = audit->own;
	size_t i;

	if (has_private_key(dev)) {
		key_public(derived, dev->private_key);
		own = derived;
	} else {
		audit_warning(audit, 0, "there is no PrivateKey: the link keeps the key it has, and a new link stays silent until a hook sets one");
	}
	for (i = 0; own && i < dev->n_peers; i++)
		if (!memcmp(dev->peers[i].public_key, own, KEY_LEN))
			audit_error(audit, dev->peers[i].line,
				    "this public key is our own: use the one that `naawg pubkey' made from the peer's private key");
	find_duplicates(audit, dev);
}

static void peer(struct audit *audit, const struct peer *peer)
{
	size_t i;

	if (audit->policy->require_psk && key_is_zero(peer->preshared_key))
		audit_error(audit, peer->line, "this peer has no PresharedKey, and the policy requires one: make it with `naawg genpsk', and give it to both sides");
	if (!(peer->bits & PEER_REPLACE_IPS))
		audit_error(audit, peer->line, "allowed IPs with + or - are for `addconf' and `set': a whole configuration lists them without signs");
	for (i = 0; i < peer->n_ips; i++)
		audit_policy(audit, peer->line, "allowed IP", &peer->ips[i], true);
}

/* False: there is no [Interface] to audit. */
static bool sections(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	if (quick->interfaces == 1)
		return true;
	if (!quick->interfaces && !dev->n_peers)
		audit_error(audit, 0, "this file is empty: a tunnel needs a section [Interface] with PrivateKey and Address");
	else if (!quick->interfaces)
		audit_error(audit, 0, "there is no section [Interface]: it holds PrivateKey and Address of this host");
	else
		audit_error(audit, quick->interface_again,
			    "a second [Interface]: a file has one, so join the two. Or should this be a [Peer]?");
	return quick->interfaces;
}

bool audit_passes(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	size_t i;

	/* Other messages might show a key that is in the wrong place. */
	if (audit_keys(audit, dev) && sections(audit, dev, quick)) {
		audit_addresses(audit, dev, quick);
		for (i = 0; i < dev->n_peers; i++)
			peer(audit, &dev->peers[i]);
		keys(audit, dev);
		audit_allowed_ips(audit, dev, quick);
		audit_forwards(audit, dev, quick);
		audit_local(audit, dev, quick);
		audit_ages(audit, dev, quick);
		if (audit->live) {
			audit_host(audit, dev, quick);
			audit_kill(audit, dev, quick);
		}
	}
	if (audit->errors || !audit->warnings || !audit_is_strict(audit))
		return !audit->errors;
	fprintf(stderr, "%s: %s is refused: %s makes warnings errors\n", prog_name, audit->file,
		audit->strict ? "--strict" : "Strict = yes in the policy");
	return false;
}
