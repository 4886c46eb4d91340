/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family "naawg". */
#ifndef _NAAWG_NETLINK_H
#define _NAAWG_NETLINK_H

int naawg_netlink_setup(void);
void naawg_netlink_teardown(void);

#endif
