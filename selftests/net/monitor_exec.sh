#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# `naawg monitor --exec` runs a program for each event, and `--journal` sends events to the
# journal, which is a socket of this test here.

# shellcheck source=selftests/net/net_lib.sh
. "$(dirname "$0")/net_lib.sh"

[ "$KIND" = naawg ] || skip_all "monitor is naawg's own"
need_tool unshare

hosts a
keys a c
psk c
link_new a t0

# program NAME: a program with the body from standard input, in $TMP
program()
{
	{
		echo '#!/bin/bash'
		echo "cd $TMP"
		cat
	} >"$TMP/$1"
	chmod +x "$TMP/$1"
}

# run_each PROGRAM ARGS...: monitor runs the program; its messages are in PROGRAM.err
run_each()
{
	rm -f "$TMP/ran"
	background a "$WG" monitor --exec "$TMP/$1" "${@:2}" 2>"$TMP/$1.err"
	MONITOR=$STARTED
	wait_for 20 grep -q listening "$TMP/ran"
}

monitor_end()
{
	kill "$MONITOR"
	wait "$MONITOR" || true
}

# lines FILE N: it has that many
lines()
{
	[ "$(wc -l <"$1")" -ge "$2" ]
}

program tell <<'BODY'
env | grep ^NAAWG_ | grep -v ^NAAWG_TIME | sort >>env
cat >>json
echo "$NAAWG_EVENT" >>ran
BODY

fields()
{
	NAAWG_PEER=stale run_each tell t0
	rm "$TMP/env" "$TMP/json"
	w a set t0 private-key "$TMP/a.key" peer "${PUB[c]}" preshared-key "$TMP/c.psk" \
		allowed-ips 10.9.5.0/24,10.9.6.0/24 endpoint 192.0.2.9:99
	wait_for 20 lines "$TMP/ran" 3
	monitor_end
	same "$(cat "$TMP/env")" "NAAWG_EVENT=identity-changed
NAAWG_INTERFACE=t0
NAAWG_PROGRAM=naawg
NAAWG_PUBLIC_KEY=${PUB[a]}
NAAWG_UID=0
NAAWG_ALLOWED_IPS=10.9.5.0/24,10.9.6.0/24
NAAWG_ALLOWED_IPS_TOTAL=2
NAAWG_ENDPOINT=192.0.2.9:99
NAAWG_EVENT=peer-added
NAAWG_INTERFACE=t0
NAAWG_PEER=${PUB[c]}
NAAWG_PERSISTENT_KEEPALIVE=0
NAAWG_PROGRAM=naawg
NAAWG_UID=0"
	same "$($PY -c 'import json, sys
for line in sys.stdin:
    event = json.loads(line)
    print(event["event"], event.get("peer", {}).get("public_key"))' <"$TMP/json")" \
		"identity-changed None
peer-added ${PUB[c]}"
	refuses grep -F -f "$TMP/c.psk" -f "$TMP/a.key" "$TMP/env" "$TMP/json"
}
test_case "the program gets the event in its environment and as JSON" fields

# A service manager may start the monitor with no standard input at all.
closed()
{
	rm -f "$TMP/json" "$TMP/env" "$TMP/ran"
	background a sh -c 'exec "$0" monitor --exec "$1" t0 <&- 3>&- 4>&- 5>&-' "$WG" "$TMP/tell"
	MONITOR=$STARTED
	wait_for 20 grep -q listening "$TMP/ran"
	monitor_end
	grep -q '"event": "listening"' "$TMP/json"
}
test_case "it gets the event also if the monitor has no standard input" closed

# The first event of a peer makes it hang, whatever signal it gets.
program hang <<'BODY'
echo "$NAAWG_EVENT" >>ran
[ "$NAAWG_EVENT" != peer-added ] || {
	[ ! -e deaf ] || trap '' TERM
	sleep 1000
	[ ! -e deaf ] || sleep 1001
}
BODY

hanging()
{
	run_each hang --timeout 1 t0
	w a set t0 peer "${PUB[c]}" remove
	w a set t0 peer "${PUB[c]}"
	w a set t0 peer "${PUB[c]}" remove
	wait_for 30 eval '[ "$(grep -c peer-removed "$TMP/ran")" = 2 ]'
	grep -q "hang takes longer than 1 s" "$TMP/hang.err"
	grep -q "hang was ended by signal 15" "$TMP/hang.err"
	refuses pgrep -xf "sleep 1000"
	touch "$TMP/deaf"
	w a set t0 peer "${PUB[c]}"
	w a set t0 peer "${PUB[c]}" remove
	wait_for 60 eval '[ "$(grep -c peer-removed "$TMP/ran")" = 3 ]'
	grep -q "hang was ended by signal 9" "$TMP/hang.err"
	refuses pgrep -xf "sleep 100[01]"
	monitor_end
}
test_case "a program that hangs is ended, with its children" hanging

program fail <<'BODY'
echo "$NAAWG_EVENT" >>ran
exit 3
BODY

failing()
{
	run_each fail
	w a set t0 peer "${PUB[c]}"
	wait_for 20 grep -q peer-added "$TMP/ran"
	wait_for 20 eval '[ "$(grep -c "fail failed with status 3" "$TMP/fail.err")" = 2 ]'
	rm "$TMP/fail"
	w a set t0 peer "${PUB[c]}" remove
	wait_for 20 grep -q "fail: No such file" "$TMP/fail.err"
	wait_for 20 grep -q "fail failed with status 127" "$TMP/fail.err"
	kill -0 "$MONITOR"
	monitor_end
}
test_case "a program that fails is reported, and monitor goes on" failing

