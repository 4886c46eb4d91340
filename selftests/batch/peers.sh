#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# An idle peer takes 4 KB at most, and no thread.

# shellcheck source=selftests/batch/batch_lib.sh
. "$(dirname "$0")/batch_lib.sh"

PEERS=${NAAWG_PEERS:-10000}

hosts a
keys a

# Any 32 bytes make a public key.
/usr/bin/python3 -I -S - "$PEERS" >"$TMP/conf" <<'CONF'
import binascii, os, sys
print("[Interface]")
for n in range(int(sys.argv[1])):
    print("[Peer]\nPublicKey =",
          binascii.b2a_base64(os.urandom(32), newline=False).decode())
    print("AllowedIPs = 10.%d.%d.%d/32" % (n >> 16, n >> 8 & 255, n & 255))
CONF

threads()
{
	ls -d /proc/[0-9]*/task/[0-9]* | wc -l
}
available()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}

many()
{
	local memory tasks

	ipat a link add t0 type "$KIND"
	w a set t0 private-key "$TMP/a.key"
	ipat a link set t0 up
	memory=$(available) tasks=$(threads)
	w a addconf t0 "$TMP/conf"
	same "$(w a show t0 peers | wc -l)" "$PEERS"
	memory=$((memory - $(available))) tasks=$(($(threads) - tasks))
	echo "$PEERS peers: $memory KB, $tasks threads"
	# A kernel that watches memory needs more of it for everything.
	[ -e /sys/kernel/debug/kmemleak ] || [ $memory -le $((PEERS * 4)) ]
	# Workers of the kernel come and go.
	[ $tasks -lt 20 ]
}
test_case "$PEERS peers at once" many
diag "$(grep ' peers: ' "$tap_trace" | tail -n 1)"

finish
