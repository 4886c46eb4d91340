#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `naawg metrics` of a real tunnel, for users without any privilege: metrics, the status
# page over HTTP, and the textfile. Host a serves; live.py asks there.
#
#	+- namespace a -------------------------+          +- namespace b -----+
#	|  t0 (naawg) 10.9.0.1/24, port 5001 <==|==========|==> t0 10.9.0.2/24 |
#	|    peers "web <b>" and "silent"       |          |    port 5002      |
#	|  q"0\ (naawg), t9 (naawg, 3000 peers) |          |                   |
#	|  va 192.0.2.1/24 <--------------------|----------|---> 192.0.2.2 vb  |
#	+---------------------------------------+          +-------------------+

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/../quick/quick_lib.sh"
need_tool unshare setpriv
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] ||
	sysctl -qw kernel.unprivileged_userns_clone=1

psk a
{
	peer b 'AllowedIPs = 10.9.0.2/32' 'Endpoint = 192.0.2.2:5002' 'Name = web <b>' \
		"PresharedKey = $(cat "$TMP/a.psk")"
	peer c 'AllowedIPs = 10.9.0.3/32' 'Endpoint = 192.0.2.77:5003' 'Name = silent'
} | conf a 'Address = 10.9.0.1/24' 'ListenPort = 5001' 'Forward = 3306:tcp:10.101.0.2'
link_new b t0
w b set t0 private-key "$TMP/b.key" listen-port 5002 peer "${PUB[a]}" \
	allowed-ips 10.9.0.1/32 preshared-key "$TMP/a.psk"
address b t0 10.9.0.2/24
ipat b link set t0 up

many_peers()
{
	w a genkey >"$TMP/many.key"
	printf '[Interface]\nPrivateKey = %s\n' "$(cat "$TMP/many.key")"
	$PY -c 'import base64
for n in range(3000):
    print("[Peer]\nPublicKey =", base64.b64encode(b"%032d" % n).decode())'
}

set_up()
{
	q a up "$TMP/a/t0.conf"
	ping_ok a 10.9.0.2
	link_new a 'q"0\'
	link_new a t9
	many_peers >"$TMP/many.conf"
	w a setconf t9 "$TMP/many.conf"
	install -m 755 "$WG" "$TMP/tool"
	chmod 755 "$TMP"
}
test_case "there are a tunnel, a link with a hostile name, and one with many peers" set_up

# No word of these may be in any output: keys, and addresses of the uplink.
cat "$TMP/a.key" "$TMP/b.key" "$TMP/a.psk" "$TMP/many.key" >"$TMP/secrets"
printf '%s\n' 192.0.2. >>"$TMP/secrets"

at a /usr/bin/python3 "$selftests/metrics/live.py" "$TMP/tool" "$TMP/secrets" "${PUB[a]}" \
	"${PUB[b]}" "${PUB[c]}" >"$TMP/report"
import_report "$TMP/report"
# Details of a failure stand behind its verdict there.
! grep -q '^not ok' "$TMP/report" || diag "$(grep -A 14 '^not ok' "$TMP/report")"
finish
