# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Hosts, which are network namespaces, cables between them, and tunnels over these. Most
# tests begin with two_hosts and tunnel:
#
#	+- namespace a -----------------+          +- namespace b -----------------+
#	|                               |          |                               |
#	|  t0 (KIND, port 5001)         |  tunnel  |         t0 (KIND, port 5002)  |
#	|  10.9.0.1/24 fd09::1/64  <====|==========|====>  10.9.0.2/24 fd09::2/64  |
#	|                               |          |                               |
#	|  va (veth)                    |  cable   |                    vb (veth)  |
#	|  192.0.2.1/24                 |          |                 192.0.2.2/24  |
#	|  2001:db8::1/64  <------------|----------|---------->    2001:db8::2/64  |
#	|                               |          |                               |
#	+-------------------------------+          +-------------------------------+
#
# Neither end knows the other's endpoint: each test says which one initiates.
#
#   KIND  link kind under test            (naawg)
#   WG    tool that configures such links (tools/naawg; /usr/bin/wg for wireguard)
#
# With NAAWG_LINKS=wireguard, links of naawg are of kind wireguard, which naawg then serves;
# none is the stock driver's.
#
# "tunnel naawg wireguard" makes b the stock driver. With KIND=wireguard both ends are,
# which shows that the tests expect the right things. All that a test makes is removed
# when it ends, however it ends.

set -u
shopt -s extglob

NET_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=selftests/lib.sh
. "$NET_DIR/../lib.sh"
need_root
need_tool ip ping ss sysctl awk
KIND=${KIND:-naawg}
if [ -z "${WG:-}" ]; then
	case $KIND in
	wireguard) WG=/usr/bin/wg ;;
	*) WG=$repo/tools/naawg ;;
	esac
fi
# Isolated and without site, Python starts in half the time.
PY='/usr/bin/python3 -I -S'
export KIND WG LC_ALL=C WG_HIDE_KEYS=never WG_COLOR_MODE=never PYTHONDONTWRITEBYTECODE=1

TMP=$(mktemp -d "${TMPDIR:-/tmp}/naawg-net.XXXXXX") || exit 1
PREFIX=ng$$
declare -A NS=()	# host -> network namespace
declare -A TOOL=()	# host -> tool, where it is not $WG
declare -A PUB=()	# key name -> public key
BACKGROUND=()		# processes to end with the test

# --- hosts -----------------------------------------------------------------

cleanup()
{
	local ns pids

	[ ${#BACKGROUND[@]} -eq 0 ] || kill "${BACKGROUND[@]}"
	# By name, as some were made in the subshell of a case.
	for ns in $(ip netns list | awk -v prefix="$PREFIX-" 'index($1, prefix) == 1 { print $1 }'); do
		pids=$(ip netns pids "$ns")
		# shellcheck disable=SC2086 # one word per process
		[ -z "$pids" ] || kill -9 $pids
		ip netns del "$ns"
	done
	rm -rf "$TMP"
}

# hosts NAME...: namespaces with lo up
hosts()
{
	local host

	for host in "$@"; do
		NS[$host]=$PREFIX-$host
		ip netns add "${NS[$host]}" || exit 1
		ip -n "${NS[$host]}" link set lo up
		# Addresses stay when a test takes a link down and up again,
		# and when another one of the same prefix is deleted.
		sysctl_at "$host" net.ipv6.conf.{all,default}.keep_addr_on_down=1 \
			net.ipv4.conf.{all,default}.promote_secondaries=1
	done
}

host_del()
{
	ip netns del "${NS[$1]}"
	unset "NS[$1]"
}

# at HOST COMMAND...
at()
{
	local host=$1

	shift
	ip netns exec "${NS[$host]}" "$@"
}

# ipat HOST ARGS...: ip(8) on a host
ipat()
{
	local host=$1

	shift
	ip -n "${NS[$host]}" "$@"
}

# w HOST ARGS...: the tool on a host
w()
{
	local host=$1

	shift
	ip netns exec "${NS[$host]}" "${TOOL[$host]:-$WG}" "$@"
}

# sysctl_at HOST NAME=VALUE...
sysctl_at()
{
	at "$1" sysctl -qw "${@:2}"
}

# wire HOST DEV HOST DEV: a cable
wire()
{
	ip link add "$2" netns "${NS[$1]}" type veth peer name "$4" netns "${NS[$3]}"
	ipat "$1" link set "$2" up
	ipat "$3" link set "$4" up
	wait_for 10 carrier "$1" "$2"
	wait_for 10 carrier "$3" "$4"
}

carrier()
{
	[[ $(ipat "$1" link show "$2") == *" state UP "* ]]
}

# address HOST DEV PREFIX...: without the seconds of duplicate detection
address()
{
	local host=$1 dev=$2 prefix

	shift 2
	for prefix in "$@"; do
		case $prefix in
		*:*) ipat "$host" addr add "$prefix" dev "$dev" nodad ;;
		*) ipat "$host" addr add "$prefix" dev "$dev" ;;
		esac
	done
}

