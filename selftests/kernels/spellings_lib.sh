# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Compiles the module's files over headers in which single interfaces are spelt another
# way. These stand for kernels without a package, and for distributions that take one
# change and leave another one that came with it. kernels/spellings.sh starts from
# Debian's headers, long/spellings.sh from those of User-Mode Linux.

# shellcheck source=selftests/kernels/on_kernel.sh
. "$(dirname "${BASH_SOURCE[0]}")/on_kernel.sh"

need_tool make tar nm
kernels_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=$(mktemp -d)
defer rm -rf "$work"
make -s --no-print-directory -C "$repo" copy TO="$work/module"

# links FROM TO: TO has symbolic links to all files of FROM
links()
{
	mkdir "$2"
	find "$(readlink -f "$1")" -mindepth 1 -maxdepth 1 -exec ln -s -t "$2" {} +
}

# base KDIR [MAKE_ARGUMENT...]: the headers that are respelt from here on
base()
{
	base=$(readlink -f "$1")
	shift
	base_make=("$@")
	base_source=$(sed -n 's|^include \(.*\)/Makefile$|\1|p' "$base/Makefile")
	base_source=${base_source:-$base}
	base_shims=$(shims "$base_source" "$base")
}

# shims SOURCE BUILT: the shims that the probes turn on, sorted
shims()
{
	printf '%s\n' "srctree := $1" "objtree := $2" "naawg-src := $work/module" \
		"include $work/module/module/compat/Kbuild.include" \
		'all: ; @echo $(naawg-compat)' | make -rsf - | tr ' ' '\n' |
		sed -n 's/^-DNAAWG_COMPAT_//p' | LC_ALL=C sort
}

# spelt NAME 'EDIT...' 'SHIM...' OBJECT...: with these edits (spell.py) exactly these
# shims are on, as +SHIM or -SHIM against the base, and the objects can be compiled
spelt()
{
	local name=$1 edits=$2 want=$3 log=$work/log source=$work/source kdir=$work/kdir

	shift 3
	rm -rf "$source" "$kdir"
	links "$base_source" "$source"
	links "$base" "$kdir"
	if [ "$base_source" != "$base" ]; then
		rm "$kdir/Makefile"
		sed "s|^include .*|include $source/Makefile|; s|^\(export KBUILD_OUTPUT = \).*|\1$kdir|" \
			"$base/Makefile" >"$kdir/Makefile"
	fi
	[[ " $edits " != *" unexported "* ]] || {
		rm "$kdir/Module.symvers"
		grep -vw task_work_add "$base/Module.symvers" >"$kdir/Module.symvers"
	}
	edits=${edits//unexported/}
	[[ " $edits " != *" no_smp "* ]] || {
		/usr/bin/python3 "$kernels_dir/spell.py" "$kdir" no_smp
		edits=${edits//no_smp/}
	}
	# shellcheck disable=SC2086 # one word per edit
	if ! /usr/bin/python3 "$kernels_dir/spell.py" "$source" $edits >"$log" 2>&1; then
		fail "$name: the headers are as they were known" "$(cat "$log")"
		return
	fi
	# shellcheck disable=SC2086 # one word per shim
	check "$name: the probes detect it" same \
		"$(LC_ALL=C diff <(xargs -rn 1 <<<"$base_shims") <(shims "$source" "$kdir") |
			sed -n 's/^> /+/p; s/^< /-/p' | sort | xargs)" \
		"$(printf '%s\n' $want | sort | xargs)"
	if make -C "$kdir" "${base_make[@]}" M="$work/module" W=1 KCFLAGS=-Werror \
		"${@/#/module/}" >"$log" 2>&1
	then
		pass "$name: it compiles"
	else
		fail "$name: it compiles" "$(grep -A3 -e error: -e '\*\*\*' "$log" | head -n 30)"
	fi
}

# unneeded NAME OBJECT SYMBOL: the object that was compiled last does not import it
unneeded()
{
	check "$1" lacks "$(nm -u "$work/module/module/$2")" "\b$3\b"
}
