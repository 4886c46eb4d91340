#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# naawg peer: peers by name, in the file and on the running link together. b is a server,
# and a one of its clients.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

need_tool python3 setpriv
FILE=$TMP/b/t0.conf
conf b "ListenPort = 5002" "Address = 10.8.0.1/24" </dev/null
BEGAN=$(date +%s)
q b up "$FILE"
umask 077
install -d -m 700 "$TMP/a"
# client NAME: the configuration of a new one
client()
{
	at b "$WG" client-config "$FILE" --name "$1" --endpoint 192.0.2.2
}
cp -p "$FILE" "$TMP/empty"
client phone >"$TMP/a/t0.conf"
cp -p "$FILE" "$TMP/one"
client tablet >"$TMP/tablet.conf"

# peers ARGS...: of the server
peers()
{
	at b "$WG" peer "$@"
}

# keeps: nothing has changed since the last mark
mark()
{
	cp -p "$FILE" "$TMP/before.conf"
	w b showconf t0 | sort >"$TMP/before.link"
	w b show t0 dump | cut -f 1-4 >"$TMP/before.peers"
}

keeps()
{
	cmp "$FILE" "$TMP/before.conf"
	w b showconf t0 | sort | diff "$TMP/before.link" -
	same "$(find "$TMP/b" -name 't0.conf*')" "$FILE"
}

# state PEER: as JSON has it
state()
{
	peers show --json "$FILE" "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)["interfaces"][0]["peers"][0]["state"])'
}

# since PEER: when its state began, as JSON has it
since()
{
	peers show --json "$FILE" "$1" | python3 -c '
import json, sys
print(json.load(sys.stdin)["interfaces"][0]["peers"][0].get("since", 0))'
}

lists()
{
	grep -Eqx '# Created = [0-9-]{10}T[0-9:]{8}Z' "$FILE"
	same "$(grep -c '^# Created' "$TMP/a/t0.conf")" 2
	peers list "$FILE" >"$TMP/said"
	grep -Eq '^phone +never seen +[0-9]+ seconds? +- +[0-9]+ seconds? +0 B +0 B$' "$TMP/said"
	same "$(state phone)" never-seen
	[ "$(since phone)" -ge "$BEGAN" ] && [ "$(since phone)" -le "$(date +%s)" ]
	q a up "$TMP/a/t0.conf"
	ping_ok a 10.8.0.1
	same "$(state phone)" connected
	same "$(state tablet)" never-seen
	peers list t0 | grep -Eq '^phone +connected +[0-9]+ seconds? '
	peers show t0 phone | grep -Eq '^  state: connected, for [0-9]+ second'
	# A session that follows another one does not begin a new connection.
	since phone >"$TMP/since"
	sleep 5.5
	at b "$WG" rekey t0 --timeout 30
	same "$(since phone)" "$(cat "$TMP/since")"
	# The session ends with the link, and the next one begins a new connection.
	ipat a link set t0 down
	ipat b link set t0 down
	ipat b link set t0 up
	wait_for 20 eval '[ "$(state phone)" = idle ]'
	[ "$(since phone)" -ge "$(cat "$TMP/since")" ] && [ "$(since phone)" -le "$(date +%s)" ]
	ipat a link set t0 up
	wait_for 30 ping_ok a 10.8.0.1
	[ "$(since phone)" -gt "$(cat "$TMP/since")" ]
	peers show t0 phone | grep -q '^  state: connected'
	peers list --json | python3 -m json.tool >/dev/null
}
test_case "list and show tell names, states and ages" lists

# kept: the endpoint in the state of this test's links; earlier tests left files
kept()
{
	find /run/naawg -type f -newer "$TMP/begin" -exec grep -hF 192.0.2.2 {} + | grep -q .
}

# The client's file has the endpoint, which no user of its host may see.
endpoints()
{
	kept
	refuses at a setpriv --reuid 65534 --clear-groups --inh-caps=-all \
		grep -rhF 192.0.2.2 /run/naawg
	at b setpriv --reuid 65534 --clear-groups --inh-caps=-all "$WG" peer list t0 | grep "^phone "
	same "$(at a "$WG" apply "$TMP/a/t0.conf" | tail -n 1)" unchanged
	q a down "$TMP/a/t0.conf"
	refuses kept
	q a up "$TMP/a/t0.conf"
	ping_ok a 10.8.0.1
}
test_case "every user may read names of peers, and only root endpoints" endpoints

