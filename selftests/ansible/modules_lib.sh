# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two hosts, web and services, and options for modules that make them the ends of a tunnel:
# 10.100.0.10 and 10.100.0.11 on wg0. alice and bob are further keys.

# shellcheck source=selftests/ansible/ansible_lib.sh
. "$(dirname "$0")/ansible_lib.sh"

fleet web services
begin_modules
keys web services alice bob
psk pair
for secret in web.key services.key alice.key bob.key pair.psk; do
	cat "$TMP/$secret" >>"$SECRETS"
done
NONE=$(printf 'A%.0s' {1..43})=

# options HOST [LINE...]: of naawg_interface, for one end of a tunnel; lines come first
options()
{
	local host=$1 other=services number=10

	[ "$host" = web ] || { other=web; number=11; }
	printf '%s\n' "${@:2}"
	cat <<-END
	private_key: $(cat "$TMP/$host.key")
	address: [10.100.0.$number/24]
	listen_port: 51820
	peers:
	  - name: $other
	    public_key: ${PUB[$other]}
	    preshared_key: $(cat "$TMP/pair.psk")
	    allowed_ips: [10.100.0.$((21 - number))/32]
	    endpoint: ${ADDRESS[$other]}:51820
	    persistent_keepalive: 25
	END
}

# alice: one more peer for the list at the end of options
alice()
{
	cat <<-END
	  - name: alice
	    public_key: ${PUB[alice]}
	    allowed_ips: [10.100.0.12/32]
	END
}

# changes HOST MODULE TRUE|FALSE: run it with the options of standard input
changes()
{
	module "$1" "$2" "${@:4}"
	same "$(said 'r["changed"]')" "$3"
}

# fails TEXT HOST MODULE: it fails with this text
fails()
{
	refuses module "$2" "$3" "${@:4}"
	said 'r["msg"]'
	[[ $(said 'r["msg"]') == *"$1"* ]]
}

has_line()
{
	[ "$(said "$(printf '"%s" in r["changes"]' "$1")")" = True ]
}

# state HOST: file and link
state()
{
	at "$1" find /etc/naawg -printf '%p %m %T@\n' | sort | grep -v '^/etc/naawg 7'
	at "$1" sha256sum /etc/naawg/wg0.conf || :
	w "$1" showconf wg0 || :
	ipat "$1" addr show wg0 || :
	ipat "$1" route
}
