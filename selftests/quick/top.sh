#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# naawg top: tables one after the other, and on a terminal of tmux, whose keys, size and
# restoration are checked.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

need_tool tmux python3
both
sed -i 's/^\[Peer\]/[Peer]\nName = services/' "$TMP/a/t0.conf"
q a up "$TMP/a/t0.conf" && q b up "$TMP/b/t0.conf"
w a set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32
ping_ok a 10.9.0.2

nobody=(setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all)

tables()
{
	at a "${nobody[@]}" "$WG" top -b -n 2 -d 0.2 >"$TMP/said"
	same "$(grep -c "2 peers: 1 connected, 0 handshaking, 0 idle, 1 never seen$" "$TMP/said")" 2
	same "$(grep -Ec "^services +connected .* B/s" "$TMP/said")" 2
	same "$(grep -Fc "${PUB[c]} " "$TMP/said")" 2
	grep -q '^PEER .* REASON$' "$TMP/said"
	refuses grep -q $'\x1b' "$TMP/said"
}
test_case "top prints tables with names and states, without any privilege" tables

# flow: 100 datagrams of 1000 bytes to the peer, which answers
flow()
{
	at a ping -q -c 100 -i 0.01 -s 1000 10.9.0.2
}

rates()
{
	rm "$TMP/said"
	at a "$WG" top -b -n 1 -d 2 t0 >"$TMP/said" &
	while ! [ -s "$TMP/said" ]; do
		flow
	done
	wait $!
	grep -E "^services +connected +[0-9.]+ KiB/s +[0-9.]+ KiB/s" "$TMP/said"
	grep -E "^t0: in [0-9.]+ KiB/s, out [0-9.]+ KiB/s" "$TMP/said"
}
test_case "a rate has a unit, and that of the interface is the sum" rates

ordered()
{
	local first

	first=$(at a "$WG" top -b -n 1 -d 0.1 --sort total | sed -n 4p)
	matches "$first" '^services'
	first=$(at a "$WG" top -b -n 1 -d 0.1 --sort total --reverse | sed -n 4p)
	matches "$first" '^[A-Za-z0-9+/]{43}='
	refuses at a "$WG" top -b -n 1 --sort colour 2>"$TMP/said"
	grep -q "no column .colour'" "$TMP/said"
	refuses at a "$WG" top -b -n 0
	refuses at a "$WG" top -b -d 0
	refuses at a "$WG" top -b -n 1 nothing 2>"$TMP/said"
	grep -q "Unable to access interface nothing" "$TMP/said"
}
test_case "--sort and --reverse choose the order, and wrong options are refused" ordered

several()
{
	ipat a link add t1 type naawg
	at a "$WG" top -b -n 1 -d 0.1 >"$TMP/said"
	grep -q '^t1: in -, out -$' "$TMP/said"
	grep -Eq '^t0 +services +connected' "$TMP/said"
	COLUMNS=40 at a "$WG" top -b -n 1 -d 0.1 >"$TMP/said"
	grep -Eq '^t0/services +up ' "$TMP/said"
	refuses grep -E '.{41}' "$TMP/said"
	ipat a link del t1
}
test_case "several interfaces fit into 40 columns" several

as_json()
{
	at a "$WG" top --json -n 2 -d 0.1 all | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
assert len(lines) == 2
peers = lines[1]["interfaces"][0]["peers"]
assert sorted(p["state"] for p in peers) == ["connected", "never-seen"]
assert [p.get("name") for p in peers if p["state"] == "connected"] == ["services"]'
}
test_case "--json prints an object in each line" as_json

calls()
{
	local key=${PUB[c]}

	w a set t0 peer "$key" endpoint 192.0.2.99:5003
	w a set t0 peer "$key" persistent-keepalive 1
	wait_for 60 eval 'at a "$WG" top -b -n 1 -d 0.1 | grep -Eq "handshaking "'
	w a set t0 peer "$key" persistent-keepalive off
}
calling="a peer that is called and does not answer is handshaking"
if at a "$WG" stats --json t0 | grep -q last_tx; then
	test_case "$calling" calls
else
	skip "$calling" "the kernel module does not tell when it sent something"
fi

# --- on a terminal -----------------------------------------------------------

export TMUX_TMPDIR=$TMP
unset TMUX WG_COLOR_MODE
export TERM=screen
export LC_ALL=C.UTF-8

tm()
{
	tmux -L "$server" -f /dev/null "$@"
}

# terminal COLUMNS LINES: a shell on a new terminal, in a
terminal()
{
	# A server that was told to end may still answer for a moment.
	server=t$BASHPID
	at a tmux -L "$server" -f /dev/null new-session -d -x "$1" -y "$2" \
		"PS1='prompt> ' exec bash --norc --noprofile"
	wait_for 30 on_screen '^prompt>'
	tm send-keys "stty -a | grep -o -- '-*icanon -*\|-*echo ' >$TMP/stty.before" Enter
	wait_for 30 test -s "$TMP/stty.before"
}

