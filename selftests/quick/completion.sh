#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
#
# bash, zsh and fish complete commands, options, interfaces, peers and files, from the one
# table of the tool.

# shellcheck source=selftests/quick/quick_lib.sh
. "$(dirname "$0")/quick_lib.sh"

need_tool tmux zsh fish
both
sed -i 's/^\[Peer\]/[Peer]\nName = services/' "$TMP/a/t0.conf"
q a up "$TMP/a/t0.conf"
w a set t0 peer "${PUB[c]}" allowed-ips 10.9.0.3/32
install -d "$TMP/bin"
ln -s "$WG" "$TMP/bin/naawg"
ln -s "$WG" "$TMP/bin/naawg-quick"
export PATH=$TMP/bin:$PATH HOME=$TMP
unset WG_COLOR_MODE
export LC_ALL=C.UTF-8 TERM=screen TMUX_TMPDIR=$TMP
end_terminals()
{
	local socket

	for socket in "$TMP"/tmux-*/*; do
		tmux -S "$socket" kill-server 2>/dev/null
	done
}
defer end_terminals

# answers WORD...: of the tool
answers()
{
	at a naawg complete "$@"
}

table()
{
	local word lost=""

	answers naawg chec | grep -q $'^check\tTells'
	answers naawg chec | grep -q $'^check-config\t'
	# each command has a row, and each of its options is offered
	naawg help | sed -n 's/^  \([a-z-]*\):.*/\1/p' >"$TMP/commands"
	test "$(wc -l <"$TMP/commands")" -gt 20
	while read -r word; do
		naawg "$word" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]+' | sort -u |
			while read -r option; do
				{
					answers naawg "$word" "$option"
					answers naawg "$word" x "$option"
					answers naawg "$word" list "$option"
					answers naawg "$word" x list "$option"
					answers naawg "$word" x flush "$option"
					answers naawg "$word" x y z "$option"
				} | grep -qx -- "$option" || echo "$word $option"
			done
	done <"$TMP/commands" | grep -vE ' --help$' >"$TMP/lost" || :
	lost=$(tr '\n' ';' <"$TMP/lost")
	same "$lost" ""
}
test_case "the table has every command and option" table

objects()
{
	same "$(answers naawg check t)" t0
	same "$(answers naawg check t0 --peer s)" services
	same "$(answers naawg set t0 peer "${PUB[b]:0:5}")" "${PUB[b]}"
	same "$(answers naawg peer show "$TMP/a/t0.conf" s)" services
	same "$(answers naawg apply --policy '')" :files
	same "$(answers naawg explain unknown-p)" unknown-peer
	same "$(answers naawg-quick up --ad)" --adopt
	same "$(answers naawg client-config wg0 --name x)" ""
	same "$(answers)" ""
	same "$(answers naawg nonsense x)" ""
}
test_case "interfaces, peers, reasons and files are offered" objects

# Types a line and Tab in a shell, and waits for the completed line.
types()
{
	tmux -L "$server" send-keys "$1" Tab
	wait_for 30 eval 'tmux -L "$server" capture-pane -p | grep -qE -- "'"$2"'"'
	tmux -L "$server" send-keys C-u C-l
}

# in_shell COMMAND...: the same words in each shell
in_shell()
{
	server=c$BASHPID
	at a tmux -L "$server" -f /dev/null new-session -d -x 100 -y 30 "$*"
	wait_for 60 eval 'tmux -L "$server" capture-pane -p | grep -q "[>%$#] *$"'
	types "naawg clie" "naawg client-config *$"
	types "naawg check t0 --max" "naawg check t0 --max-age *$"
	types "naawg check t" "naawg check t0 *$"
	types "naawg check t0 --peer s" "--peer services *$"
	types "naawg strip $TMP/a/t" "naawg strip $TMP/a/t0.conf *$"
	types "naawg-quick rel" "naawg-quick reload *$"
}

bash_does()
{
	printf '. %s\nPS1="> "\n' "$repo/tools/completion/naawg.bash" >"$TMP/rc.bash"
	in_shell bash --noprofile --rcfile "$TMP/rc.bash" -i
}
test_case "bash completes them" bash_does

zsh_does()
{
	printf 'fpath=(%s $fpath)\nautoload -Uz compinit\ncompinit -u -D\nPS1="> "\nbindkey -e\n' \
		"$repo/tools/completion" >"$TMP/.zshrc"
	in_shell env "ZDOTDIR=$TMP" zsh -i
}
test_case "zsh completes them" zsh_does

fish_does()
{
	printf 'source %s\nfunction fish_prompt; echo "> "; end\nset fish_greeting\n' \
		"$repo/tools/completion/naawg.fish" >"$TMP/init.fish"
	same "$(at a fish --no-config -c "source $TMP/init.fish; complete -C 'naawg check t'")" t0
	at a fish --no-config -c "source $TMP/init.fish; complete -C 'naawg clie'" |
		grep -q $'^client-config\t'
	same "$(at a fish --no-config -c "source $TMP/init.fish; complete -C 'naawg check t0 --peer s'")" \
		services
	at a fish --no-config -c "source $TMP/init.fish; complete -C 'naawg strip $TMP/a/t'" |
		grep -q "t0.conf"
	same "$(at a fish --no-config -c "source $TMP/init.fish; complete -C 'naawg-quick rel'")" reload
}
test_case "fish completes them" fish_does

installed()
{
	make -s -C "$repo/tools" install "DESTDIR=$TMP/root" CC=false
	test -f "$TMP/root/usr/share/bash-completion/completions/naawg"
	test -f "$TMP/root/usr/share/zsh/vendor-completions/_naawg"
	test -f "$TMP/root/usr/share/fish/vendor_completions.d/naawg.fish"
}
test_case "make install puts the scripts where the shells look" installed
finish
