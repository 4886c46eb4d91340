#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Forwards beside the rules that administrators use: iptables rules of the same kind, and
# nft's. Where both match a connection, the administrator's win.

# shellcheck source=selftests/nat/nat_lib.sh
. "$(dirname "$0")/nat_lib.sh"
need_tool conntrack

gateway
hosts s2
server s2 3
answers s s tcp 0.0.0.0 80 tcp 0.0.0.0 81
answers s2 s2 tcp 0.0.0.0 80 tcp 0.0.0.0 81

reaches()
{
	same "$(ask c tcp 10.100.0.11 "$1" | cut -d' ' -f1,2)" "$2"
}

alone()
{
	fw add 1080:tcp:10.101.0.2:80
	reaches 1080 "s 10.101.0.1"
}

# iptables-legacy or iptables-nft, as $1 says
iptables_beside()
{
	local tables=$1

	at g "$tables" -t nat -A PREROUTING -i t0 -p tcp --dport 1081 \
		-j DNAT --to-destination 10.101.0.3:81
	at g "$tables" -t nat -A POSTROUTING -o br0 -j MASQUERADE
	at g "$tables" -A FORWARD -i t0 -o br0 -j ACCEPT
	at g "$tables" -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
	at g "$tables" -P FORWARD DROP
	reaches 1081 "s2 10.101.0.1"
	reaches 1080 "s 10.101.0.1"
	# the same port by both
	at g "$tables" -t nat -A PREROUTING -i t0 -p tcp --dport 1080 \
		-j DNAT --to-destination 10.101.0.3:80
	reaches 1080 "s2 10.101.0.1"
	at g "$tables" -t nat -F PREROUTING
	reaches 1080 "s 10.101.0.1"
	at g "$tables" -t nat -F POSTROUTING
	reaches 1080 "s 10.101.0.1"
	# packets that the administrator's filter drops stay dropped
	at g "$tables" -F FORWARD
	same "$(at c timeout 60 $PY -c '
import socket
s = socket.socket()
s.settimeout(2)
try:
    s.connect(("10.100.0.11", 1080))
    print("connected")
except socket.timeout:
    print("timeout")')" timeout
	at g "$tables" -P FORWARD ACCEPT
	reaches 1080 "s 10.101.0.1"
}

nft_beside()
{
	at g nft -f - <<-'NFT'
		table ip mine {
			chain pre {
				type nat hook prerouting priority dstnat;
				iifname t0 tcp dport 1081 dnat to 10.101.0.3:81
			}
			chain post {
				type nat hook postrouting priority srcnat;
				oifname br0 counter masquerade
			}
		}
	NFT
	reaches 1081 "s2 10.101.0.1"
	reaches 1080 "s 10.101.0.1"
	at g nft delete table ip mine
	reaches 1080 "s 10.101.0.1"
	refuses reaches 1081 "s2 10.101.0.1"
}

# Marks and labels of connections belong to the administrator.
marks()
{
	at g nft -f - <<-'NFT'
		table ip mine {
			chain passing {
				type filter hook forward priority 0;
				tcp dport 80 ct mark set 0x1234
			}
		}
	NFT
	at g conntrack -F
	reaches 1080 "s 10.101.0.1"
	at g conntrack -L -p tcp --orig-port-dst 1080 | grep -q "mark=4660"
	at g nft delete table ip mine
}

# The administrator's rules must work on without our forwards.
ours_go()
{
	at g iptables-nft -t nat -A PREROUTING -i t0 -p tcp --dport 1081 \
		-j DNAT --to-destination 10.101.0.3:81
	at g iptables-nft -t nat -A POSTROUTING -o br0 -j MASQUERADE
	hold kept c 10.100.0.11 1081
	fw flush --kill
	same "$(say kept on)" on
	reaches 1081 "s2 10.101.0.1"
	refuses reaches 1080 "s 10.101.0.1"
}

test_case "forwards work alone" alone
for tables in iptables-legacy iptables-nft; do
	if at g "$tables" -t nat -L >/dev/null 2>&1; then
		test_case "forwards work beside $tables" iptables_beside "$tables"
	else
		skip "forwards work beside $tables" "it does not work here"
	fi
done
test_case "forwards work beside nft" nft_beside
test_case "forwards leave the mark of a connection alone" marks
test_case "rules of iptables and nft work on without forwards" ours_go
finish
