#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 7200
#
# Runs the published test of the stock driver to its end on links of this kind. It is
# taken from Debian's kernel source at run time and is not kept here. Only the kind of
# the link and the name of the tool are exchanged. After that, wireguard/published.sh runs
# it unchanged, on links of its own kind that naawg serves.

. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/static/cache.sh
. "$selftests/static/cache.sh"
# shellcheck source=selftests/wireguard/published_lib.sh
. "$selftests/wireguard/published_lib.sh"

need_root
need_tool iperf3 ncat iptables nft ip ping ss

out=$selftests/out/stock
mkdir -p "$out/bin"
if ! dir=$(stock_test_dir 2>"$out/fetch.log"); then
	skip_all "linux-source-7.2 cannot be had, see selftests/out/stock/fetch.log"
fi
sed -e 's/type wireguard/type naawg/' -e 's/\bwg \(genkey\|genpsk\|pubkey\)\b/naawg \1/g' \
	-e 's/\bwg \(set\|show\|setconf\|showconf\)\b/naawg \1/g' \
	"$dir/tools/testing/selftests/wireguard/netns.sh" >"$out/netns.sh"
check "the script uses no link and no command of the stock driver" same \
	"$(grep -cE 'type wireguard|[ (]wg (gen|pub|set|show|add|sync)' "$out/netns.sh")" 0

published_programs "$out/bin" "$repo/tools/naawg"

# on NAME BOOT...: the test in a guest, which prints a line for each thing it does
on()
{
	local name=$1

	shift
	if timeout 1100 "$@" env -C "$out" \
		PATH="$out/bin:$repo/tools:/usr/sbin:/usr/bin:/sbin:/bin" \
		bash "$out/netns.sh" >"$out/$name.log" 2>&1; then
		pass "$name: it ends well"
	else
		fail "$name: it ends well" "$(tail -n 25 "$out/$name.log" | cut -c1-200)"
	fi
	check "$name: the script ran to its end" published_ended "$out/$name.log"
}

if tree=$("$selftests/uml/build.sh" test 2>"$out/uml.log") &&
	uml_module=$("$selftests/uml/module.sh" test 2>>"$out/uml.log"); then
	on uml "$selftests/uml/boot.sh" -T "$tree" -t 1000 -M "$uml_module" --
else
	skip "the newest kernel" "User-Mode Linux is not built, see selftests/out/stock/uml.log"
fi

# on_own_kind GUEST
on_own_kind()
{
	NAAWG_GUEST=$1 NAAWG_NO_DEPS=1 NAAWG_OUT=$out/$1 NAAWG_PUBLISHED_LOAD="-t 3" \
		timeout 2500 "$selftests/run.sh" vm wireguard/published.sh >"$out/own-$1.txt" 2>&1
	import_report "$out/own-$1.txt" "$1: "
}

on_own_kind uml
[ -n "${NAAWG_STOCK_UML_ONLY:-}" ] && finish
on_own_kind qemu
on 6.1 "$selftests/vm/boot.sh" -t 1000 -M "$repo/module/naawg.ko" --
finish