unknown()
{
	refuses peers show "$FILE" fone 2>"$TMP/said"
	grep -q "t0 has no peer .fone'; .naawg peer list t0' lists them" "$TMP/said" ||
		grep -q "did you mean .phone'" "$TMP/said"
	refuses peers show "$FILE" Phone_ 2>"$TMP/said"
	grep -q "did you mean .phone'" "$TMP/said"
	mark
	refuses peers remove "$FILE" tablett 2>"$TMP/said"
	grep -q "did you mean .tablet'" "$TMP/said"
	keeps
}
test_case "an unknown name is refused, and similar ones are told" unknown

renames()
{
	peers rename "$FILE" phone "my phone"
	grep -qx "Name = my phone" "$FILE"
	refuses grep -q "Name = phone" "$FILE"
	at b "$WG" check t0 --peer "my phone"
	w b show t0 | grep -qx "  name: my phone"
	same "$(at b "$WG" apply "$FILE" | tail -n 1)" unchanged
	mark
	refuses peers rename "$FILE" "my phone" tablet 2>"$TMP/said"
	grep -q "a peer called .tablet' already" "$TMP/said"
	refuses peers rename "$FILE" tablet "a # b"
	refuses peers rename "$FILE" tablet ""
	refuses peers rename "$FILE" tablet " x"
	keeps
	peers rename "$FILE" "my phone" phone
	# a comment that holds the name keeps its form
	sed -i 's/^Name = tablet/# friendly_name=tablet/' "$FILE"
	peers rename "$FILE" tablet pad
	grep -qx "# friendly_name= pad" "$FILE"
	peers rename "$FILE" pad tablet
	sed -i 's/^# friendly_name=.*/Name = tablet/' "$FILE"
	# a comment behind the name stays
	sed -i 's/^Name = tablet/&   # on the wall/' "$FILE"
	peers rename "$FILE" tablet pad
	grep -qx "Name = pad   # on the wall" "$FILE"
	peers rename "$FILE" pad tablet
	sed -i 's/ *# on the wall//' "$FILE"
}
test_case "rename changes the file and the running names" renames

# refused COMMAND...: with a file that cannot be replaced
refused()
{
	mark
	mount --bind "$TMP/b" "$TMP/b"
	mount -o remount,ro,bind "$TMP/b"
	refuses "$@" >"$TMP/printed" 2>"$TMP/said"
	umount "$TMP/b"
	grep -q "cannot write .*t0.conf, which is unchanged" "$TMP/said"
	keeps
	w b show t0 dump | cut -f 1-4 | diff "$TMP/before.peers" -
}

read_only()
{
	refused peers rename "$FILE" phone other
	refused peers remove "$FILE" phone
	refused peers reissue "$FILE" phone --endpoint 192.0.2.2
	grep -q "phone keeps its keys, so do not use the printed" "$TMP/said"
	ping_ok a 10.8.0.1
}
test_case "a file that cannot be written leaves file and link as they were" read_only

reissues()
{
	local old new psk

	old=$(sed -n 's/^PrivateKey = //p' "$TMP/a/t0.conf" | "$WG" pubkey)
	sed -i "s,^ListenPort.*,&\nForward = 8080:tcp from $old," "$FILE"
	sed -i "s,^PublicKey = $old,& # of the phone," "$FILE"
	sed -i "/^PublicKey = ${old//\//\\/}/,/^PresharedKey/s/^PresharedKey.*/& # as well/" "$FILE"
	at b "$WG" apply "$FILE" || same "$?" 2
	at b "$WG" forward t0 add 8081:tcp
	at b "$WG" forward t0 list | grep -F "8081:tcp" >"$TMP/other"
	sed -i 's/^# Created = .*/# Created = 2020-01-01/' "$FILE"
	psk=$(grep "^PresharedKey" "$TMP/a/t0.conf")
	peers reissue "$FILE" phone --endpoint 192.0.2.2 --dns 10.8.0.1 >"$TMP/new.conf"
	new=$(sed -n 's/^PrivateKey = //p' "$TMP/new.conf" | "$WG" pubkey)
	differs "$new" "$old"
	grep -qxF "PublicKey = $new # of the phone" "$FILE"
	grep -qxF "# as well" "$FILE"
	sed -i 's/ # of the phone//; /^# as well$/d' "$FILE"
	# a forward of another peer keeps its connections and counters
	at b "$WG" forward t0 list | grep -F "8081:tcp" | diff "$TMP/other" -
	refuses grep -F "$old" "$FILE"
	refuses grep -F "$psk" "$FILE"
	refuses grep -F "$(grep ^PrivateKey "$TMP/new.conf")" "$FILE"
	grep -qxF "PublicKey = $new" "$FILE"
	grep -qF "from $new" "$FILE"
	same "$(grep -c "^# Created = 2020" "$FILE")" 1
	grep "^Address" "$TMP/new.conf" | diff - <(grep "^Address" "$TMP/a/t0.conf")
	at b "$WG" forward t0 list | grep -qF "from $new"
	w b show t0 peers | grep -qxF "$new"
	refuses eval 'w b show t0 peers | grep -qxF "'"$old"'"'
	# file and link agree
	at b "$WG" forward t0 del 8081:tcp
	same "$(at b "$WG" apply "$FILE" | tail -n 1)" unchanged
	# the old keys are void, and the new ones work
	refuses ping_ok a 10.8.0.1
	q a down "$TMP/a/t0.conf"
	cp "$TMP/new.conf" "$TMP/a/t0.conf"
	q a up "$TMP/a/t0.conf"
	wait_for 30 ping_ok a 10.8.0.1
	at b "$WG" check t0 --peer phone
}
test_case "reissue makes new keys in file, link and forwards, and the old ones are void" reissues

