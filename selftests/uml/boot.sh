#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot User-Mode Linux on this machine's own root file system and run one
# command in it, at native speed. The guest sees / read-only over hostfs, with
# RAM over what has to be writable; only OUTDIR is shared for writing.
#
# The guest has to leave the command's exit status in a file. A guest that
# hangs, panics or is cut off leaves none, and that is a failure.

set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 125
repo=$(cd "$here/../.." && pwd -P) || exit 125

usage()
{
	cat <<-'USAGE'
	usage: boot.sh [options] [--] COMMAND [ARG...]

	  -T TREE     the built kernel (default: what build.sh bench prints)
	  -m MEMORY   memory of the guest (default 2G)
	  -c CPUS     processors of the guest (default 1)
	  -t SECONDS  give up after this long (default 600)
	  -o OUTDIR   share OUTDIR with the guest as /run/out (NAAWG_OUT); its
	              console is left there as console.txt
	  -p FILE     write the process ID of the guest's kernel to FILE; all its
	              processes are in the process group of that number
	  -a ARG      add ARG to the kernel command line (repeatable)

	COMMAND runs as root with the checkout as working directory; its standard
	output and error come out here, and its exit status is ours. 124 means the
	guest ran out of time and 125 that it died or never started. The modules of
	TREE are found by the guest's modprobe. Variables called NAAWG_* reach the
	command.
	USAGE
}

die()
{
	echo "boot.sh: $*" >&2
	exit 125
}

tree=
memory=2G
cpus=1
limit=600
outdir=
pidfile=
append=()
while getopts :T:m:c:t:o:p:a:h opt; do
	case $opt in
	T) tree=$OPTARG ;;
	m) memory=$OPTARG ;;
	c) cpus=$OPTARG ;;
	t) limit=$OPTARG ;;
	o) outdir=$OPTARG ;;
	p) pidfile=$OPTARG ;;
	a) append+=("$OPTARG") ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 125 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { usage >&2; exit 125; }

[ -n "$tree" ] || tree=$("$here/build.sh" bench) || die "no kernel"
[ -x "$tree/linux" ] || die "no kernel in $tree: run selftests/uml/build.sh"
[ "$(id -u)" = 0 ] || die "must be root: the guest reads / as this user"

# Modules are found by the release's name, so they have to be installed; a tree
# keeps what was installed once.
modules=$tree/root/lib/modules
if [ ! -e "$tree/root/.installed" ] || [ "$tree/.built" -nt "$tree/root/.installed" ]; then
	make -s -C "$tree" ARCH=um INSTALL_MOD_PATH="$tree/root" \
		modules_install >&2 || die "cannot install the modules of $tree"
	touch "$tree/root/.installed"
fi

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

[ -z "$outdir" ] || mkdir -p "$outdir" || die "cannot make $outdir"
[ -z "$outdir" ] || outdir=$(cd "$outdir" && pwd -P) || die "cannot enter $outdir"

: >"$work/stdout"
{
	cat <<-INIT
	#!/bin/bash
	export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	export HOME=/run TMPDIR=/run
	mount -t proc proc /proc
	mount -t sysfs sys /sys
	for dir in /run /tmp /var/tmp /dev/shm; do
		[ ! -d \$dir ] || mount -t tmpfs tmpfs \$dir
	done
	mkdir -p /run/netns /run/lock /run/work /run/out
	mount -t hostfs -o '$work' none /run/work
	mount --bind '$modules' /lib/modules
	ip link set lo up
	INIT
	[ -z "$outdir" ] || printf "mount -t hostfs -o '%s' none /run/out\n" "$outdir"
	while read -r name; do
		printf 'export %s=%q\n' "$name" "${!name}"
	done < <(compgen -e NAAWG_)
	printf 'export NAAWG_UML=1 NAAWG_OUT=/run/out\n'
	printf 'cd %q || exit\n(exec' "$repo"
	printf ' %q' "$@"
	printf ') </dev/null >/run/work/stdout 2>&1\n'
	# The rename is what says that the number is whole.
	printf 'echo $? >/run/work/status.new\nmv /run/work/status.new /run/work/status\n'
	printf 'sync\npoweroff -f\n'
} >"$work/init"
chmod 755 "$work/init"

# A process group of its own: a guest's processes are the host's, and all of
# them have to go with it. No leftovers in TMPDIR: that is the guest's memory.
set -m
TMPDIR=/dev/shm "$tree/linux" mem="$memory" ncpus="$cpus" seccomp=on \
	root=/dev/root rootfstype=hostfs hostfs=/ ro init="$work/init" \
	con=null con0=fd:0,fd:1 quiet panic=-1 umid="naawg$$" \
	"${append[@]}" </dev/null >"$work/console" 2>&1 &
uml_pid=$!
set +m
[ -z "$pidfile" ] || echo "$uml_pid" >"$pidfile"

tail -q -c +1 -s 0.2 --pid="$uml_pid" -f "$work/stdout" 2>/dev/null &
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
code=$(cat "$work/status" 2>/dev/null)
[[ -n $late || ! $code =~ ^[0-9]+$ ]] || exit "$code"
{
	if [ -n "$late" ]; then
		echo "boot.sh: the guest did not finish within $limit s"
	else
		echo "boot.sh: the guest died without saying an exit status"
	fi
	echo "  the last lines of its console:"
	tail -n 40 "$work/console" | sed 's/^/  | /'
} >&2
[ -n "$late" ] && exit 124
exit 125
