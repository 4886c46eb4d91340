# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two hosts, each with a configuration file for naawg-quick and an /etc of its own:
#
#	+- namespace a --------------------+      +- namespace b --------------------+
#	|  $TMP/a/t0.conf                  |      |                  $TMP/b/t0.conf  |
#	|  naawg-quick up makes t0:        |      |        naawg-quick up makes t0:  |
#	|  10.9.0.1/24 fd09::1/64 <========|======|=======> 10.9.0.2/24 fd09::2/64   |
#	|  port 5001, initiates            |      |                       port 5002  |
#	|                                  |      |                                  |
#	|  va 192.0.2.1/24 <---------------|------|--------------> 192.0.2.2/24 vb   |
#	|     2001:db8::1/64               |      |              2001:db8::2/64      |
#	|  /etc/netns/NS                   |      |                   /etc/netns/NS  |
#	+----------------------------------+      +----------------------------------+
#
# Both ends are naawg. A test that is about errors brings up a alone.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/../net/net_lib.sh"

# Below /etc/netns a host has files of its own.
own_etc()
{
	local host

	for host in "$@"; do
		mkdir -p "/etc/netns/${NS[$host]}"
		defer rm -rf "/etc/netns/${NS[$host]}"
	done
}

# q HOST ARGS...: naawg-quick on a host
q()
{
	at "$1" "$TMP/naawg-quick" "${@:2}"
}

# conf HOST [LINE...]: $TMP/HOST/t0.conf with these lines in [Interface], and standard
# input behind them
conf()
{
	local host=$1

	shift
	install -d -m 700 "$TMP/$host"
	(
		umask 077
		{
			printf '[Interface]\nPrivateKey = %s\n' "$(cat "$TMP/$host.key")"
			[ $# -eq 0 ] || printf '%s\n' "$@"
			[ -t 0 ] || cat
		} >"$TMP/$host/t0.conf"
	)
}

# peer NAME LINE...: a [Peer] section
peer()
{
	printf '[Peer]\nPublicKey = %s\n' "${PUB[$1]}"
	shift
	printf '%s\n' "$@"
}

# both: the files of the drawing
both()
{
	conf b "ListenPort = 5002" "Address = 10.9.0.2/24, fd09::2/64" \
		< <(peer a "AllowedIPs = 10.9.0.1/32, fd09::1/128")
	conf a "ListenPort = 5001" "Address = 10.9.0.1/24, fd09::1/64" "$@" \
		< <(peer b "AllowedIPs = 10.9.0.2/32, fd09::2/128" "Endpoint = 192.0.2.2:5002")
}

has_link()
{
	ipat "$1" link show t0
}

# all_of HOST: the state that a failed change must not alter
all_of()
(
	set +x
	exec 2>/dev/null
	ipat "$1" -d addr | grep -v valid_lft
	ipat "$1" route show table all
	ipat "$1" -6 route show table all
	ipat "$1" rule
	ipat "$1" -6 rule
	at "$1" nft list ruleset
	at "$1" "$WG" showconf t0 || :
	# A namespace may have the number of one of an earlier test. The first link that
	# is taken down there removes the files of that one.
	find /run/naawg -maxdepth 1 -type f ! -name "*.lock" -newer "$TMP/begin"
)

# unchanged_since: all of a is as it was when "all_of a" went to $TMP/before
unchanged_since()
{
	all_of a >"$TMP/after"
	diff "$TMP/before" "$TMP/after"
}

touch "$TMP/begin"
ln -s "$WG" "$TMP/naawg-quick"
# Addresses that the kernel assigns are tentative for a moment.
settled()
{
	! grep -q tentative < <(ipat a addr; ipat b addr)
}

two_hosts
wait_for 60 settled
own_etc a b
keys a b c
