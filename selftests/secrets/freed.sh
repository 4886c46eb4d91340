#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# Searches all memory of this machine for keys. Keys in use are found, which shows that
# the search works. Keys that are no longer used are nowhere: not in freed memory, on a
# stack or in the memory of a program that has ended.
#
#	+- namespace a ------+           +- namespace b ------+
#	|  t0 10.9.0.1 <=====|== tunnel =|=====> t0 10.9.0.2  |   both naawg
#	|  va 192.0.2.1 <----|-----------|-----> vb 192.0.2.2 |
#	+--------------------+           +--------------------+
#	   /proc/naawg_seek learns the keys of a link by HOST and DEVICE, then reads all
#	   memory of the machine and counts the halves of each key

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"

need_built secrets/naawg_seek.ko
# A kernel that wipes all freed memory would hide keys that we do not wipe.
! grep -qE 'init_on_free=1|slub_debug|page_poison' /proc/cmdline ||
	skip_all "this kernel wipes all memory that is freed"
# It takes more than a quarter of an hour there, as each byte is checked as it is read.
[ ! -e /sys/kernel/debug/kmemleak ] ||
	skip_all "a kernel that watches memory reads all of it too slowly"

SEEK=/proc/naawg_seek
insmod "$built" || bail "the seeker loads"
defer rmmod naawg_seek

learn()
{
	at "$1" sh -c "echo 'learn $2' >$SEEK"
}

forget_all()
{
	echo forget >$SEEK
}

# found KIND: how often halves of such keys are found
found()
{
	awk -v kind="$1" '$1 == kind { sum += $3 } END { print sum + 0 }' "$TMP/seen"
}

seek()
{
	cat $SEEK >"$TMP/seen"
	cat "$TMP/seen"
}

# there KIND...: both halves of all these keys are in memory
there()
{
	local kind -

	{ set +x; } 2>/dev/null
	for kind; do
		awk -v kind="$kind" '$1 == kind { n++; if (!$3) exit 1 }
			END { exit !n }' "$TMP/seen" || {
			echo "no $kind key in memory: the search does not work"
			return 1
		}
	done
}

# gone KIND...: these keys were learned, and are nowhere
gone()
{
	local kind -

	{ set +x; } 2>/dev/null
	for kind; do
		grep -q "^$kind " "$TMP/seen" || {
			echo "no $kind key is known"
			return 1
		}
		[ "$(found "$kind")" = 0 ] || {
			echo "$kind keys still in memory"
			return 1
		}
	done
}

# Keys are freed after a grace period, by a workqueue or a softirq, at an unknown time.
# gone_soon KIND...
gone_soon()
{
	local -

	{ set +x; } 2>/dev/null
	for _ in 1 2 3; do
		sleep 0.5
		seek
		gone "$@" && return
	done
	return 1
}

# A tunnel that was used in both directions, with a key that was set and asked for
# in all the ways the tool has.
tunnel_used()
{
	tunnel
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/ab.psk" endpoint 192.0.2.2:5002
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/ab.psk"
	ping_ok a 10.9.0.2
	ping_ok b fd09::1
	carries a b tcp 10.9.0.2 7001 100000
}

two_hosts
keys a b
psk ab

in_use()
{
	tunnel_used
	learn a t0
	learn b t0
	seek
	there private preshared static-static session
}
test_case "keys in use are found" in_use

# Keys that the tool read went through memory of the kernel and of the tool.
asked_for()
{
	for host in a b; do
		w $host show t0 private-key >/dev/null
		w $host show t0 preshared-keys >/dev/null
		w $host show t0 dump >/dev/null
		w $host showconf t0 >/dev/null
	done
	(umask 077; w a showconf t0 >"$TMP/t0.conf")
	w a syncconf t0 "$TMP/t0.conf"
	w a setconf t0 "$TMP/t0.conf"
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a 10.9.0.2
	seek
	there private preshared static-static
}
test_case "keys in use are found after they were read and set again" asked_for

down()
{
	ipat a link set t0 down
	ipat b link set t0 down
	gone_soon session
	there private preshared static-static
}
test_case "a link that is down has no session keys" down

peers_removed()
{
	w a set t0 peer "${PUB[b]}" remove
	w b set t0 peer "${PUB[a]}" remove
	gone_soon preshared static-static session
	there private
}
test_case "removed peers leave no key" peers_removed

key_replaced()
{
	keys a b
	w a set t0 private-key "$TMP/a.key"
	w b set t0 private-key "$TMP/b.key"
	gone_soon private
}
test_case "a replaced private key is gone" key_replaced

# A peer initiates and gets no confirmation: half a handshake.
half_way()
{
	forget_all
	ipat a link set t0 up
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/ab.psk" \
		endpoint 192.0.2.77:5002 allowed-ips 10.9.0.2/32
	at a ping -q -c 1 -W 1 10.9.0.2 || :
	learn a t0
	seek
	there private preshared static-static ephemeral chain
	ipat a link set t0 down
	gone_soon ephemeral chain
}
test_case "a half-done handshake has secrets in memory, and leaves none" half_way

refused()
{
	# the whole request is refused after its keys have come
	refuses w a set t0 private-key "$TMP/a.key" listen-port 5001 \
		peer "${PUB[b]}" preshared-key "$TMP/ab.psk" allowed-ips 10.9.0.2/32 \
		endpoint 192.0.2.2:5002 peer "${PUB[a]}" remove nonsense
	at a ip link add nowhere type dummy
	refuses w a set nowhere private-key "$TMP/a.key" peer "${PUB[b]}" \
		preshared-key "$TMP/ab.psk"
}

links_gone()
{
	learn b t0
	refused
	ipat a link del t0
	ipat b link del t0
	gone_soon private preshared static-static ephemeral chain
}
test_case "links that are deleted leave no key" links_gone

namespace_gone()
{
	forget_all
	keys a b
	tunnel_used
	learn a t0
	learn b t0
	seek
	there private preshared static-static session
	host_del a
	host_del b
	gone_soon private preshared static-static session
}
test_case "a namespace that is deleted leaves no key" namespace_gone
finish
