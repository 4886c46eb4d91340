// SPDX-License-Identifier: GPL-2.0
/* Lines in the kernel's log that dynamic debug switches on. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/printk.h>

#include "debug_log.h"

/* Characters of a public key in a line; their 6 bytes do not reveal the rest. */
#define KEY_CHARS	8

/* Writes the beginning of a key as user space writes it, in base64. */
static const char *key_begin(char text[KEY_CHARS + 1],
			     const u8 key[NAAWG_KEY_SIZE])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	u32 bits = 0, have = 0, at = 0, i;

	for (i = 0; i < KEY_CHARS; i++) {
		if (have < 6) {
			bits = bits << 8 | key[at++];
			have += 8;
		}
		have -= 6;
		text[i] = digits[bits >> have & 63];
	}
	text[KEY_CHARS] = '\0';
	return text;
}

/**
 * naawg_debug_reason() - log that packets were dropped, or a handshake was refused
 * @netdev: the link
 * @reason: the reason
 * @n: number of packets
 *
 * Packets that are not dropped do not come here. While the line is off, it costs a
 * call and a jump that is patched out.
 *
 * Context: any.
 */
void naawg_debug_reason(const struct net_device *netdev,
			enum naawg_reason reason, unsigned int n)
{
	net_dbg_ratelimited("%s: %s (%u)\n", netdev_name(netdev),
			    naawg_reason_name(reason), n);
}

/**
 * naawg_debug_peer() - log what happens to a peer
 * @netdev: the link
 * @public: public key of the peer; the line has the beginning of it
 * @what: words for it
 *
 * Context: any.
 */
void naawg_debug_peer(const struct net_device *netdev,
		      const u8 public[NAAWG_KEY_SIZE], const char *what)
{
	char key[KEY_CHARS + 1];

	net_dbg_ratelimited("%s: peer %s: %s\n", netdev_name(netdev),
			    key_begin(key, public), what);
}
