# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of naawg's arguments. Peers are asked of the interface at hand.

_naawg_interfaces()
{
	"${COMP_WORDS[0]}" show interfaces 2>/dev/null
}

_naawg_words()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_naawg_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
}

_naawg_set()
{
	local interface=${COMP_WORDS[2]} word in_peer="" i

	for ((i = 3; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} != peer ]] || in_peer=1
	done
	word=${COMP_WORDS[COMP_CWORD - 1]}
	case $word in
	private-key | preshared-key)
		_naawg_files
		;;
	peer)
		_naawg_words "$("${COMP_WORDS[0]}" show "$interface" peers 2>/dev/null)"
		;;
	listen-port | endpoint | allowed-ips | forbid) ;;
	fwmark | persistent-keepalive)
		_naawg_words off
		;;
	answer-unreachable)
		_naawg_words "on off"
		;;
	*)
		if [[ $in_peer ]]; then
			_naawg_words "peer remove preshared-key endpoint persistent-keepalive allowed-ips"
		else
			_naawg_words "listen-port fwmark answer-unreachable private-key forbid peer"
		fi
		;;
	esac
}

_naawg_forward()
{
	local interface=${COMP_WORDS[2]}

	case ${COMP_WORDS[3]}:${COMP_WORDS[COMP_CWORD - 1]} in
	list:*)
		_naawg_words --json
		;;
	flush:*)
		_naawg_words --kill
		;;
	replace:*)
		_naawg_files
		;;
	del:del)
		_naawg_words "--kill $("${COMP_WORDS[0]}" forward "$interface" list 2>/dev/null |
			cut -d ' ' -f 1 | cut -f 1)"
		;;
	*:from)
		_naawg_words "$("${COMP_WORDS[0]}" show "$interface" peers 2>/dev/null)"
		;;
	*:dev)
		_naawg_words "$(cd /sys/class/net 2>/dev/null && echo *)"
		;;
	*)
		_naawg_words "dev from no-masquerade"
		;;
	esac
}

_naawg_rekey()
{
	if [[ ${COMP_WORDS[COMP_CWORD - 1]} == peer ]]; then
		_naawg_words "$("${COMP_WORDS[0]}" show "${COMP_WORDS[2]}" peers 2>/dev/null)"
	else
		_naawg_words "peer --timeout --json"
	fi
}

_naawg_tunnels()
{
	local file

	for file in /etc/naawg/*.conf; do
		file=${file##*/}
		[[ $file == "*.conf" || $file == policy.conf ]] || echo "${file%.conf}"
	done
}

# Names of tunnels, or files where there is a slash.
_naawg_tunnel_or_file()
{
	if [[ ${COMP_WORDS[COMP_CWORD]} == */* ]]; then
		_naawg_files
	else
		_naawg_words "$1 $(_naawg_tunnels)"
	fi
}

_naawg_option()
{
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--peer)
		_naawg_words "$("${COMP_WORDS[0]}" show "${COMP_WORDS[2]}" peers 2>/dev/null)"
		;;
	--policy | --check | --pair)
		_naawg_files
		;;
	--names)
		_naawg_words "naawg mdlayher mindflavor"
		;;
	--textfile)
		_naawg_files
		;;
	--peers-max | --listen | --max-age | --wait | --timeout | --name | --endpoint | --address | --allowed-ips | --dns | --keepalive) ;;
	*)
		return 1
		;;
	esac
}

_naawg_quick()
{
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		_naawg_words "up down check save strip reload help"
	elif ((COMP_CWORD == 2)) && [[ ${COMP_WORDS[1]} == strip ]]; then
		_naawg_tunnel_or_file --wg
	elif ((COMP_CWORD == 2)) && [[ ${COMP_WORDS[1]} == down ]]; then
		_naawg_tunnel_or_file --lift
	elif ((COMP_CWORD == 2)) && [[ ${COMP_WORDS[1]} == up ]]; then
		_naawg_tunnel_or_file "--strict --adopt"
	elif ((COMP_CWORD == 2)) && [[ ${COMP_WORDS[1]} == @(reload|check) ]]; then
		_naawg_tunnel_or_file --strict
	else
		_naawg_tunnel_or_file
	fi
}

_naawg()
{
	local fields="public-key private-key listen-port fwmark peers preshared-keys endpoints
		allowed-ips latest-handshakes transfer persistent-keepalive forbidden dump"

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		_naawg_words "show showconf set setconf addconf syncconf genkey genpsk pubkey stats
			metrics explain monitor top peer forward strip apply check diag rekey callers
			check-config client-config endpoints link help version"
		return
	fi
	! _naawg_option || return 0
	case ${COMP_WORDS[1]}:$COMP_CWORD in
	apply:*)
		_naawg_tunnel_or_file "--dry-run --allow-wildcard --strict --policy"
		;;
	check:2)
		_naawg_words "$(_naawg_interfaces)"
		;;
	check:*)
		_naawg_words "--peer --max-age --wait --any --all"
		;;
	diag:*)
		_naawg_words "all $(_naawg_interfaces) --json --probe --pair"
		;;
	callers:2 | rekey:2)
		_naawg_words "$(_naawg_interfaces)"
		;;
	callers:*)
		_naawg_words --json
		;;
	rekey:*)
		_naawg_rekey
		;;
	check-config:*)
		if [[ ${COMP_WORDS[COMP_CWORD]} == -* ]]; then
			_naawg_words "--allow-wildcard --strict --policy"
		else
			_naawg_files
		fi
		;;
	client-config:2)
		_naawg_tunnel_or_file
		;;
	client-config:*)
		_naawg_words "--name --endpoint --address --allowed-ips --dns --keepalive --no-psk"
		;;
	endpoints:2)
		_naawg_words refresh
		;;
	endpoints:3)
		_naawg_words "all $(_naawg_interfaces)"
		;;
	link:2)
		_naawg_words "save list lost hold remove restore finish"
		;;
	link:*)
		if [[ ${COMP_WORDS[COMP_CWORD]} == -* ]]; then
			_naawg_words "--all --again"
		else
			_naawg_files
		fi
		;;
	pubkey:2)
		_naawg_words --check
		;;
	show:2)
		_naawg_words "all interfaces --json $(_naawg_interfaces)"
		;;
	show:3)
		_naawg_words "$fields"
		;;
	metrics:*)
		_naawg_words "all --names --peers-max --textfile --http --listen $(_naawg_interfaces)"
		;;
	monitor:*)
		_naawg_words "all --json --journal --exec --timeout $(_naawg_interfaces)"
		;;
	stats:2)
		_naawg_words "all --json $(_naawg_interfaces)"
		;;
	explain:*)
		_naawg_words "--json $("${COMP_WORDS[0]}" explain | sed -n 's/^  \([^ ]\+\).*/\1/p')"
		;;
	top:*)
		_naawg_words "all --batch --json --sort --reverse -n -d $(_naawg_interfaces)"
		;;
	peer:2)
		_naawg_words "list show"
		;;
	peer:3)
		_naawg_tunnel_or_file "--json $(_naawg_interfaces)"
		;;
	forward:2 | showconf:2 | set:2 | setconf:2 | addconf:2 | syncconf:2)
		_naawg_words "$(_naawg_interfaces)"
		;;
	forward:3)
		_naawg_words "list add del flush replace"
		;;
	forward:*)
		_naawg_forward
		;;
	strip:2)
		_naawg_files
		;;
	setconf:3 | addconf:3 | syncconf:3)
		_naawg_files
		;;
	set:*)
		_naawg_set
		;;
	esac
}

complete -F _naawg naawg
complete -F _naawg_quick naawg-quick