not_printed()
{
	mark
	refuses peers reissue "$FILE" phone --endpoint 192.0.2.2 >/dev/full 2>"$TMP/said"
	grep -q "the peer keeps its keys: No space left" "$TMP/said"
	keeps
	refuses peers reissue "$FILE" phone --endpoint 192.0.2.2 >&-
	keeps
	refuses peers reissue "$FILE" phone
	refuses peers reissue "$FILE" phone --endpoint 192.0.2.2 --name other
	keeps
}
test_case "reissue changes nothing if its output is lost" not_printed

# Ends the command after a few milliseconds, and repeats it.
killed()
{
	local n

	cp -p "$FILE" "$TMP/start"
	w b showconf t0 >"$TMP/start.link"
	for n in 1 2 3 4; do
		timeout "0.00$((n * 4))" ip netns exec "${NS[b]}" \
			"$WG" peer remove "$FILE" tablet >/dev/null 2>&1 || :
		# the file is whole, however much was done
		at b "$WG" check-config "$FILE"
		at b "$WG" apply "$FILE" || same "$?" 2
		# if only a part was done, doing it again does the rest
		at b "$WG" peer remove "$FILE" tablet || refuses grep -q tablet "$FILE"
		cp -p "$TMP/start" "$FILE"
		at b "$WG" apply "$FILE" || same "$?" 2
		# no copy with keys is left
		same "$(find "$TMP/b" -name 't0.conf?*')" ""
	done
}
test_case "a remove that was killed can be repeated" killed

removes()
{
	peers remove "$FILE" tablet >"$TMP/said"
	grep -q "tablet was removed from the running interface and $FILE" "$TMP/said"
	refuses grep -q tablet "$FILE"
	same "$(w b show t0 peers | wc -l)" 1
	same "$(at b "$WG" apply "$FILE" | tail -n 1)" unchanged
	ping_ok a 10.8.0.1
	# an added and removed peer leaves no trace
	mark
	client guest >/dev/null
	peers remove "$FILE" guest
	keeps
	# a remark above a section is about its peer
	printf '\n# the one in the hall\n[Peer]\nName = hall\nPublicKey = %s\n\n# in the attic\n[Peer]\nName = attic\nPublicKey = %s\n' \
		"${PUB[c]}" "${PUB[a]}" >>"$FILE"
	peers remove "$FILE" hall
	refuses grep -q "in the hall" "$FILE"
	grep -q "in the attic" "$FILE"
	peers remove "$FILE" attic
	keeps
}
test_case "remove takes a peer out of file and link, and keeps the rest as written" removes

