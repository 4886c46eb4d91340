# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Prepares a kernel built from source, in TREE, for booting.

# tree_modules TREE ARGUMENT...: its modules where depmod and modprobe look, below
# TREE/root. A tree keeps what was installed once. ARGUMENTs are for make.
tree_modules()
{
	(
		flock 9
		if [ ! -e "$1/root/.installed" ] ||
			[ "$1/.built" -nt "$1/root/.installed" ]; then
			make -s -C "$@" INSTALL_MOD_PATH="$1/root" modules_install >&2 &&
				touch "$1/root/.installed"
		fi
	) 9>"$1/.lock"
}

# tree_naawg TREE COPY ARGUMENT...: our module for it, built from a copy, so that it
# does not take the place of the one for real kernels; prints the file. Guests that
# start at the same time wait for each other here.
tree_naawg()
{
	local tree=$1 copy=$2 repo

	repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P) || return 1
	shift 2
	mkdir -p "$copy"
	(
		flock 9
		# Objects are for one tree.
		if [ "$(cat "$copy/.tree" 2>/dev/null)" != "$tree" ]; then
			rm -rf "$copy"
			mkdir "$copy"
		fi
		make -s --no-print-directory -C "$repo" copy TO="$copy" &&
			printf '%s\n' "$tree" >"$copy/.tree" &&
			make -s -j"$(nproc)" -C "$copy" KDIR="$tree" "$@" modules
	) 9>"$copy.lock" >&2 || return 1
	printf '%s\n' "$copy/module/naawg.ko"
}