# two_hosts: a and b on one cable, 192.0.2.1 and .2, 2001:db8::1 and ::2
two_hosts()
{
	hosts a b
	wire a va b vb
	address a va 192.0.2.1/24 2001:db8::1/64
	address b vb 192.0.2.2/24 2001:db8::2/64
}

# --- keys and tunnels ------------------------------------------------------

# keys NAME...: pairs in $TMP/NAME.key and ${PUB[NAME]}
keys()
{
	local name

	for name in "$@"; do
		(umask 077; "$WG" genkey >"$TMP/$name.key") || exit 1
		PUB[$name]=$("$WG" pubkey <"$TMP/$name.key") || exit 1
	done
}

psk()
{
	(umask 077; "$WG" genpsk >"$TMP/$1.psk") || exit 1
}

# link_new HOST DEV [KIND]
link_new()
{
	local kind=${3:-$KIND}

	[ "$kind" != naawg ] || kind=${NAAWG_LINKS:-naawg}
	ipat "$1" link add "$2" type "$kind"
}

# tunnel: t0 on hosts a and b that are each other's peers, ports 5001 and 5002, inner
# 10.9.0.1 and .2, fd09::1 and ::2; neither knows the other's endpoint.
tunnel()
{
	link_new a t0 "${1:-$KIND}"
	link_new b t0 "${2:-$KIND}"
	tunnel_conf
}

tunnel_conf()
{
	[ -n "${PUB[a]:-}" ] || keys a b
	w a set t0 private-key "$TMP/a.key" listen-port 5001 \
		peer "${PUB[b]}" allowed-ips 10.9.0.2/32,fd09::2/128
	w b set t0 private-key "$TMP/b.key" listen-port 5002 \
		peer "${PUB[a]}" allowed-ips 10.9.0.1/32,fd09::1/128
	address a t0 10.9.0.1/24 fd09::1/64
	address b t0 10.9.0.2/24 fd09::2/64
	ipat a link set t0 up
	ipat b link set t0 up
}

# forget HOST: down and up again, which drops its sessions
forget()
{
	local host

	for host in "$@"; do
		ipat "$host" link set t0 down
		ipat "$host" link set t0 up
	done
}

# python_test FILE: a program on the host a reports in place of this test
python_test()
{
	hosts a
	delegate at a /usr/bin/python3 "$1"
}

# shellcheck source=selftests/net/traffic.sh
. "$NET_DIR/traffic.sh"
if [ "${NAAWG_LINKS:-naawg}" = wireguard ]; then
	modprobe naawg_wireguard || exit 1
	defer rmmod naawg_wireguard
fi
defer cleanup
watch_kernel

ip netns add "$PREFIX-probe" || absent "no network namespaces here"
WHY=$(ip -n "$PREFIX-probe" link add probe type "$KIND" 2>&1) || WHY=${WHY:-unknown}
ip netns del "$PREFIX-probe"
[ -z "$WHY" ] || absent "no $KIND links here: $WHY"
[ -x "$WG" ] || absent "no tool at $WG, make tools builds it"
