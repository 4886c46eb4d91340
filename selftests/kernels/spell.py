#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Puts another spelling of an interface into a kernel's headers, one at a time.

Arguments: the directory of the headers, which is written to, and names of EDITS.
A spelling is what some kernel has that cannot be had as a package; a file it is not
found in is an error."""

import re
import sys
from pathlib import Path

GRO_CB = """	u16	flush;
	u16	flush_id;
	u8	is_atomic:1;
"""
MEMNEQ = """
static inline int crypto_memneq(const void *a, const void *b, size_t size)
{
	return 0;
}
"""
GSO = """
struct sk_buff *__skb_gso_segment(struct sk_buff *skb, netdev_features_t features,
				  bool tx_path);
static inline struct sk_buff *skb_gso_segment(struct sk_buff *skb,
					      netdev_features_t features)
{
	return __skb_gso_segment(skb, features, true);
}
"""
UDP = "include/net/udp_tunnel.h"
TIMER = "include/linux/timer.h"
GENL = "include/net/genetlink.h"
RTNL = "include/net/rtnetlink.h"
BLAKE = "include/crypto/blake2s.h"
CHACHA = "include/crypto/chacha.h"
NETDEV = "include/linux/netdevice.h"
GRO = "include/net/gro.h"
MODULE_H = "include/linux/module.h"
EXPORT_H = "include/linux/export.h"
WIREGUARD = "include/uapi/linux/wireguard.h"

# name: (file, pattern, what stands there then)...; a pattern of None: the file goes
EDITS = {
    # 6.1 before 6.1.84, and before 6.1.158
    "timer_delete": [
        (TIMER, r"static inline int del_timer_sync\(.*?\n}\n", ""),
        (TIMER, r"\btimer_delete_sync\b", "del_timer_sync")],
    "timer_shutdown": [(TIMER, r"extern int timer_shutdown_sync\(.*?;", "")],
    # before 6.4
    "memneq_in_algapi": [
        ("include/crypto/utils.h", None, None),
        ("include/crypto/algapi.h", r"#include <crypto/utils.h>", ""),
        ("include/crypto/algapi.h", r"(?=\n#endif[^\n]*\s*\Z)", MEMNEQ)],
    # before 6.5
    "gso_in_netdevice": [
        ("include/net/gso.h", None, None),
        (NETDEV, r"(?=\n#endif[^\n]*\s*\Z)", GSO)],
    # before 6.6
    "no_info_dump": [
        (GENL, r"genl_info_dump\(struct netlink_callback",
         "genl_other_dump(struct netlink_callback"),
        (GENL, r"(struct genl_dumpit_info \{\n)", r"\1	struct nlattr **attrs;\n")],
    # before 6.8
    "no_mcast_cap": [(GENL, r"#define GENL_MCAST_CAP_NET_ADMIN[^\n]*\n", "")],
    # before 6.10, and half of it
    "gro_notes": [
        (GRO, r"\tu16\tflush;\n", GRO_CB),
        (GRO, r"gro_receive_network_flush\(", "gro_other_flush(")],
    "gro_offset": [(GRO, r"\bskb_gro_receive_network_offset\b", "skb_gro_other_offset")],
    # before 6.12
    "lltx_bit": [
        ("include/linux/netdev_features.h", r"\tNETIF_F_HIGHDMA_BIT,[^\n]*\n",
         r"\g<0>	NETIF_F_LLTX_BIT,\n"),
        ("include/linux/netdev_features.h", r"(?=#define NETIF_F_HIGHDMA\b)",
         "#define NETIF_F_LLTX __NETIF_F(LLTX)\n"),
        (NETDEV, r"\n\t\tunsigned long\t\tlltx:1;", ""),
        (NETDEV, r"\(dev\)->lltx\b", "((dev)->features & NETIF_F_LLTX)")],
    # 6.13 and later
    "namespace_string": [
        (MODULE_H, r"import_ns, __stringify\(ns\)", "import_ns, ns"),
        (EXPORT_H, r', __stringify\(ns\)\)', ", ns)")],
    # before 6.15
    "newlink_unpacked": [
        (RTNL, r"struct rtnl_newlink_params \{.*?\n\};\n", ""),
        (RTNL, r"static inline struct net \*rtnl_newlink_\w+_net\(.*?\n}\n", ""),
        (RTNL, r"\(\*newlink\)\(struct net_device \*dev,\s*"
               r"struct rtnl_newlink_params \*params,",
         "(*newlink)(struct net *net, struct net_device *dev,\n"
         "		struct nlattr *tb[], struct nlattr *data[],")],
    # before 6.16
    "from_timer": [(TIMER, r"\btimer_container_of\b", "from_timer")],
    "chacha_words": [
        (CHACHA, r"struct chacha_state \{.*?\};\n", ""),
        (CHACHA, r"(const )?struct chacha_state \*state", r"\1u32 *state"),
        (CHACHA, r"state->x\[", "state[")],
    "no_allowedip_flags": [
        (WIREGUARD, r"\tWGALLOWEDIP_F_REMOVE_ME\b[^\n]*", "\tWGALLOWEDIP_F_OTHER = 1,"),
        (WIREGUARD, r"\tWGALLOWEDIP_A_FLAGS,\n", "")],
    # 6.16 and later
    "allowedip_flags": [
        (WIREGUARD, r"\tWGALLOWEDIP_A_CIDR_MASK,\n", r"\g<0>	WGALLOWEDIP_A_FLAGS,\n"),
        (WIREGUARD, r"(?=enum wgallowedip_attribute)",
         "enum wgallowedip_flag { WGALLOWEDIP_F_REMOVE_ME = 1U << 0 };\n")],
    "timer_container_of": [(TIMER, r"\bfrom_timer\b", "timer_container_of")],
    # before 6.17, either sender
    "no_ipcb_flags": [(UDP, r",\s*u16 ipcb_flags\)", ")")],
    "no_ip6cb_flags": [(UDP, r",\s*u16 ip6cb_flags\)", ")")],
    # 6.17 and later
    "ipcb_flags": [(UDP, r"bool nocheck\);(?=\n\n)", "bool nocheck, u16 ipcb_flags);"),],
    # before 6.19
    "blake2s_state": [(BLAKE, r"\bblake2s_ctx\b", "blake2s_state")],
    "blake2s_order": [
        (BLAKE, r"void blake2s\(const u8 \*key, size_t keylen,\s*"
                r"const u8 \*in, size_t inlen,\s*u8 \*out, size_t outlen\)",
         "void blake2s(u8 *out, const u8 *in, const u8 *key,\n"
         "			   const size_t outlen, const size_t inlen,\n"
         "			   const size_t keylen)")],
    # a configuration, in the directory of what is built
    "no_smp": [
        ("include/generated/autoconf.h",
         r"#define CONFIG_(SMP|QUEUED_SPINLOCKS|QUEUED_RWLOCKS|MUTEX_SPIN_ON_OWNER|"
         r"RWSEM_SPIN_ON_OWNER|LOCK_SPIN_ON_OWNER|RCU_STALL_COMMON|RPS|XPS|RFS_ACCEL)"
         r" 1\n", ""),
        ("include/generated/autoconf.h", r"CONFIG_TREE_RCU 1", "CONFIG_TINY_RCU 1")],
    # before 7.1.5
    "setup_socket": [(UDP, r"(void setup_udp_tunnel_sock\(struct net \*net, )struct sock \*",
                      r"\1struct socket *")],
    "release_socket": [(UDP, r"(void udp_tunnel_sock_release\()struct sock \*",
                        r"\1struct socket *")],
}


def writable(top, path):
    """The file below top; it and the directories above it may be symbolic links."""
    place = top
    for part in Path(path).parts:
        place = place / part
        if not place.is_symlink():
            continue
        real = place.resolve()
        place.unlink()
        if real.is_dir():
            place.mkdir()
            for entry in real.iterdir():
                (place / entry.name).symlink_to(entry)
        else:
            place.write_bytes(real.read_bytes())
    return place


def main():
    top = Path(sys.argv[1])
    for name in sys.argv[2:]:
        for path, pattern, new in EDITS[name]:
            file = writable(top, path)
            if pattern is None:
                file.unlink()
                continue
            text, n = re.subn(pattern, new, file.read_text(), flags=re.S)
            if not n:
                sys.exit(f"{name}: {path} has nothing like {pattern!r}")
            file.write_text(text)


main()
