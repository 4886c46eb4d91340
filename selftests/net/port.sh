#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The listen port: picked when it is 0, kept, the same for both families, refused when it
# is in use, and changed under traffic.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

two_hosts
tunnel
w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:5002

port_of()
{
	w "$1" show "$2" listen-port
}

# The families in which the port is in use: "4 6" if both.
families_of()
{
	local family found=

	for family in 4 6; do
		[ -z "$(ss -N "${NS[$1]}" -Huan -$family "sport = $2")" ] ||
			found+=" $family"
	done
	echo "${found# }"
}

picked()
{
	local port

	link_new a t1
	ipat a link set t1 up
	port=$(port_of a t1)
	[ "$port" -gt 0 ]
	same "$(families_of a "$port")" "4 6"
	forget a
	ipat a link set t1 down
	same "$(port_of a t1)" "$port"
	same "$(families_of a "$port")" ""
	ipat a link set t1 up
	same "$(port_of a t1)" "$port"
	same "$(families_of a "$port")" "4 6"
	# Port 0 picks another one.
	w a set t1 listen-port 0
	[ "$(port_of a t1)" -gt 0 ]
	ipat a link del t1
}

test_case "the kernel picks a port, and the link keeps it over down and up" picked

both_families()
{
	same "$(families_of a 5001)" "4 6"
	w a set t0 listen-port 5101
	same "$(families_of a 5001)" ""
	same "$(families_of a 5101)" "4 6"
	same "$(port_of a t0)" 5101
	ping_ok a 10.9.0.2
	same "$(endpoint_of b t0)" 192.0.2.1:5101
	w a set t0 listen-port 5001
	ping_ok a fd09::2
}
test_case "IPv4 and IPv6 have the same port" both_families

# somebody HOST FAMILY PORT: who holds the port meanwhile
somebody()
{
	background "$1" timeout 60 ncat -u "-$2" -l "$3"
	SOMEBODY=$STARTED
	wait_for 20 eval '[ "$(families_of '"$1 $3"')" = '"$2"' ]'
}

busy()
{
	local family=$1 said

	somebody a "$family" 5111
	if said=$(w a set t0 listen-port 5111 2>&1); then
		echo "should have been refused"
		return 1
	fi
	[[ $said == *[Aa]ddress\ already\ in\ use* ]]
	if [ "$KIND" = naawg ]; then
		same "$(port_of a t0)" 5001
		same "$(families_of a 5001)" "4 6"
		ping_ok a 10.9.0.2
		ping_ok b fd09::1
	fi
	kill "$SOMEBODY"
	wait "$SOMEBODY" || :
	w a set t0 listen-port 5112
	ping_ok a 10.9.0.2
	w a set t0 listen-port 5001
}
test_case "a port in use over IPv4 is refused, and the old one stays" busy 4
test_case "a port in use over IPv6 is refused, and the old one stays" busy 6

# Refused when going up, not when it is set: a link that is down has no socket.
busy_at_up()
{
	local family=$1 said

	ipat a link set t0 down
	w a set t0 listen-port 5121
	somebody a "$family" 5121
	if said=$(ipat a link set t0 up 2>&1); then
		echo "should have been refused"
		return 1
	fi
	[[ $said == *[Aa]ddress\ already\ in\ use* ]]
	[[ $(ipat a link show t0) != *[\<,]UP[,\>]* ]]
	same "$(port_of a t0)" 5121
	kill "$SOMEBODY"
	wait "$SOMEBODY" || :
	ipat a link set t0 up
	ping_ok a 10.9.0.2
	w a set t0 listen-port 5001
}
test_case "a link does not go up while its port is in use over IPv4, and does afterwards" busy_at_up 4
test_case "a link does not go up while its port is in use over IPv6, and does afterwards" busy_at_up 6

two_links()
{
	link_new a t1
	w a set t1 listen-port 5001
	refuses ipat a link set t1 up
	w a set t1 listen-port 5131
	ipat a link set t1 up
	refuses w a set t1 listen-port 5001
	ping_ok a 10.9.0.2
	ipat a link del t1
	ping_ok a fd09::2
}
test_case "two links cannot share a port" two_links

under_traffic()
{
	local flood i

	background a timeout 100 ping -q -i 0.005 -s 900 10.9.0.2
	flood=$STARTED
	for ((i = 0; i < 10; i++)); do
		w a set t0 listen-port $((5140 + i))
		w b set t0 listen-port $((5160 + i))
		# a initiates to b's new port, and b follows a.
		w a set t0 peer "${PUB[b]}" endpoint 192.0.2.2:$((5160 + i))
	done
	kill -0 "$flood"
	kill -INT "$flood"
	wait "$flood" || :
	ping_ok a 10.9.0.2
	ping_ok b fd09::1
	same "$(endpoint_of b t0)" 192.0.2.1:5149
	same "$(families_of a 5149)" "4 6"
	same "$(ss -N "${NS[a]}" -Huan | grep -c ':51[0-9][0-9] ')" 2
}
test_case "both ends change their port ten times under traffic" under_traffic

session_stays()
{
	local before lines=$TMP/lines

	ping_ok a 10.9.0.2
	before=$(handshake_of a t0)
	sniff a va "$lines"
	w a set t0 listen-port 5199
	ping_ok a 10.9.0.2
	sniff_end
	same "$(handshake_of a t0)" "$before"
	same "$(awk '$7 == 1' "$lines")" ""
}
test_case "the session stays when the port changes" session_stays

finish
