#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The interfaces of kernels between 6.12 and 7.2 that are no package, alone and together.
# The headers are those of User-Mode Linux, which is built for it.

. "$(dirname "$0")/../kernels/spellings_lib.sh"

need_tool gcc flex bison bc
mkdir -p "$selftests/out"
tree=$("$selftests/uml/build.sh" test 2>"$selftests/out/uml-build.log" | tail -n 1)
[ -f "$tree/Module.symvers" ] ||
	bail "User-Mode Linux can be built, see selftests/out/uml-build.log"
base "$tree" ARCH=um

all=$(make -s -f - <<-MAKE
	KBUILD_EXTMOD := $work/module
	CONFIG_NF_NAT := y
	CONFIG_NF_NAT_MASQUERADE := y
	VERSION := 7
	include $work/module/Kbuild
	all: ; @echo \$(naawg-objects-y) \$(patsubst module/%,%,\$(module/naawg_wireguard-y))
MAKE
)
check "there are files to compile" differs "$all" ""

spelt "7.1.3" "setup_socket release_socket" "+UDP_TUNNEL_SOCKET +UDP_TUNNEL_RELEASE" \
	outer/socket.o
spelt "half of 7.1.5" "setup_socket" "+UDP_TUNNEL_SOCKET" outer/socket.o
spelt "the other half" "release_socket" "+UDP_TUNNEL_RELEASE" outer/socket.o
spelt "half of 6.19" "blake2s_state" "+BLAKE2S_STATE" core/crypto.o
spelt "the other half" "blake2s_order" "+BLAKE2S_ORDER" core/crypto.o
spelt "half of 6.17" "no_ipcb_flags" "+UDP_TUNNEL_FLAGS" outer/socket.o
spelt "the other half" "no_ip6cb_flags" "+UDP_TUNNEL6_FLAGS" outer/socket.o
spelt "timers of 6.15" "from_timer" "+TIMER" tx/timer_actions.o
spelt "ChaCha of 6.15" "chacha_words" "+CHACHA_STATE" core/crypto.o
spelt "allowed IPs of 6.15" "no_allowedip_flags" "+WGALLOWEDIP_FLAGS" wireguard/netlink_gen.o \
	wireguard/set.o
spelt "links of 6.14" "newlink_unpacked" "+NEWLINK" ctl/netdev.o wireguard/main.o

# shellcheck disable=SC2086 # one word per object
{
	# locks without size, and fewer headers that come along with others
	spelt "7.2 without SMP" "no_smp" "" $all
	spelt "7.0 of kernel.org" "unexported setup_socket release_socket" \
		"+TASK_WORK +UDP_TUNNEL_SOCKET +UDP_TUNNEL_RELEASE" $all
	spelt "6.18" "setup_socket release_socket blake2s_state blake2s_order" \
		"+UDP_TUNNEL_SOCKET +UDP_TUNNEL_RELEASE +BLAKE2S_STATE +BLAKE2S_ORDER" $all
	spelt "6.14" "setup_socket release_socket blake2s_state blake2s_order no_ipcb_flags
		no_ip6cb_flags from_timer chacha_words no_allowedip_flags newlink_unpacked" \
		"+UDP_TUNNEL_SOCKET +UDP_TUNNEL_RELEASE +BLAKE2S_STATE +BLAKE2S_ORDER
		+UDP_TUNNEL_FLAGS +UDP_TUNNEL6_FLAGS +TIMER +CHACHA_STATE +WGALLOWEDIP_FLAGS
		+NEWLINK" $all
}
finish