# It does not read the event, and waits at the first peer.
program wait_first <<'BODY'
if [ "$NAAWG_EVENT" = peer-added ] && [ ! -e go ]; then
	touch waits
	until [ -e go ]; do sleep 0.1; done
fi
echo "$NAAWG_EVENT" >>ran
BODY

no_children()
{
	[ -z "$(pgrep -P "$MONITOR")" ]
}

burst()
{
	run_each wait_first
	w a set t0 peer "${PUB[c]}"
	wait_for 20 test -e "$TMP/waits"
	# more than can wait
	for ((i = 0; i < 1200; i++)); do
		printf '[Peer]\nPublicKey = %042d0=\n' "$i"
	done >"$TMP/many.conf"
	w a addconf t0 "$TMP/many.conf"
	wait_for 60 eval '[ "$(w a show t0 peers | wc -l)" = 1201 ]'
	# only one program runs
	same "$(pgrep -P "$MONITOR" | wc -l)" 1
	touch "$TMP/go"
	wait_for 200 grep -q missed "$TMP/ran"
	same "$(grep -c peer-added "$TMP/ran")" 1025
	same "$(tail -n 1 "$TMP/ran")" missed
	ipat a link set t0 up
	wait_for 60 grep -q link-up "$TMP/ran"
	# and none is left behind, not even as a zombie
	wait_for 20 no_children
	monitor_end
}
test_case "a burst of events waits in a bounded queue, and a loss is reported" burst

refused()
{
	refuses w a monitor --exec "$TMP/absent" 2>"$TMP/said"
	grep -q "Unable to run .*/absent.: No such file" "$TMP/said"
	refuses w a monitor --exec no-such-program 2>"$TMP/said"
	grep -q "There is no program .no-such-program" "$TMP/said"
	refuses w a monitor --exec 2>"$TMP/said"
	grep -q "^Usage: " "$TMP/said"
	refuses w a monitor --exec true --timeout 0 2>"$TMP/said"
	grep -q "from 1 to 86400" "$TMP/said"
}
test_case "a program that cannot be run is refused at once" refused

# journal SOCKET COUNT: prints the fields of that many datagrams, without their times
cat >"$TMP/journal.py" <<'BODY'
import os, socket, sys
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
sock.bind(sys.argv[1])
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    for line in sorted(sock.recv(65536).decode().splitlines()):
        if not line.startswith("NAAWG_TIME="):
            print(line, flush=True)
BODY

# Its own mounts, so that the journal of this machine is another one. The monitor is
# started with a socket for systemd, which hears that it is ready.
program journal <<'BODY'
mount -t tmpfs none /run/systemd 2>>journal.err || { mkdir -p /run/systemd && mount -t tmpfs none /run/systemd; }
python3 journal.py /run/systemd/journal/socket 4 >fields &
python3 journal.py "$PWD/notify" 1 >notified &
until grep -q ready fields && grep -q ready notified; do sleep 0.1; done
NOTIFY_SOCKET=$PWD/notify "$WG" monitor --journal 2>>journal.err
BODY

journal()
{
	local key=${PUB[c]}

	w a set t0 peer "$key"
	background a unshare -m "$TMP/journal"
	wait_for 60 grep -q listening "$TMP/fields"
	wait_for 20 grep -qx READY=1 "$TMP/notified"
	ipat a link set t0 down
	w a set t0 private-key "$TMP/c.key"
	wait_for 20 eval '[ "$(grep -c SYSLOG_ "$TMP/fields")" = 4 ]'
	diff "$TMP/fields" - <<-FIELDS
ready
MESSAGE=listening
NAAWG_EVENT=listening
PRIORITY=6
SYSLOG_IDENTIFIER=naawg
MESSAGE=t0: link down, by ip (uid 0)
NAAWG_EVENT=link-down
NAAWG_INTERFACE=t0
NAAWG_PROGRAM=ip
NAAWG_UID=0
PRIORITY=4
SYSLOG_IDENTIFIER=naawg
MESSAGE=t0: peer removed: $key, by naawg (uid 0)
NAAWG_EVENT=peer-removed
NAAWG_INTERFACE=t0
NAAWG_PEER=$key
NAAWG_PROGRAM=naawg
NAAWG_UID=0
PRIORITY=6
SYSLOG_IDENTIFIER=naawg
MESSAGE=t0: private key changed: public key $key, was ${PUB[a]}, by naawg (uid 0)
NAAWG_EVENT=identity-changed
NAAWG_INTERFACE=t0
NAAWG_OLD_PUBLIC_KEY=${PUB[a]}
NAAWG_PROGRAM=naawg
NAAWG_PUBLIC_KEY=$key
NAAWG_UID=0
PRIORITY=6
SYSLOG_IDENTIFIER=naawg
FIELDS
	# the journal is gone now: monitor says so and goes on
	w a set t0 private-key "$TMP/a.key"
	wait_for 20 grep -q "Unable to write event .identity-changed. to the journal" "$TMP/journal.err"
	ipat a link set t0 up
	wait_for 20 grep -q "Unable to write event .link-up. to the journal" "$TMP/journal.err"
}
test_case "events go to the journal as fields" journal
finish
