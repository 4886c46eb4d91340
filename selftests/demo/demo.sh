#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tunnel to look at. On a machine: install what is missing, build, boot a
# guest and run this script in it. In the guest: two hosts, "web" and
# "services", joined by a cable, with a tunnel over it that carries a ping, a
# letter that is watched on its way, and a file of 64 MB; then the same with
# the kernel's own WireGuard driver on one side; then port forwards, by which a
# web program reaches three real servers (forwards.sh).

set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
repo=$(cd "$here/../.." && pwd -P)
megabytes=${NAAWG_DEMO_MB:-64}

die()
{
	echo "demo: $*" >&2
	exit 1
}

# --- on the machine ----------------------------------------------------------

# quietly WHAT COMMAND...: its words are of interest only if it fails
quietly()
{
	local what=$1 log

	shift
	log=$(mktemp)
	printf '%s... ' "$what"
	if ! "$@" >"$log" 2>&1; then
		echo failed
		tail -n 40 "$log" >&2
		rm -f "$log"
		exit 1
	fi
	echo "done"
	rm -f "$log"
}

on_the_machine()
{
	local kernel

	[ "$(id -u)" = 0 ] || die "must be root: the guest uses this machine's files"
	[ -n "${NAAWG_NO_DEPS:-}" ] ||
		quietly "looking for packages" \
			"$repo/selftests/deps.sh" build tools vm demo
	kernel=$(find /lib/modules -maxdepth 1 -name '6.1.*-amd64' \
		! -name '*-rt-*' ! -name '*-cloud-*' -printf '%f\n' |
		while read -r release; do
			[ ! -r "/boot/vmlinuz-$release" ] ||
				[ ! -e "/lib/modules/$release/build" ] ||
				echo "$release"
		done | sort -V | tail -n 1)
	[ -n "$kernel" ] || die "no 6.1 kernel with headers: apt-get install linux-image-amd64 linux-headers-amd64"
	quietly "building the module for $kernel" make -j"$(nproc)" -C "$repo" \
		KDIR="/lib/modules/$kernel/build" modules
	quietly "building the tool" make -j"$(nproc)" -C "$repo" tools
	echo "booting $kernel in a virtual machine"
	exec "$repo/selftests/vm/boot.sh" -k "$kernel" -t 600 \
		-M "$repo/module/naawg.ko" -- "$here/demo.sh"
}

# --- in the guest --------------------------------------------------------------

naawg=$repo/tools/naawg
phrase="the quick brown fox jumps over the lazy dog"
letters=200
table=

title()
{
	printf '\n== %s\n' "$*"
}

# show HOST COMMAND...: as if typed on that host
show()
{
	local host=$1

	shift
	printf '%s# %s\n' "$host" "$*"
	ip netns exec "$host" "$@" | sed 's/^/    /'
}

at()
{
	ip netns exec "$@"
}

now_ms()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

wait_for()
{
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || die "waited in vain for: $*"
		sleep 0.1
	done
}

listening()
{
	[ -n "$(ss -N services -Htl "sport = $1")" ]
}

# watch HOST DEVICE FILE: capture until WATCHER is told to stop
watch()
{
	# Not by a function, or WATCHER would be a shell instead of tcpdump.
	ip netns exec "$1" tcpdump -q -U -n -s 0 -i "$2" -w "$3" 2>"$3.log" &
	WATCHER=$!
	wait_for 20 grep -q 'listening on' "$3.log"
}

keys()
{
	umask 077
	"$naawg" genkey | tee web.key | "$naawg" pubkey >web.pub
	"$naawg" genkey | tee services.key | "$naawg" pubkey >services.pub
	"$naawg" genpsk >both.psk
}

cable()
{
	ip netns add web
	ip netns add services
	ip link add cable netns web type veth peer name cable netns services
	ip -n web addr add 192.0.2.1/24 dev cable
	ip -n services addr add 192.0.2.2/24 dev cable
	ip -n web link set cable up
	ip -n services link set cable up
}

# tunnel KIND TOOL: naawg on web, KIND on services
tunnel()
{
	local kind=$1 tool=$2

	ip -n web link add tunnel0 type naawg || die "no naawg link"
	ip -n services link add tunnel0 type "$kind" || die "no $kind link"
	at web "$naawg" set tunnel0 private-key web.key listen-port 51820 \
		peer "$(cat services.pub)" preshared-key both.psk \
		endpoint 192.0.2.2:51820 allowed-ips 10.0.0.2/32
	at services "$tool" set tunnel0 private-key services.key \
		listen-port 51820 peer "$(cat web.pub)" preshared-key both.psk \
		allowed-ips 10.0.0.1/32
	ip -n web addr add 10.0.0.1/24 dev tunnel0
	ip -n services addr add 10.0.0.2/24 dev tunnel0
	ip -n web link set tunnel0 up
	ip -n services link set tunnel0 up
}

occurrences()
{
	grep -a -o -F "$phrase" "$1" | wc -l
}

