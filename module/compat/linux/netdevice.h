/* SPDX-License-Identifier: GPL-2.0 */
/* Lockless transmit, which was a feature bit before 6.12. */
#ifndef _NAAWG_COMPAT_LINUX_NETDEVICE_H
#define _NAAWG_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>

static inline void netdev_set_lltx(struct net_device *netdev)
{
#ifdef NAAWG_COMPAT_LLTX
	netdev->features |= NETIF_F_LLTX;
#else
	netdev->lltx = true;
#endif
}

#endif
