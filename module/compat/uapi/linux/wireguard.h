/* SPDX-License-Identifier: GPL-2.0 */
/* The stock driver's netlink interface: flags of an allowed IP came in 6.16. */
#ifndef _NAAWG_COMPAT_UAPI_LINUX_WIREGUARD_H
#define _NAAWG_COMPAT_UAPI_LINUX_WIREGUARD_H

#include_next <uapi/linux/wireguard.h>

#ifdef NAAWG_COMPAT_WGALLOWEDIP_FLAGS
#define WGALLOWEDIP_A_FLAGS	(WGALLOWEDIP_A_CIDR_MASK + 1)
#define WGALLOWEDIP_F_REMOVE_ME	BIT(0)
#endif

#endif
