/* SPDX-License-Identifier: GPL-2.0 */
/* Headers of packets and sums over them: in a kernel, its own. */
#ifndef SHIM_NET_H
#define SHIM_NET_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "shim.h"

#endif
