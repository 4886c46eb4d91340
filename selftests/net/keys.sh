#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Keys change while a tunnel is in use: private keys, preshared keys, none at all. A
# device never has itself as a peer. Nothing is sent to a public key of low order.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
keys fresh
psk one
psk two
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

new_private_key()
{
	ping_ok a 10.9.0.2
	w a set t0 private-key "$TMP/fresh.key"
	same "$(w a show t0 public-key)" "${PUB[fresh]}"
	w b set t0 peer "${PUB[a]}" remove \
		peer "${PUB[fresh]}" allowed-ips 10.9.0.1/32,fd09::1/128
	# Without further configuration the two ends have to complete a handshake at once.
	ping_ok a 10.9.0.2
	[ "$(handshake_of b t0 "${PUB[fresh]}")" -gt 0 ]
	w a set t0 private-key "$TMP/a.key"
	w b set t0 peer "${PUB[fresh]}" remove \
		peer "${PUB[a]}" allowed-ips 10.9.0.1/32,fd09::1/128
	ping_ok a 10.9.0.2
}
test_case "a new private key is used in a handshake at once" new_private_key

same_private_key()
{
	local before

	ping_ok a 10.9.0.2
	before=$(rx_of b t0)
	w a set t0 private-key "$TMP/a.key"
	ping_ok a 10.9.0.2
	same "$(rx_of b t0)" $((before + 128))
}
test_case "setting the same private key keeps the sessions" same_private_key

no_private_key()
{
	w a set t0 private-key /dev/null
	same "$(w a show t0 private-key)" "(none)"
	same "$(w a show t0 public-key)" "(none)"
	ping_fails a 10.9.0.2
	ping_fails b 10.9.0.1
	w a set t0 private-key "$TMP/a.key"
	same "$(w a show t0 public-key)" "${PUB[a]}"
	ping_ok a 10.9.0.2
}
test_case "a link without a private key sends nothing" no_private_key

preshared_key()
{
	# It takes effect with the next handshake; replacing the peer forces one.
	w a set t0 peer "${PUB[b]}" preshared-key "$TMP/one.psk"
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/one.psk"
	same "$(w a show t0 preshared-keys)" "${PUB[b]}	$(cat "$TMP/one.psk")"
	forget a b
	w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002
	ping_ok a 10.9.0.2
}
test_case "both ends have the same preshared key" preshared_key

preshared_keys_differ()
{
	local bad

	bad=$(reason_of a t0 bad-response)
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/two.psk"
	forget a b
	ping_fails a 10.9.0.2
	expect_reason a t0 bad-response "$bad"
	w b set t0 peer "${PUB[a]}" preshared-key "$TMP/one.psk"
	forget a b
	ping_ok a 10.9.0.2
}
test_case "different preshared keys make no session" preshared_keys_differ

preshared_key_gone()
{
	w a set t0 peer "${PUB[b]}" preshared-key /dev/null
	w b set t0 peer "${PUB[a]}" preshared-key /dev/null
	same "$(w a show t0 preshared-keys)" "${PUB[b]}	(none)"
	forget a b
	ping_ok a 10.9.0.2
}
test_case "a preshared key can be removed" preshared_key_gone

clamped()
{
	local key want

	# The clamped key has bits cleared at the low end and one set at the top.
	key=$($PY -c 'import base64; print(base64.b64encode(bytes([255] * 32)).decode())')
	want=$($PY -c 'import base64; print(base64.b64encode(bytes([248] + [255] * 30 + [127])).decode())')
	hosts clamp
	link_new clamp t0
	w clamp set t0 private-key <(echo "$key")
	same "$(w clamp show t0 private-key)" "$want"
	same "$(w clamp show t0 public-key)" "$(echo "$want" | "$WG" pubkey)"
	same "$(echo "$key" | "$WG" pubkey)" "$(echo "$want" | "$WG" pubkey)"
	host_del clamp
}
test_case "a private key is clamped" clamped

own_key()
{
	hosts own
	link_new own t0
	w own set t0 private-key "$TMP/a.key"
	# A peer with the device's own key is ignored when it is added...
	w own set t0 peer "${PUB[a]}" allowed-ips 10.0.0.0/8
	same "$(w own show t0 peers)" ""
	# ... and dropped when the device turns into it.
	w own set t0 peer "${PUB[b]}" allowed-ips 10.0.0.0/8
	same "$(w own show t0 peers)" "${PUB[b]}"
	w own set t0 private-key "$TMP/b.key"
	same "$(w own show t0 peers)" ""
	w own set t0 peer "${PUB[b]}"
	same "$(w own show t0 peers)" ""
	w own set t0 private-key "$TMP/a.key"
	w own set t0 peer "${PUB[b]}"
	same "$(w own show t0 peers)" "${PUB[b]}"
	host_del own
}
test_case "a device is not its own peer" own_key

# The seven points of low order, whose product with any key is zero: 0, 1, the two of
# order eight, and p - 1, p and p + 1.
low_order_keys()
{
	$PY -c '
import base64
p = 2**255 - 19
of_eight = (
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
)
for point in (0, 1, *of_eight, p - 1, p, p + 1):
    print(base64.b64encode(point.to_bytes(32, "little")).decode())'
}

low_order()
{
	local key count=0

	hosts low
	link_new low t0
	w low set t0 private-key "$TMP/a.key"
	ipat low link set t0 up
	sniff low lo "$TMP/low"
	for key in $(low_order_keys); do
		count=$((count + 1))
		w low set t0 peer "$key" endpoint 127.0.0.1:$((7000 + count)) \
			persistent-keepalive 1 allowed-ips 10.7.0.$count/32
		ipat low route replace 10.7.0.$count/32 dev t0
		at low ping -q -c 1 -W 1 10.7.0.$count || :
	done
	same $count 7
	# The valid key shows that the capture would have seen a message.
	w low set t0 peer "${PUB[b]}" endpoint 127.0.0.1:7999 persistent-keepalive 1
	wait_for 20 grep -q ' 7999 148 ' "$TMP/low"
	ipat low link set t0 down
	ipat low link set t0 up
	wait_for 20 eval '[ "$(grep -c " 7999 148 " "$TMP/low")" -ge 2 ]'
	sniff_end
	same "$(grep -c ' 700[0-9] ' "$TMP/low")" 0
	host_del low
}
test_case "nothing is ever sent to a public key of low order" low_order

finish