end_terminals()
{
	local socket

	for socket in "$TMP"/tmux-*/*; do
		tmux -S "$socket" kill-server 2>/dev/null
	done
}
defer end_terminals

screen()
{
	tm capture-pane -p
}

on_screen()
{
	screen | grep -Eq -- "$1"
}

# ran COMMAND...: types it and waits for the table
ran()
{
	tm send-keys "clear; $*" Enter
	wait_for 30 on_screen '^PEER.? .*STATE'
}

# restored: the prompt is back, and the terminal as before
restored()
{
	wait_for 30 on_screen '^prompt>'
	refuses on_screen '^PEER.? .*STATE'
	rm -f "$TMP/stty.after"
	tm send-keys "stty -a | grep -o -- '-*icanon -*\|-*echo ' >$TMP/stty.after" Enter
	wait_for 30 test -s "$TMP/stty.after"
	cmp "$TMP/stty.before" "$TMP/stty.after"
	same "$(tm display -p '#{cursor_flag} #{alternate_on}')" "1 0"
}

on_terminal()
{
	terminal 100 24
	ran "$WG" top
	wait_for 30 on_screen '^q quit'
	on_screen 'services +connected'
	on_screen 'REASON'
	same "$(tm display -p '#{cursor_flag} #{alternate_on}')" "0 1"
	tm send-keys q
	restored
}
test_case "top paints a terminal, and q restores it" on_terminal

narrow()
{
	terminal 40 12
	ran "$WG" top
	wait_for 30 on_screen '^PEER +STATE +IN\* +OUT SEEN$'
	wait_for 30 on_screen '^services +up '
	tm resize-window -x 120 -y 30
	wait_for 30 on_screen '^PEER .*RECEIVED'
	tm resize-window -x 30 -y 8
	wait_for 30 on_screen '^q quit'
	refuses on_screen 'RECEIVED'
	tm send-keys q
	restored
}
test_case "top fits narrow terminals and follows their size" narrow

keys_work()
{
	local word

	terminal 80 24
	ran "$WG" top -d 100
	wait_for 30 on_screen 'IN\*'
	tm send-keys Right
	wait_for 30 on_screen 'OUT\*'
	tm send-keys Left Left
	wait_for 30 on_screen 'STATE\*'
	tm send-keys r
	wait_for 30 on_screen 'STATE\^'
	flow
	word=$(screen | head -n 1)
	tm send-keys Space
	wait_for 30 eval '[ "$(screen | head -n 1)" != "'"$word"'" ]'
	tm send-keys Escape x
	tm send-keys q
	restored
}
test_case "arrows choose the order, r reverses it, and space reads at once" keys_work

scrolls()
{
	local n

	for n in {1..20}; do
		"$WG" genkey | "$WG" pubkey
	done | while read -r n; do
		w a set t0 peer "$n"
	done
	terminal 80 10
	# the peer with traffic is the first one
	ran "$WG" top --sort total
	wait_for 30 on_screen '^services'
	tm send-keys End
	wait_for 30 eval '! on_screen ^services'
	tm send-keys Home
	wait_for 30 on_screen '^services'
	for n in {1..25}; do
		tm send-keys Down
	done
	wait_for 30 eval '! on_screen ^services'
	tm send-keys q
	restored
}
test_case "arrows scroll through more peers than fit" scrolls

colours()
{
	terminal 80 10
	ran "$WG" top --sort total
	wait_for 30 on_screen '^q quit'
	tm capture-pane -p -e | cat -v >"$TMP/said"
	cat "$TMP/said"
	grep -q '\^\[\[32m.*services' "$TMP/said"
	tm send-keys q
	restored
	ran env NO_COLOR=1 "$WG" top --sort total
	wait_for 30 on_screen '^q quit'
	tm capture-pane -p -e | cat -v >"$TMP/said"
	refuses grep -q '\^\[' "$TMP/said"
	tm send-keys q
	restored
}
test_case "NO_COLOR switches colors off" colours

signals()
{
	local signal

	terminal 80 10
	for signal in TERM INT HUP QUIT; do
		ran "$WG" top --sort total
		pkill "-$signal" -f "^$WG top"
		restored
	done
	ran "$WG" top --sort total
	tm send-keys C-c
	restored
	ran "$WG" top --sort total
	tm send-keys C-z
	wait_for 30 on_screen Stopped
	refuses on_screen '^services'
	tm send-keys fg Enter
	wait_for 30 on_screen '^services'
	tm send-keys q
	restored
}
test_case "signals and Ctrl-Z restore the terminal" signals

shown_again()
{
	terminal 60 20
	tm send-keys "clear; $WG show t0 --watch=0.2" Enter
	wait_for 30 on_screen '^  name: services'
	on_screen '^interface: t0'
	refuses on_screen '^  private key: [A-Za-z0-9+/]{43}='
	tm send-keys q
	wait_for 30 on_screen '^prompt>'
	refuses on_screen '^interface: t0'
	timeout 2 ip netns exec "${NS[a]}" "$WG" show t0 --watch=0.1 >"$TMP/said" || :
	test "$(grep -c '^interface: t0' "$TMP/said")" -gt 2
	refuses at a "$WG" show t0 private-key --watch
	refuses at a "$WG" show t0 --watch=soon
}
test_case "show --watch repaints a terminal, and hides keys" shown_again

# An interface may go and come back.
gone()
{
	terminal 80 10
	ran "$WG" top -d 0.2 t0
	ipat a link set t0 name t9
	wait_for 30 on_screen '^t0: No such device'
	ipat a link set t9 name t0
	wait_for 30 on_screen '^t0: in'
	tm send-keys q
	restored
	refuses eval 'at a "$WG" top </dev/null >"$TMP/none" 2>"$TMP/said"'
	grep -q "no terminal that can be repainted; .--batch'" "$TMP/said"
}
test_case "top waits for an interface that went away" gone
finish
