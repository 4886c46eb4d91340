#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The same random requests to the stock driver and to naawg under its names: both give the same
# error number for each. Ports in use are left out, as the stock driver may find another error
# after it has tried the port.

# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
need_stock
case $(uname -r) in
[1-6].*) skip_all "the stock driver of $(uname -r) has other error numbers than that of 7.2" ;;
esac

hosts a

# answers MODULE: error numbers of all requests, in $TMP/MODULE
answers()
{
	serve "$1"
	at a env NAAWG_FUZZ_ANSWERS="$TMP/$1" /usr/bin/python3 "$(dirname "$0")/fuzz.py"
}

# Lines of requests that only one of the drivers refused because of the port are left out.
same_errors()
{
	local found

	found=$(paste -d '\n' "$TMP/wireguard" "$TMP/naawg_wireguard" | awk '
		NR % 2 { code = $1; line = $0; next }
		$1 != code && $1 != "EADDRINUSE" && code != "EADDRINUSE" { print line; print }' |
		cut -c1-400 | head -n 8)
	same "$(wc -l <"$TMP/wireguard")" "$(wc -l <"$TMP/naawg_wireguard")"
	same "$found" ""
}

test_case "the stock driver answers random requests" answers wireguard
test_case "naawg answers random requests under its names" answers naawg_wireguard
test_case "the error numbers are the same" same_errors
finish
