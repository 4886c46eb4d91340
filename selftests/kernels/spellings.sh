#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Interfaces as kernels without a package spell them: 6.1 before 6.1.158, those between
# 6.1 and 6.12, and kernels that export less than Debian's. long/spellings.sh has those
# before 7.2.

. "$(dirname "$0")/spellings_lib.sh"

release=$(kernel_release 6.1) && kdir=$(kernel_headers "$release") ||
	skip_all "no headers of 6.1 to be had"
base "$kdir"
spelt "6.1.55" "timer_delete timer_shutdown" "+TIMER_DELETE +TIMER_SHUTDOWN" \
	state/timers.o
spelt "6.1.84 to 6.1.157" "timer_shutdown" "+TIMER_SHUTDOWN" state/timers.o
spelt "only the names of 6.1.158" "timer_delete" "+TIMER_DELETE" state/timers.o
spelt "6.1 of kernel.org" "unexported" "+TASK_WORK" tx/hold.o main.o
unneeded "and imports no task_work_add" tx/hold.o task_work_add

if ! release=$(kernel_release 6.12) || ! kdir=$(kernel_headers "$release"); then
	skip "kernels around 6.12" "no headers of 6.12 to be had"
	finish
fi
base "$kdir"
spelt "6.12 of RHEL 10" "unexported" "+TASK_WORK" tx/hold.o
spelt "6.12 with the timers of 6.16" "timer_container_of" "-TIMER" tx/timer_actions.o
spelt "6.13" "namespace_string" "-SYMBOL_NS" ctl/netdev.o wireguard/main.o
spelt "6.12 with the flags of allowed IPs of 6.16" "allowedip_flags" "-WGALLOWEDIP_FLAGS" \
	wireguard/netlink_gen.o wireguard/set.o
spelt "6.11" "lltx_bit" "+LLTX" ctl/netdev.o wireguard/main.o
spelt "6.9" "gro_notes gro_offset" "+GRO_FLUSH +GRO_OFFSET" rx/gro.o
spelt "half of 6.10" "gro_notes" "+GRO_FLUSH" rx/gro.o
spelt "the other half" "gro_offset" "+GRO_OFFSET" rx/gro.o
spelt "6.7" "no_mcast_cap" "" ctl/netlink.o
spelt "6.5" "no_mcast_cap no_info_dump" "+GENL_INFO_DUMP" ctl/netlink_dev.o ctl/netlink.o \
	wireguard/get.o
spelt "6.4" "gso_in_netdevice" "+GSO" rx/chains.o tx/seal_batch.o
spelt "6.2" "memneq_in_algapi gso_in_netdevice" "+CRYPTO_UTILS +GSO" core/crypto.o \
	rx/chains.o
finish