# One line said often, looked for where everybody can see the packets and where
# only the two hosts can.
letter()
{
	local outside inside i

	watch web cable outside.pcap
	outside=$WATCHER
	watch web tunnel0 inside.pcap
	inside=$WATCHER
	at services timeout 60 ncat --recv-only -l 10.0.0.2 7000 >letter.got &
	wait_for 20 listening 7000
	for ((i = 0; i < letters; i++)); do
		echo "$phrase"
	done | at web timeout 60 ncat --send-only 10.0.0.2 7000
	wait $!
	# Written as captured, but the last packets may still be on their way. The end
	# of a packet cuts some of the lines in two.
	wait_for 20 eval '[ "$(occurrences inside.pcap)" -gt $((letters / 2)) ]'
	# The absence of leaks means something only for packets that were captured.
	wait_for 20 eval '[ "$(stat -c %s outside.pcap)" -gt $((letters * ${#phrase})) ]'
	kill "$outside" "$inside"
	wait "$outside" "$inside"
	[ "$(occurrences letter.got)" = $letters ] || die "the letter is incomplete"
	LEAKED=$(occurrences outside.pcap)
	SEEN=$(occurrences inside.pcap)
	echo "  on the cable:      $(grep -o '^[0-9]* packets captured' outside.pcap.log), \"$phrase\": $LEAKED times"
	echo "  inside the tunnel: $(grep -o '^[0-9]* packets captured' inside.pcap.log), \"$phrase\": $SEEN times"
	[ "$LEAKED" = 0 ] && [ "$SEEN" -gt $((letters / 2)) ]
}

stream()
{
	local start sent got receiver

	at services timeout 150 ncat --recv-only -l 10.0.0.2 7001 >file.got &
	receiver=$!
	wait_for 20 listening 7001
	start=$(now_ms)
	at web timeout 150 ncat --send-only 10.0.0.2 7001 <file
	wait "$receiver"
	STREAM_MS=$(($(now_ms) - start))
	sent=$(sha256sum <file)
	got=$(sha256sum <file.got)
	echo "  $megabytes MB in $((STREAM_MS / 1000)).$((STREAM_MS % 1000 / 100)) s"
	echo "  sent by web:          ${sent%% *}"
	echo "  received by services: ${got%% *}"
	[ "$sent" = "$got" ]
}

# story KIND TOOL: everything once, and a line for the table
story()
{
	local kind=$1 tool=$2 shaken rtt private=NO same=NO good=NO

	tunnel "$kind" "$tool"
	show web ping -n -c 3 -i 0.2 10.0.0.2
	rtt=$(at web ping -n -q -c 3 -i 0.2 10.0.0.2 |
		sed -n 's|^rtt .* = [^/]*/\([^/]*\)/.*|\1|p')
	show web "$naawg" show tunnel0
	show services "$tool" show tunnel0
	shaken=$(at web "$naawg" show tunnel0 latest-handshakes | cut -f2)
	echo
	echo "A letter through the tunnel, watched on its way:"
	letter && private=yes
	echo "A file through the tunnel:"
	stream && same=yes
	[ "${shaken:-0}" -gt 0 ] && [ -n "$rtt" ] && [ $private$same = yesyes ] &&
		good=yes
	[ $good = yes ] || failed=1
	table+=$(printf '%-22s | %-9s | %6s ms | %3d.%d s | %-8s | %-4s' \
		"naawg <-> $kind" "$([ "${shaken:-0}" -gt 0 ] && echo yes || echo NO)" \
		"${rtt:--}" $((STREAM_MS / 1000)) $((STREAM_MS % 1000 / 100)) $same \
		"$private")$'\n'
	ip -n web link del tunnel0
	ip -n services link del tunnel0
}

in_the_guest()
{
	local failed=0 forwarded=NO

	cd "$(mktemp -d)" || exit 1
	title "Two hosts on one cable: web is 192.0.2.1, services is 192.0.2.2"
	cable
	keys
	head -c "${megabytes}M" /dev/urandom >file
	echo "keys made; web's public key is $(cat web.pub)"

	title "A naawg tunnel: 10.0.0.1 and 10.0.0.2"
	story naawg "$naawg"
	title "The same, with the kernel's own WireGuard driver on services"
	story wireguard "$(command -v wg)"

	title "Port forwards: three servers at one address, and no firewall program"
	"$here/forwards.sh" | grep -v '^1\.\.' && forwarded=yes
	[ $forwarded = yes ] || failed=1

	title "Results"
	printf '%-22s | %-9s | %9s | %7s | %-8s | %-4s\n' \
		"tunnel" "handshake" "ping" "$megabytes MB" "checksum" "kept private"
	printf '%s' "$table"
	echo "MariaDB, Redis and HTTP through port forwards: $forwarded"
	echo
	if dmesg | grep -qE 'WARNING|BUG:|Oops'; then
		echo "The kernel complained:"
		dmesg | grep -E 'WARNING|BUG:|Oops'
		failed=1
	fi
	[ $failed = 0 ] || die "something went wrong, see above"
	echo "All of it worked. This was an emulated machine: the times say nothing"
	echo "about speed."
}

if [ -n "${NAAWG_VM:-}" ]; then
	in_the_guest
else
	on_the_machine
fi
