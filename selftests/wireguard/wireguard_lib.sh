# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests of the names of the stock driver: link kind and netlink family "wireguard".
#
#	wg, ip, other clients
#	      |  kind and family "wireguard"
#	      v
#	wireguard.ko   or   naawg_wireguard.ko --> naawg.ko
#
# A test says which of the two modules it needs, by need_ours and need_stock. All tests of a
# guest use the same kernel, so at the end of a test no module has the names.

. "$(dirname "${BASH_SOURCE[0]}")/../net/net_lib.sh"
need_root
need_module
need_tool modprobe wg
[ -n "${NAAWG_VM:-}" ] || skip_all "runs in a guest only"
defer nobody_serves

# need_ours: skip the test unless naawg can have the names
need_ours()
{
	modinfo naawg_wireguard >/dev/null 2>&1 ||
		skip_all "no naawg_wireguard.ko for $(uname -r)"
}

# need_stock: skip the test unless the stock driver can have them
need_stock()
{
	modinfo -F filename wireguard 2>/dev/null | grep -q / ||
		skip_all "this kernel has no stock driver as a module"
}

# serve MODULE: the names belong to that one, wireguard or naawg_wireguard
serve()
{
	nobody_serves && modprobe "$1"
}

# nobody_serves: neither module is loaded, and naawg is
nobody_serves()
{
	local module

	for module in naawg_wireguard wireguard; do
		! grep -q "^$module " /proc/modules || rmmod "$module" || return 1
	done
	modprobe naawg
}

# answers_of MODULE COMMAND...: what it prints while that module serves goes to $TMP/MODULE
answers_of()
{
	serve "$1"
	# the trace of the shell is no answer
	exec {BASH_XTRACEFD}>&2
	"${@:2}" >"$TMP/$1"
}

same_answers()
{
	[ -s "$TMP/wireguard" ]
	diff -U 2 "$TMP/wireguard" "$TMP/naawg_wireguard"
}

# both COMMAND...: it prints the same whether the stock driver serves or naawg
both()
{
	test_case "it works with the stock driver" answers_of wireguard "$@"
	test_case "it works with naawg under the names of the stock driver" \
		answers_of naawg_wireguard "$@"
	test_case "it shows the same with both" same_answers
	diag "$(wc -l <"$TMP/wireguard") lines are compared"
}

# far_end: t0 on host b is of kind naawg and stays, whoever has the names
far_end()
{
	[ -n "${PUB[a]:-}" ] || keys a b
	TOOL[b]=$repo/tools/naawg
	nobody_serves && link_new b t0 naawg
	w b set t0 private-key "$TMP/b.key" listen-port 5002 \
		peer "${PUB[a]}" allowed-ips 10.9.0.1/32,fd09::1/128
	address b t0 10.9.0.2/24 fd09::2/64
	ipat b link set t0 up
}

# near_end ADDRESS...: t0 on host a is of kind wireguard, and b is its peer
near_end()
{
	link_new a t0 wireguard
	w a set t0 private-key "$TMP/a.key" listen-port 5001 peer "${PUB[b]}" \
		endpoint 192.0.2.2:5002 allowed-ips 10.9.0.2/32,fd09::2/128
	address a t0 "$@"
	ipat a link set t0 up
}
