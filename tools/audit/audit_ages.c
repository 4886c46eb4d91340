// SPDX-License-Identifier: GPL-2.0
/* Finds keys that are older than the policy wants. */

#include <stdio.h>
#include <time.h>

#include "audit/parts.h"
#include "lib/age.h"
#include "lib/keys.h"

/* Where a key of unknown age is, and how many there are. */
struct unknown {
	size_t n;
	unsigned int line;
};

static void count(struct unknown *unknown, unsigned int line)
{
	if (!unknown->n++)
		unknown->line = line;
}

static bool is_old(const struct audit *audit, uint64_t created, uint64_t now)
{
	return created < now && now - created > audit->policy->rotate_after;
}

static void private_key(struct audit *audit, const struct device *dev, const struct quick *quick,
			struct unknown *unknown, uint64_t now)
{
	char text[AGE_TEXT_LEN], max[AGE_TEXT_LEN];

	if (!(dev->bits & DEVICE_HAS_PRIVATE_KEY))
		return;
	if (!quick->created)
		count(unknown, 0);
	else if (is_old(audit, quick->created, now))
		audit_notice(audit, 0, "our key is %s old, and RotateAfter of the policy is %s: make a new one with `naawg genkey', and tell all peers its public key",
			     age_text(text, now - quick->created),
			     age_text(max, audit->policy->rotate_after));
}

static void preshared_key(struct audit *audit, const struct peer *peer, struct unknown *unknown,
			  uint64_t now)
{
	char text[AGE_TEXT_LEN], max[AGE_TEXT_LEN], label[PEER_LABEL_LEN];

	if (key_is_zero(peer->preshared_key))
		return;
	if (!peer->created)
		count(unknown, peer->line);
	else if (is_old(audit, peer->created, now))
		audit_notice(audit, peer->line, "the preshared key of peer %s is %s old, and RotateAfter of the policy is %s: make a new one with `naawg genpsk', and give it to both sides",
			     peer_label(label, peer), age_text(text, now - peer->created),
			     age_text(max, audit->policy->rotate_after));
}

/* A wrong time would be a key that nobody rotates. */
static void times(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	static const char wrong[] = "this Created is no time in UTC, like 2026-11-30T12:00:00Z";
	size_t i;

	if (quick->created_wrong)
		audit_notice(audit, 0, "[Interface]: %s", wrong);
	for (i = 0; i < dev->n_peers; i++)
		if (dev->peers[i].created_wrong)
			audit_notice(audit, dev->peers[i].line, "%s", wrong);
}

void audit_ages(struct audit *audit, const struct device *dev, const struct quick *quick)
{
	struct unknown unknown = { 0 };
	uint64_t now = time(NULL);
	size_t i;

	times(audit, dev, quick);
	if (!audit->policy->rotate_after)
		return;
	private_key(audit, dev, quick, &unknown, now);
	for (i = 0; i < dev->n_peers; i++)
		preshared_key(audit, &dev->peers[i], &unknown, now);
	if (unknown.n)
		audit_notice(audit, unknown.line, "the age of %zu key%s is not known, so RotateAfter of the policy cannot be checked: a line `# Created = 2026-11-30T12:00:00Z' in its section tells it",
			     unknown.n, unknown.n == 1 ? "" : "s");
}
