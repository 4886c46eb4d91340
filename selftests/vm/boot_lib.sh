# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The parts that vm/boot.sh (QEMU) and uml/boot.sh (User-Mode Linux) share: the command
# for the guest, the directory it may write to, and its exit status.

die()
{
	echo "boot.sh: $*" >&2
	exit 125
}

# make_outdir: the directory $outdir exists, and its path is absolute
make_outdir()
{
	[ -n "$outdir" ] || return 0
	mkdir -p "$outdir" || die "cannot make $outdir"
	outdir=$(cd "$outdir" && pwd -P) || die "cannot enter $outdir"
}

# command_file VARIABLES COMMAND...: the script that the guest runs. VARIABLES are
# assignments, and variables called NAAWG_* are passed on.
command_file()
{
	local variables=$1 name

	shift
	while read -r name; do
		printf 'export %s=%q\n' "$name" "${!name}"
	done < <(compgen -e NAAWG_)
	printf 'export %s\n' "$variables"
	[ -z "$outdir" ] || printf 'export NAAWG_OUT=/out\n'
	printf 'cd %q || exit 125\n' "$repo"
	printf 'exec'
	printf ' %q' "$@"
	printf '\n'
}

# exit_as_guest FILE: leave with the status that the guest wrote to FILE, if it did
exit_as_guest()
{
	local word="" code

	[ ! -e "$1" ] || read -r word code <"$1"
	[ "$word" != exit ] || [[ ! $code =~ ^[0-9]+$ ]] || exit "$code"
}

# console_end: the last lines of the guest's console, $work/console
console_end()
{
	echo "  the last lines of its console:"
	tail -n 40 "$work/console" | sed 's/^/  | /'
}
