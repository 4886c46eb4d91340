#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 2400
#
# The stock driver's own published test on naawg, with its own kind of link: once with
# wireguard-tools' wg as far as this wg goes, and once whole with naawg called as wg.
#
#   NAAWG_PUBLISHED_LOAD  of each measurement with iperf3 (-n 4M; the test itself says -t 3)

. "$(dirname "$0")/wireguard_lib.sh"
. "$(dirname "$0")/published_lib.sh"
need_ours
need_tool iperf3 ncat iptables nft ss

script=$(published_script) || skip_all "no kernel source in the cache, which uml/build.sh fetches"
sed "s/iperf3 -Z -t 3 /iperf3 -Z ${NAAWG_PUBLISHED_LOAD:--n 4M} /" "$script" >"$TMP/netns.sh"

# run NAME WG: its output goes to $TMP/NAME.log
run()
{
	published_programs "$TMP/bin" "$2"
	PATH=$TMP/bin:$PATH bash "$TMP/netns.sh" >"$TMP/$1.log" 2>&1
}

# The command that ended the test, and what it said.
last_words()
{
	grep -a -A 1 '\[+\] NS[0-9]: wg ' "$1" | tail -n 2 | cut -c 1-200
}

with_wg()
{
	serve naawg_wireguard
	if run wg "$(command -v wg)"; then
		published_ended "$TMP/wg.log"
		return
	fi
	last_words "$TMP/wg.log"
	last_words "$TMP/wg.log" | grep -a ' allowed-ips [-+]'
	last_words "$TMP/wg.log" | grep -a '^Unable to parse IP address'
}

with_naawg()
{
	serve naawg_wireguard
	run naawg "$repo/tools/naawg" || { tail -n 25 "$TMP/naawg.log" | cut -c 1-200; false; }
	published_ended "$TMP/naawg.log"
}

test_case "the test passes with wg, up to an option that this wg does not know" with_wg
test_case "the whole test passes with naawg called as wg" with_naawg
finish
