#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# Tests of links of kind "naawg", run on links of kind "wireguard" that naawg serves. Those that
# unload naawg are left out, as naawg_wireguard needs it.

# shellcheck source=selftests/long/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"

guest as-wireguard
made helpers make -s -C "$selftests/batch"
export NAAWG_LINKS=wireguard
run_in_guest net/{allowedips,basic,callers,down_up,icmp,keepalive,keys,loop}.sh \
	net/{mtu,nat,nested,path,port,rekey,roam,staged,stats,sticky,unreachable,userns}.sh \
	nat/{conf,forbidden,input,paths,rules}.sh \
	batch/{chains,forward,identical,paths,streams,whole}.sh \
	hostile/{callers,clocks,endpoints,floods,replays}.sh
finish
