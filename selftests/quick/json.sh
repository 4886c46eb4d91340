#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# The output of each command with --json has the form of its schema in docs/json.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

need_tool python3
python3 -c "import jsonschema" 2>/dev/null || skip_all "python3-jsonschema is not installed"
both "Forward = 1080:tcp"
psk one
sed -i "s/^\[Peer\]/[Peer]\nName = services\n# Created = 2026-01-01\nPresharedKey = $(sed 's,/,\\/,g' "$TMP/one.psk")/" \
	"$TMP/a/t0.conf" "$TMP/b/t0.conf"
q a up "$TMP/a/t0.conf" && q b up "$TMP/b/t0.conf"
w a set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32
ping_ok a 10.9.0.2

# form NAME STATUS ARGS...: the output of these arguments has the schema, and no secret
form()
{
	local schema=$1 status=$2 rc=0 lines=() secret

	shift 2
	at a "$WG" "$@" >"$TMP/said.json" 2>"$TMP/said.err" || rc=$?
	same "$rc" "$status"
	case $schema in
	top | monitor) lines=(--lines) ;;
	esac
	python3 "$selftests/tool/json_schema.py" "$schema" "${lines[@]}" <"$TMP/said.json"
	for secret in "$TMP"/*.key "$TMP"/*.psk; do
		refuses grep -qF "$(cat "$secret")" "$TMP/said.json"
	done
}

state()
{
	form show 0 show --json
	form show 0 show --json t0
	form interfaces 0 show --json interfaces
	form stats 0 stats --json
	grep -q '"forward": "1080:tcp"' "$TMP/said.json"
	form peer 0 peer list --json
	form peer 0 peer list --json "$TMP/a/t0.conf"
	form peer 0 peer show --json "$TMP/a/t0.conf" services
	form top 0 top --json -n 2 -d 0.1
	form forward 0 forward t0 list --json
	form version 0 version --json
}
test_case "commands that show the state keep to their schemas" state

texts()
{
	form explain 0 explain --json
	form explain 0 explain --json unknown-peer mtu || form explain 0 explain --json unknown-peer
}
test_case "so does explain" texts

judgements()
{
	form check 1 check t0 --json
	form check 0 check t0 --peer services --json
	form check-config 0 check-config --json "$TMP/a/t0.conf"
	printf '[Interface]\nNonsense = 1\n' >"$TMP/wrong.conf"
	form check-config 1 check-config --json "$TMP/wrong.conf"
	printf 'Strict = yes\nRotateAfter = 1d\nRequirePresharedKey = yes\n' >"$TMP/policy"
	form check-config 0 check-config --policy "$TMP/policy" --json "$TMP/a/t0.conf"
	grep -q RotateAfter "$TMP/said.json"
	form diag 0 diag t0 --json || form diag 1 diag t0 --json
	form callers 0 callers t0 --json
}
test_case "so do check, check-config, diag and callers" judgements

changes()
{
	form apply 2 apply --dry-run --json "$TMP/a/t0.conf"
	grep -q '"- ' "$TMP/said.json"
	form apply 2 apply --json "$TMP/a/t0.conf"
	form apply 0 apply --json "$TMP/a/t0.conf"
	form rekey 0 rekey t0 --json
	form rekey 1 rekey t0 peer nobody --json
	echo "192.0.2.2 far.example" >"/etc/netns/${NS[a]}/hosts"
	sed -i 's/192.0.2.2:5002/far.example:5002/' "$TMP/a/t0.conf"
	at a "$WG" apply "$TMP/a/t0.conf" || same "$?" 2
	form endpoints 0 endpoints refresh --json
}
test_case "so do apply, rekey and endpoints" changes

events()
{
	timeout 30 ip netns exec "${NS[a]}" "$WG" monitor --json >"$TMP/events" &
	wait_for 20 grep -q listening "$TMP/events"
	at a "$WG" forward t0 add 1090:udp
	w a set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32
	wait_for 20 grep -q 1090 "$TMP/events"
	kill $!
	wait || :
	python3 "$selftests/tool/json_schema.py" monitor --lines <"$TMP/events"
}
test_case "so do the events of monitor" events

peers()
{
	form peer-change 0 peer rename --json "$TMP/a/t0.conf" services other
	grep -q '"name": "other"' "$TMP/said.json"
	form peer-change 0 peer remove "$TMP/a/t0.conf" other --json
	grep -q '"on_interface": true' "$TMP/said.json"
	form peer-change 0 peer remove t0 "${PUB[c]}" --json
	refuses grep -q '"file"' "$TMP/said.json"
	at a "$WG" peer remove --json t0 "${PUB[c]}" >"$TMP/said.json" || same "$?" 1
	refuses test -s "$TMP/said.json"
}
test_case "so do changes of peers" peers

listed()
{
	local file

	for file in "$repo"/docs/json/*.json; do
		grep -qF "(json/${file##*/})" "$repo/docs/json.md"
	done
	# each command with --json in its usage has a row
	"$WG" help | sed -n 's/^  \([a-z-]*\):.*/\1/p' | while read -r file; do
		"$WG" "$file" --help | grep -q -- --json || continue
		grep -q "naawg $file" "$repo/docs/json.md"
	done
}
test_case "docs/json.md lists every schema and every command" listed
finish
