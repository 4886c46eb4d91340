/* SPDX-License-Identifier: GPL-2.0 */
/* Makes, removes and sets up links of this network namespace. */

#ifndef NAAWG_RT_LINK_H
#define NAAWG_RT_LINK_H

#include <stdbool.h>
#include <stdint.h>

/* These return 0 or a negative errno, with the kernel's sentence in nlsock_extack_msg. */
int rt_link_add(const char *name, uint32_t mtu);
int rt_link_del(const char *name);
int rt_link_up(const char *name, bool up);
int rt_link_mtu(const char *name, uint32_t mtu);

/* The MTU of the link with this index; 0 if there is none. */
uint32_t rt_mtu_of(int index);

#endif