# A peer that was commented out is text, wherever it is.
retired()
{
	mark
	{
		printf '\n# gone in May\n#[Peer]\n#Name = above\n#PublicKey = x\n'
		printf '[Peer]\nName = hall\nPublicKey = %s\n\n' "${PUB[c]}"
		printf '# gone in June\n#[Peer]\n#Name = below\n#PublicKey = y\n\n'
		printf '# in the attic\n[Peer]\nName = attic\nPublicKey = %s\n' "${PUB[a]}"
		printf '#[Peer]\n#Name = last\n#PublicKey = z\n'
	} >>"$FILE"
	peers remove "$FILE" hall
	refuses grep -q "^Name = hall" "$FILE"
	peers remove "$FILE" attic
	refuses grep -q "in the attic" "$FILE"
	grep '^#' "$FILE" | grep -v Created >"$TMP/kept"
	printf '%s\n' "# gone in May" "#[Peer]" "#Name = above" "#PublicKey = x" \
		"# gone in June" "#[Peer]" "#Name = below" "#PublicKey = y" \
		"#[Peer]" "#Name = last" "#PublicKey = z" | diff - "$TMP/kept"
	cp -p "$TMP/before.conf" "$FILE"
	keeps
}
test_case "remove keeps peers that were commented out" retired

forwards()
{
	mark
	printf '[Peer]\nName = hall\nPublicKey = %s\n' "${PUB[c]}" >>"$FILE"
	sed -i "s,^ListenPort.*,&\nForward = 9090:tcp from ${PUB[c]} # for the hall," "$FILE"
	at b "$WG" apply "$FILE" || same "$?" 2
	at b "$WG" forward t0 list | grep -qF "from ${PUB[c]}"
	peers remove "$FILE" hall >"$TMP/said"
	grep -q "1 forward for this peer only went with it" "$TMP/said"
	keeps
	refuses eval 'at b "$WG" forward t0 list | grep -qF "${PUB[c]}"'
	# such a forward by hand is told
	sed -i "s,^ListenPort.*,&\nForward = 9090:tcp from ${PUB[c]}," "$FILE"
	at b "$WG" check-config "$FILE" 2>"$TMP/said"
	grep -q "Forward = 9090:tcp from .*: no peer has this public key" "$TMP/said"
	cp -p "$TMP/before.conf" "$FILE"
}
test_case "remove takes the forwards of the peer along" forwards

down_and_alone()
{
	q b down "$FILE"
	peers list "$FILE" | grep -Eq "^phone +not running"
	peers rename "$FILE" phone handset
	grep -qx "Name = handset" "$FILE"
	peers remove "$FILE" handset
	refuses grep -q "^\[Peer\]" "$FILE"
	# a link without a file
	rm "$FILE"
	ipat b link add t0 type naawg
	w b set t0 peer "${PUB[c]}" allowed-ips 10.8.0.9/32
	peers rename t0 "${PUB[c]}" left
	peers list t0 | grep -q "^left "
	peers remove t0 left
	same "$(w b show t0 peers)" ""
}
test_case "peers of a file alone, and of a link alone, can be changed" down_and_alone

ages()
{
	printf 'RotateAfter = 90d\n' >"$TMP/policy"
	conf b "Address = 10.8.0.1/24" "# Created = $(date -u -d '100 days ago' +%FT%TZ)" \
		"SaveConfig = true" < <(peer a "# Created = $(date -u -d '80 days ago' +%F)" \
		"AllowedIPs = 10.8.0.2/32" "PresharedKey = $("$WG" genpsk)"
		peer c "AllowedIPs = 10.8.0.3/32" "PresharedKey = $("$WG" genpsk)"
		printf '# Created = soon\n')
	at b "$WG" check-config --policy "$TMP/policy" --strict "$FILE" 2>"$TMP/said"
	grep -q "our key is 100 days old, and RotateAfter of the policy is 90 days" "$TMP/said"
	refuses grep -q "80 days" "$TMP/said"
	grep -q "the age of 1 key is not known" "$TMP/said"
	grep -q "this Created is no time" "$TMP/said"
	printf 'RotateAfter = 10w\n' >"$TMP/policy"
	at b "$WG" check-config --policy "$TMP/policy" "$FILE" 2>"$TMP/said"
	grep -q "the preshared key of peer .* is 80 days old" "$TMP/said"
	printf 'RotateAfter = 90\n' >"$TMP/policy"
	refuses at b "$WG" check-config --policy "$TMP/policy" "$FILE"
	ipat b link del t0
	q b up "$FILE"
	w b set t0 peer "${PUB[a]}" persistent-keepalive 25
	q b down "$FILE"
	same "$(grep -c "^# Created" "$FILE")" 2
	grep -q "PersistentKeepalive = 25" "$FILE"
}
test_case "check-config tells old keys, and save keeps their times" ages
finish
