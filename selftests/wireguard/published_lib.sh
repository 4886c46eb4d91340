# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The network test that is published with the stock driver: tools/testing/selftests/wireguard/
# netns.sh of the kernel's source, which is taken from the cache and is not kept here.
#
#	published_script		prints its path, or fails
#	published_programs DIR WG	makes a directory for PATH with wg and iptables
#	published_ended LOG		the script ran to its end

published_script()
{
	local cache=${NAAWG_CACHE:-/var/cache/naawg} path

	for path in "$cache"/{static/stock-test-*,uml/source-*}; do
		path=$path/tools/testing/selftests/wireguard/netns.sh
		[ -r "$path" ] && echo "$path" && return
	done
	return 1
}

# User-Mode Linux has no match for lengths, which the test drops packets by; nft knows the
# same without one.
published_programs()
{
	mkdir -p "$1"
	cat >"$1/iptables" <<-'EOT'
	#!/bin/bash
	if [[ "$*" == "-A INPUT -m length --length "[0-9]*" -j DROP" ]]; then
		/usr/sbin/iptables -A INPUT -j ACCEPT && /usr/sbin/iptables -F INPUT
		exec nft add rule ip filter INPUT meta length "$6" drop
	fi
	exec /usr/sbin/iptables "$@"
	EOT
	chmod 755 "$1/iptables"
	ln -sfn "$2" "$1/wg"
}

published_ended()
{
	grep -q "Objects that were created were also destroyed" "$1"
}
