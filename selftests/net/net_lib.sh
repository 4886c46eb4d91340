# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the network tests share. A test sources this file, builds hosts (network
# namespaces), runs cases and calls the_end. Everything a test makes is removed
# when it ends, however it ends.
#
#   KIND  link kind under test      (naawg)
#   WG    tool that configures it   (tools/naawg; /usr/bin/wg for wireguard)
#
# With KIND=wireguard the tests run against the stock driver, which shows that
# it is the tests' expectations that are right.

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
# Isolated and without site: half the start-up time, which is dear in a guest.
PY='/usr/bin/python3 -I -S'
# Never readable, so that reading it is a sleep that starts no process.
exec {NEVER}<> <(:)
export LC_ALL=C WG_HIDE_KEYS=never WG_COLOR_MODE=never PYTHONDONTWRITEBYTECODE=1

TMP=$(mktemp -d "${TMPDIR:-/tmp}/naawg-net.XXXXXX") || exit 1
PREFIX=ng$$
declare -A NS=()	# host -> network namespace
declare -A TOOL=()	# host -> tool, where it is not $WG
declare -A PUB=()	# key name -> public key
BACKGROUND=()		# processes to end with the test

# --- cases -----------------------------------------------------------------

# case_of NAME COMMAND...: run COMMAND in a subshell of its own that ends at the
# first failing step; the end of its trace explains a failure.
case_of()
{
	local name=$1 rc start=$SECONDS

	shift
	(
		exec >"$TMP/trace" 2>&1
		set -ex
		"$@"
	)
	rc=$?
	[ -z "${NAAWG_TIMES:-}" ] || diag "$((SECONDS - start)) s"
	if [ $rc -eq 0 ]; then
		pass "$name"
		return 0
	fi
	fail "$name"
	tail -n 15 "$TMP/trace" | cut -c1-220 | sed 's/^/#   /'
	return 1
}

# What the kernel must never say.
KERNEL_ALARM='WARNING:|BUG:|Oops|refcount_t:|general protection|unregister_netdevice: waiting|INFO: task|suspicious RCU|memory leak'

# What the kernel said, save for races of its own.
kernel_log()
{
	if [ "${NAAWG_GUEST:-}" = kcsan ]; then
		dmesg | awk -f "$selftests/kcsan/races.awk"
	else
		dmesg
	fi
}

kernel_alarms()
{
	kernel_log | grep -cE "$KERNEL_ALARM"
}

# the_end: the last check of every test, then the plan
the_end()
{
	if [ "$(kernel_alarms)" = "$ALARMS" ]; then
		pass "the kernel has nothing to complain about"
	else
		fail "the kernel has nothing to complain about"
		kernel_log | grep -E "$KERNEL_ALARM" | tail -n 5 | sed 's/^/#   /'
	fi
	finish
}

# --- comparing and waiting -------------------------------------------------

# same GOT WANTED: within a case
same()
{
	local -; set +x
	[ "$1" = "$2" ] && return 0
	echo "got '$1', wanted '$2'"
	return 1
}

refuses()
{
	if "$@"; then
		echo "should have failed: $*"
		return 1
	fi
	return 0
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds. The clock in a slow guest
# is no measure, so callers are generous: the deadline only ends a failure.
wait_for()
{
	local end=$((SECONDS + $1)) -

	{ set +x; } 2>/dev/null
	shift
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			echo "waited in vain for: $*"
			return 1
		fi
		read -rt 0.05 -u $NEVER || :
	done
}

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
	ipat "$1" link add "$2" type "${3:-$KIND}"
}

# tunnel: t0 on hosts a and b that know each other, ports 5001 and 5002, inner
# 10.9.0.1 and .2, fd09::1 and ::2; who calls whom is left to the test.
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

# peer_field HOST DEV WHAT [KEY]: what `show DEV WHAT` says of one peer
peer_field()
{
	w "$1" show "$2" "$3" | awk -F '\t' -v key="${4:-}" \
		'key == "" || $1 == key { sub(/^[^\t]*\t/, ""); print; exit }'
}

