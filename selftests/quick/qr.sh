#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# A phone joins a server as docs/server.md says: client-config draws a picture, a camera
# reads a configuration from it, and the phone makes a tunnel with it.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

need_tool qrencode zbarimg python3

drawn()
{
	conf a "ListenPort = 5001" "Address = 10.9.0.1/24"
	q a up "$TMP/a/t0.conf"
	at a "$WG" client-config "$TMP/a/t0.conf" --name phone --endpoint 192.0.2.1:5001 |
		qrencode -t ansiutf8 >"$TMP/drawn"
	python3 "$(dirname "$0")/qr.py" <"$TMP/drawn" >"$TMP/seen.pgm"
	install -d -m 700 "$TMP/phone"
	(umask 077; zbarimg -q --raw "$TMP/seen.pgm" >"$TMP/phone/t0.conf")
	grep '^PrivateKey = ' "$TMP/phone/t0.conf"
}
test_case "qrencode draws client-config, and a reader reads it" drawn

# The server has the public key of the private key in the picture.
same_key()
{
	sed -n 's/^PrivateKey = //p' "$TMP/phone/t0.conf" | "$WG" pubkey >"$TMP/phone.pub"
	same "$(at a "$WG" show t0 peers)" "$(cat "$TMP/phone.pub")"
	grep -F "$(cat "$TMP/phone.pub")" "$TMP/a/t0.conf"
	refuses grep -F "$(sed -n 's/^PrivateKey = //p' "$TMP/phone/t0.conf")" "$TMP/a/t0.conf"
}
test_case "the server has the phone's public key, and not its private one" same_key

comes()
{
	q b up "$TMP/phone/t0.conf"
	ping_ok b 10.9.0.1
	at a "$WG" check t0 --peer phone
}
test_case "the configuration that was read makes a tunnel" comes

ends()
{
	q b down "$TMP/phone/t0.conf"
	q a down "$TMP/a/t0.conf"
}
test_case "the tunnel can be removed" ends
finish
