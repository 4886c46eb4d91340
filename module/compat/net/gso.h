/* SPDX-License-Identifier: GPL-2.0 */
/* GSO functions, which <linux/netdevice.h> declared before 6.5. */
#ifndef _NAAWG_COMPAT_NET_GSO_H
#define _NAAWG_COMPAT_NET_GSO_H

#ifdef NAAWG_COMPAT_GSO
#include <linux/netdevice.h>
#else
#include_next <net/gso.h>
#endif

#endif
