#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# A user's upload passes the web host and arrives whole, or it fails and leaves nothing. By
# default 20 MB and short waits; long/upload.sh sets NAAWG_UPLOAD_MB, NAAWG_UPLOAD_TIMEOUT and
# NAAWG_UPLOAD_DIR, a place for that much.

# shellcheck source=selftests/apps/apps_lib.sh
. "$(dirname "$0")/apps_lib.sh"

megabytes=${NAAWG_UPLOAD_MB:-20}
timeout=${NAAWG_UPLOAD_TIMEOUT:-12}
room=${NAAWG_UPLOAD_DIR:-$TMP}
STORE=$room/store
# At this speed an upload takes 8 s or more, longer than a flap.
pace=$((megabytes * 1024 / 8))k

mkdir -p "$room"
defer rm -rf "$STORE"
deployed
test_case "the web and the services program start" programs "$timeout" || {
	diag "$(tail -n 5 "$TMP"/services.log "$TMP"/web.log)"
	finish
}

defer rm -rf "$room/sent"
openssl enc -aes-128-ctr -pass pass:x -pbkdf2 -in /dev/zero 2>/dev/null |
	head -c "${megabytes}M" >"$room/sent"
wanted=$(sha256sum <"$room/sent" | cut -d' ' -f1)

whole()
{
	local said

	said=$(upload "$room/sent" first)
	matches "$said" "$wanted.* 200"
	same "$(kept first)" "$wanted"
	rm "$STORE/first"
	diag "web host: $(on_web_disk) bytes on tmpfs"
}
test_case "an upload of $megabytes MB arrives as it was sent" whole

# An upload in the background, of which some has come already.
begin()
{
	upload "$room/sent" "$1" --limit-rate "$pace" >"$TMP/said" &
	sender=$!
	wait_for 20 test -s "$STORE/$1.part"
}

no_disk()
{
	local i

	begin second
	for i in 1 2 3 4 5 6 7 8; do
		[ "$(on_web_disk)" -le 65536 ]
		sleep 0.5
	done
	wait "$sender"
	matches "$(cat "$TMP/said")" " 200"
	[ "$(on_web_disk)" -le 65536 ]
	rm "$STORE/second"
}
test_case "the web host writes nothing of it to disk" no_disk

flap()
{
	begin third
	ipat g link set o-c down
	sleep 5
	ipat g link set o-c up
	wait "$sender"
	matches "$(cat "$TMP/said")" "$wanted.* 200"
	same "$(kept third)" "$wanted"
	rm "$STORE/third"
}
test_case "an upload goes on after the wire was cut for 5 s" flap

nothing_kept()
{
	[ "$(find "$STORE" -type f | wc -l)" = 0 ]
}

lost()
{
	begin fourth
	ipat g link set o-c down
	wait "$sender"
	matches "$(cat "$TMP/said")" 'stopped answering.* 503'
	[ "$(on_web_disk)" -le 65536 ]
	refuses test -e "$STORE/fourth"
	ipat g link set o-c up
	# the services program learns of the end when packets arrive again
	wait_for 150 nothing_kept
}
test_case "an upload whose wire stays cut for $timeout s fails, and nothing of it stays" lost

unreachable()
{
	ipat c link set t0 down
	matches "$(upload "$room/sent" fifth)" 'unreachable.* 503'
	ipat c link set t0 up
	ipat g link set t0 down
	matches "$(upload "$room/sent" fifth)" 'unreachable.* 503'
	ipat g link set t0 up
	nothing_kept
	wait_for 60 ping_ok c 10.100.0.11
	matches "$(upload "$room/sent" sixth)" "$wanted.* 200"
}
test_case "without a tunnel the user gets the status 503, and with it the next upload works" unreachable
finish