rx_of() { peer_field "$1" "$2" transfer "${3:-}" | cut -f1; }
tx_of() { peer_field "$1" "$2" transfer "${3:-}" | cut -f2; }
endpoint_of() { peer_field "$1" "$2" endpoints "${3:-}"; }
handshake_of() { peer_field "$1" "$2" latest-handshakes "${3:-}"; }

# stat_of HOST DEV NAME: a counter of the link itself
stat_of()
{
	at "$1" cat "/sys/class/net/$2/statistics/$3"
}

# reason_of HOST DEV NAME: the counter of a reason; 0 on a driver without any
reason_of()
{
	[ "$KIND" = naawg ] || { echo 0; return; }
	at "$1" /usr/bin/python3 "$NET_DIR/reasons.py" "$2" "$3"
}

# expect_reason HOST DEV NAME BEFORE [AT_LEAST]: the counter moved. The stock
# driver has none, and there nothing is asked.
expect_reason()
{
	local now

	[ "$KIND" = naawg ] || return 0
	now=$(reason_of "$1" "$2" "$3")
	[ "$now" -ge $(($4 + ${5:-1})) ] && return 0
	echo "reason $3 went from $4 to $now, should have gone up by ${5:-1}"
	return 1
}

# ping_ok HOST ADDRESS [ARGS]: two tries, so that one lost packet is no news
ping_ok()
{
	local host=$1 to=$2

	shift 2
	at "$host" ping -q -c 1 -W 5 "$@" "$to" ||
		at "$host" ping -q -c 1 -W 5 "$@" "$to"
}

ping_fails()
{
	refuses at "$1" ping -q -c 1 -W "${3:-1}" "$2"
}

# --- traffic and captures --------------------------------------------------

# background HOST COMMAND...: STARTED is the program itself, no shell around it
background()
{
	ip netns exec "${NS[$1]}" "${@:2}" &
	STARTED=$!
	BACKGROUND+=("$STARTED")
}

# sink HOST PROTO ADDRESS PORT FILE [COUNT]: what arrives, as FILE tells later
sink()
{
	: >"$5"
	background "$1" timeout "${SINK_SECONDS:-120}" $PY "$NET_DIR/flow.py" sink "$2" "$3" "$4" \
		"${6:-0}" >"$5" 2>&1
	SINK=$STARTED
	wait_for 20 grep -q '^ready' "$5"
}

# source_of HOST PROTO ADDRESS PORT BYTES [SIZE]
source_of()
{
	at "$1" timeout 120 $PY "$NET_DIR/flow.py" source "$2" "$3" "$4" "$5" "${6:-0}"
}

# carries FROM TO PROTO ADDRESS PORT BYTES [SIZE]: sums of both ends agree
carries()
{
	local out=$TMP/sink.$1.$2.$5 sent got count=0

	[ "$3" = tcp ] || count=$(($6 / $7))
	sink "$2" "$3" "$4" "$5" "$out" "$count"
	sent=$(source_of "$1" "$3" "$4" "$5" "$6" "${7:-0}")
	wait "$SINK"
	got=$(tail -n 1 "$out")
	[ -n "$sent" ]
	same "$got" "$sent"
}

# sniff HOST DEV FILE: one line per outer UDP packet until sniff_end
sniff()
{
	: >"$3"
	background "$1" $PY "$NET_DIR/sniff.py" "$2" >"$3" 2>&1
	SNIFFER=$STARTED
	wait_for 20 grep -q '^ready' "$3"
}

sniff_end()
{
	kill "$SNIFFER"
	wait "$SNIFFER" || true
}

defer cleanup
ALARMS=$(kernel_alarms)

# A missing driver is a reason to skip on someone's machine, but in our own
# guest it is what is being tested.
absent()
{
	[ -n "${NAAWG_VM:-}" ] || skip_all "$1"
	bail "$1"
}

ip netns add "$PREFIX-probe" || absent "no network namespaces here"
WHY=$(ip -n "$PREFIX-probe" link add probe type "$KIND" 2>&1) || WHY=${WHY:-unknown}
ip netns del "$PREFIX-probe"
[ -z "$WHY" ] || absent "no $KIND links here: $WHY"
[ -x "$WG" ] || absent "no tool at $WG, make tools builds it"
