#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 3600
#
# Other analyzers over the sources: the rules Coccinelle brings for the kernel, clang
# with W=1 over Debian's headers, and gcc's analyzer over the tool. Findings that are
# let pass are named here with the reason.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../static/cache.sh"

copy=$(mktemp -d)
defer rm -rf "$copy"
make -s --no-print-directory -C "$repo" copy TO="$copy" || bail "cannot copy the module"

# --- Coccinelle -----------------------------------------------------------------

# RULE FILE REASON, a line each
pass_cocci='
minmax core/crypto.c pure files compare sizes of their own; min() would need types made equal for nothing
use_after_iter nat/forwards.c the member of that name, of which only the size is asked
doublebitand table/selftest.c two draws, so that a quarter of the bits is set
'

rules()
{
	local dir rule said line name

	dir=$(coccinelle_dir) || { skip "Coccinelle" "no linux-source-6.1"; return; }
	for rule in "$dir"/scripts/coccinelle/*/*.cocci; do
		grep -q '^virtual report' "$rule" || continue
		name=$(basename "$rule" .cocci)
		said=$(cd "$copy" && timeout 600 spatch -D report --very-quiet \
			--no-show-diff --no-includes --include-headers \
			--cocci-file "$rule" --dir module 2>&1)
		if [ $? -eq 124 ]; then
			fail "$name" "took more than ten minutes"
			continue
		fi
		while read -r line; do
			case $line in
			module/*:[0-9]*)
				passed "$pass_cocci" "$name" "$line" || printf '%s\n' "$line"
				;;
			esac
		done <<<"$said" >"$copy/said"
		check "$name" same "$(cat "$copy/said")" ''
	done
}

# passed LIST RULE LINE: a finding that is let pass
passed()
{
	local rule file

	while read -r rule file _; do
		[ -n "$rule" ] && [ "$rule" = "$2" ] && [[ $3 == *$file:* ]] && return 0
	done <<<"$1"
	return 1
}

if command -v spatch >/dev/null; then
	rules
else
	skip "Coccinelle" "no coccinelle on this machine"
fi

# --- clang ----------------------------------------------------------------------

clang=${CLANG:-clang-14}
kdir=${KDIR:-$(find /lib/modules -maxdepth 2 -path '*/6.1.*-amd64/build' |
	grep -v -e -rt- -e -cloud- | sort -V | tail -n 1)}

# The headers were configured for gcc: what only gcc knows is left out, which
# matters to what is built and not to what is said about the sources.
cat >"$copy/cc" <<-EOT
	#!/bin/bash
	args=()
	for arg; do
		case \$arg in
		-mrecord-mcount | -mfunction-return=* | -fconserve-stack | \
			-ftrivial-auto-var-init=*) ;;
		*) args+=("\$arg") ;;
		esac
	done
	exec $clang "\${args[@]}" -Wno-unknown-warning-option \
		-Wno-unused-command-line-argument -Wno-gnu
EOT
# -Wno-gnu: the kernel itself says so to clang, if it was configured for it.
chmod +x "$copy/cc"
if command -v "$clang" >/dev/null && [ -e "$kdir/Makefile" ]; then
	make -k -j"$(nproc)" -C "$kdir" M="$copy" CC="$copy/cc" W=1 NAAWG_DEBUG=1 modules \
		>"$copy/clang.log" 2>&1
	# each object, or nothing was looked at; the one for kernels without NAT takes
	# the place of another
	check "$clang compiles every file" same \
		"$(find "$copy/module" -name '*.c' ! -name '*.mod.c' ! -name hooks_absent.c | wc -l)" \
		"$(find "$copy/module" -name '*.o' ! -name '*.mod.o' ! -name naawg.o | wc -l)"
	check "$clang gives no warning with W=1" same \
		"$(grep -E 'warning:|error:' "$copy/clang.log" | grep -v objtool |
			grep -F "$copy/module" | sed "s|$copy/||" | sort -u)" ''
else
	skip "$clang with W=1" "no $clang, or no kernel headers"
fi

# --- gcc's analyzer ---------------------------------------------------------------

# FLAG FILE REASON
pass_analyzer='
-Wanalyzer-null-dereference cmds/cmd_check.c when not all peers are good, one was found that is not
-Wanalyzer-file-leak cmds/cmd_strip.c what is not closed is standard input
-Wanalyzer-malloc-leak cmds/cmd_strip.c likewise
-Wanalyzer-malloc-leak conf/conf.c the text is kept in the peer
-Wanalyzer-malloc-leak conf/quick_conf.c the word is kept in the list
-Wanalyzer-malloc-leak apply/save.c the text is kept in the peer
-Wanalyzer-malloc-leak netcfg/state.c the text is kept in the peer
'

analyze()
{
	make -s -C "$repo/tools" OUT="$copy/tools" SAN=0 \
		CFLAGS='-O2 -g -fanalyzer -Wno-error' "$copy/tools/libnaawg.a" 2>&1
}
analyze >"$copy/analyzer.log"
[ -e "$copy/tools/libnaawg.a" ] || bail "the tool does not build with -fanalyzer"
while read -r line; do
	flag=${line##*\[}
	passed "$pass_analyzer" "${flag%]}" "$line" || printf '%s\n' "$line"
done < <(grep -E 'warning:' "$copy/analyzer.log" | sort -u) >"$copy/said"
check "gcc's analyzer reports nothing in the tool" same "$(cat "$copy/said")" ''
finish
