#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Links of the root of an unprivileged user namespace, and the permissions of users who
# have no capability, or have it in another namespace.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"
need_tool unshare nsenter setpriv
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] ||
	sysctl -qw kernel.unprivileged_userns_clone=1

# A copy of the tool that every user may run.
install -m 755 "$WG" "$TMP/tool"
chmod 755 "$TMP"
TOOL_FOR_ALL=$TMP/tool
NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# Everything is done by nobody, who is root in there: two namespaces, a cable, a tunnel.
world()
{
	cat >"$TMP/world" <<-'WORLD'
		set -ex
		cd /
		kind=$1 wg=$2
		mount -t tmpfs none /run
		[ "$(awk '{ print $2 }' /proc/self/uid_map)" = 65534 ]
		ip netns add a
		ip netns add b
		ip link add va netns a type veth peer name vb netns b
		n=0
		for host in a b; do
			n=$((n + 1))
			ip -n $host link set lo up
			ip -n $host addr add 192.0.2.$n/24 dev v$host
			ip -n $host link set v$host up
			ip -n $host link add t0 type "$kind"
			(umask 077; $wg genkey >/run/$host.key)
		done
		a=$($wg pubkey </run/a.key)
		b=$($wg pubkey </run/b.key)
		ip netns exec a $wg set t0 private-key /run/a.key listen-port 5001 \
			fwmark 7 peer $b allowed-ips 10.9.0.2/32 endpoint 192.0.2.2:5002
		ip netns exec b $wg set t0 private-key /run/b.key listen-port 5002 \
			peer $a allowed-ips 10.9.0.1/32
		ip -n a addr add 10.9.0.1/24 dev t0
		ip -n b addr add 10.9.0.2/24 dev t0
		ip -n a link set t0 up
		ip -n b link set t0 up
		ip netns exec a ping -q -c 1 -W 10 10.9.0.2 ||
			ip netns exec a ping -q -c 1 -W 10 10.9.0.2
		ip netns exec b ping -q -c 1 -W 10 10.9.0.1
		[ "$(ip netns exec a $wg show t0 private-key)" = "$(cat /run/a.key)" ]
		[ "$(ip netns exec b $wg show t0 endpoints)" = "$a	192.0.2.1:5001" ]
		ip -n a link set t0 netns b name t1
		ip netns exec b $wg set t1 listen-port 5011 fwmark 8
		ip -n b link del t1
		ip -n b link del t0
		echo good
	WORLD
	same "$("${NOBODY[@]}" unshare -Urnm bash "$TMP/world" "$KIND" \
		"$TOOL_FOR_ALL" | tail -n 1)" good
}
test_case "root of a user namespace can make and use links" world

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
ping_ok a 10.9.0.2 >/dev/null

# nobody_at HOST ARGS...: the tool, without any capability
nobody_at()
{
	local host=$1

	shift
	at "$host" "${NOBODY[@]}" "$TOOL_FOR_ALL" "$@"
}

# told_off COMMAND...: refused for lack of permission, in words
told_off()
{
	local said

	if said=$("$@" 2>&1); then
		echo "was allowed: $*"
		return 1
	fi
	echo "$said"
	[[ $said == *[Oo]peration\ not\ permitted* ]]
}

nobody()
{
	local before

	# The tool itself can be run.
	nobody_at a --version
	before=$(w a showconf t0)
	told_off nobody_at a set t0 listen-port 5099
	told_off nobody_at a set t0 fwmark 1
	told_off nobody_at a set t0 peer "${PUB[b]}" remove
	told_off nobody_at a set t0 private-key /dev/null
	told_off nobody_at a show t0
	told_off nobody_at a show t0 private-key
	told_off nobody_at a show t0 dump
	told_off nobody_at a showconf t0
	told_off at a "${NOBODY[@]}" ip link add t5 type "$KIND"
	told_off at a "${NOBODY[@]}" ip link set t0 down
	same "$(w a showconf t0)" "$before"
}
test_case "without a capability nothing is set, no key is shown, and the tool says why" nobody

# A user has all capabilities in a user namespace of its own, but none here.
wrong_place()
{
	told_off at a "${NOBODY[@]}" unshare -Ur "$TOOL_FOR_ALL" set t0 listen-port 5099
	told_off at a "${NOBODY[@]}" unshare -Ur "$TOOL_FOR_ALL" show t0 private-key
	same "$(w a show t0 listen-port)" 5001
}
test_case "capabilities in another user namespace are worth nothing here" wrong_place

stats()
{
	local said secret

	said=$(nobody_at a stats t0)
	[[ $said == *"${PUB[b]}"*"connected: yes"* ]]
	nobody_at a stats t0 --json >"$TMP/stats.json"
	secret=$(cat "$TMP/a.key")
	refuses grep -qF "$secret" "$TMP/stats.json"
	[[ $said != *"$secret"* ]]
	refuses nobody_at a stats t7
}
if [ "$KIND" = naawg ]; then
	test_case "every user can read stats, and they contain no secret" stats
else
	skip "every user can read stats, and they contain no secret" "$KIND has none"
fi

# A link of ours is moved into another user's namespace: its root may configure peers,
# but not our socket.
born_elsewhere()
{
	local pid setting

	background b "${NOBODY[@]}" unshare -Urn sleep 120
	pid=$STARTED
	wait_for 20 eval '[ "$(readlink /proc/'"$pid"'/ns/user)" != "$(readlink /proc/self/ns/user)" ] &&
		grep -q 65534 /proc/'"$pid"'/uid_map'
	ipat a link set t0 netns "$pid"
	in_there "$pid" ip link set t0 up
	in_there "$pid" "$TOOL_FOR_ALL" show t0
	for setting in "listen-port 5098" "fwmark 5" "listen-port 0" "fwmark 0"; do
		# shellcheck disable=SC2086 # two words
		told_off in_there "$pid" "$TOOL_FOR_ALL" set t0 $setting
	done
	same "$(in_there "$pid" "$TOOL_FOR_ALL" show t0 listen-port)" 5001
	same "$(in_there "$pid" "$TOOL_FOR_ALL" show t0 fwmark)" off
	in_there "$pid" "$TOOL_FOR_ALL" set t0 peer "${PUB[b]}" persistent-keepalive 21
	same "$(in_there "$pid" "$TOOL_FOR_ALL" show t0 persistent-keepalive | cut -f 2)" 21
	# The link works with its socket.
	in_there "$pid" ip addr add 10.9.0.1/24 dev t0
	in_there "$pid" ping -q -c 1 -W 10 10.9.0.2 ||
		in_there "$pid" ping -q -c 1 -W 10 10.9.0.2
	kill "$pid"
}

# As root of the user namespace of process PID.
in_there()
{
	"${NOBODY[@]}" nsenter -t "$1" -U -n --preserve-credentials "${@:2}"
}
test_case "port and mark need a capability in the birth namespace" born_elsewhere

finish
