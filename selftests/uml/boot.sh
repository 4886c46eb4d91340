#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot User-Mode Linux on this machine's own root file system and run one
# command in it, at native speed. The guest sees / over hostfs, under an overlay
# whose upper layer is RAM, so it may write anywhere. Nothing it writes reaches
# the machine: the process that is the guest's kernel has all file systems
# read-only, save OUTDIR.
#
# The guest has to leave the command's exit status in a file. A guest that
# hangs, panics or is cut off leaves none, and that is a failure.

set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 125
repo=$(cd "$here/../.." && pwd -P) || exit 125
# shellcheck source=selftests/kernels/tree.sh
. "$here/../kernels/tree.sh"
# shellcheck source=selftests/vm/boot_lib.sh
. "$here/../vm/boot_lib.sh"

usage()
{
	cat <<-'USAGE'
	usage: boot.sh [options] [--] COMMAND [ARG...]

	  -T TREE     the built kernel (default: what build.sh prints)
	  -m MEMORY   memory of the guest (default 2G)
	  -c CPUS     processors of the guest (default 1)
	  -t SECONDS  give up after this long (default 600)
	  -o OUTDIR   share OUTDIR with the guest as /out (NAAWG_OUT); the guest's
	              log is left there as dmesg.txt, its console as console.txt
	  -M FILE.ko  let the guest's modprobe find this module (repeatable)
	  -p FILE     write the process ID of the guest's kernel to FILE; all its
	              processes are in the process group of that number
	  -a ARG      add ARG to the kernel command line (repeatable)

	COMMAND runs as root with the checkout as working directory; its standard
	output and error come out here, and its exit status is ours. 124 means the
	guest ran out of time and 125 that it died or never started; a message on
	standard error says so. The modules of TREE are found by the guest's
	modprobe. Variables called NAAWG_* reach the command.
	USAGE
}

tree=
memory=2G
cpus=1
limit=600
outdir=
pidfile=
extra=()
append=()
while getopts :T:m:c:t:o:M:p:a:h opt; do
	case $opt in
	T) tree=$OPTARG ;;
	m) memory=$OPTARG ;;
	c) cpus=$OPTARG ;;
	t) limit=$OPTARG ;;
	o) outdir=$OPTARG ;;
	M) extra+=("$OPTARG") ;;
	p) pidfile=$OPTARG ;;
	a) append+=("$OPTARG") ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 125 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { usage >&2; exit 125; }

[ "$(id -u)" = 0 ] || die "must be root: the guest reads / as this user"
for tool in busybox depmod findmnt flock pivot_root unshare; do
	command -v "$tool" >/dev/null || die "no $tool: run selftests/deps.sh uml"
done
[ -n "$tree" ] || tree=$("$here/build.sh") || die "no kernel"
[ -x "$tree/linux" ] || die "no kernel in $tree: run selftests/uml/build.sh"

# Modules are found by the release's name, so they have to be installed.
tree_modules "$tree" ARCH=um || die "cannot install the modules of $tree"

work=$(mktemp -d "${TMPDIR:-/tmp}/naawg-uml.XXXXXX") || die "no work directory"
uml_pid=
tail_pid=
# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	[ -z "$uml_pid" ] || kill -KILL -- "-$uml_pid" 2>/dev/null
	[ -z "$tail_pid" ] || kill "$tail_pid" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

make_outdir

mkdir -p "$work/share" "$work/modules"
cp "$here/stage1" "$here/../vm/stage2" "$work/"
chmod 755 "$work/stage1"
cp -r "$tree/root/lib/modules/." "$work/modules" || die "cannot copy the modules"
if [ ${#extra[@]} -gt 0 ]; then
	release=$(ls "$work/modules")
	mkdir -p "$work/modules/$release/updates" "$work/farm/lib"
	cp "${extra[@]}" "$work/modules/$release/updates/" || die "no such module"
	ln -s ../../modules "$work/farm/lib/modules"
	depmod -b "$work/farm" "$release" || die "depmod failed"
fi
command_file "NAAWG_VM=1 NAAWG_UML=1" "$@" >"$work/command"
: >"$work/share/stdout"

# Run by bash in a mount namespace of its own: what the guest's kernel, a
# process like any other, may write is what it needs and OUTDIR. Its memory is a
# file, in a tmpfs nobody else sees.
# shellcheck disable=SC2016 # for the other bash
confined='
work=$1 out=$2
shift 2
for dir in "$work" $out; do
	mount --bind "$dir" "$dir" || exit 125
done
findmnt -rno TARGET | while read -r target; do
	target=$(printf %b "$target")
	case $target in
	"$work" | "$out") ;;
	*) mount -o remount,bind,ro "$target" 2>/dev/null ;;
	esac
done
mkdir "$work/memory"
mount -t tmpfs -o size=100% memory "$work/memory" || exit 125
! touch / /tmp/. 2>/dev/null || { echo "the machine can be written"; exit 125; }
export TMPDIR=$work/memory HOME=$work
exec "$@"'

# A process group of its own: a guest's processes are the host's, and all of
# them have to go with it.
set -m
unshare -m /bin/bash -c "$confined" confined "$work" "$outdir" \
	"$tree/linux" mem="$memory" ncpus="$cpus" seccomp=on \
	root=/dev/root rootfstype=hostfs hostfs=/ ro init="$work/stage1" \
	con=null con0=fd:0,fd:1 quiet panic=-1 umid="naawg$$" \
	"${append[@]}" -- "work=$work" "repo=$repo" "out=$outdir" \
	</dev/null >"$work/console" 2>&1 &
uml_pid=$!
set +m
[ -z "$pidfile" ] || echo "$uml_pid" >"$pidfile"

tail -q -c +1 -s 0.2 --pid="$uml_pid" -f "$work/share/stdout" 2>/dev/null &
tail_pid=$!

end=$((SECONDS + limit))
late=
while kill -0 "$uml_pid" 2>/dev/null; do
	if [ "$SECONDS" -ge "$end" ]; then
		late=1
		kill -KILL -- "-$uml_pid" 2>/dev/null
		break
	fi
	sleep 0.2
done
wait "$uml_pid" 2>/dev/null
kill -KILL -- "-$uml_pid" 2>/dev/null
uml_pid=
wait "$tail_pid"
tail_pid=

[ -z "$outdir" ] || cp "$work/console" "$outdir/console.txt"
[ -n "$late" ] || exit_as_guest "$work/share/status"
{
	if [ -n "$late" ]; then
		echo "boot.sh: the guest did not finish within $limit s"
	else
		echo "boot.sh: the guest died without saying an exit status"
	fi
	console_end
} >&2
[ -n "$late" ] && exit 124
exit 125
