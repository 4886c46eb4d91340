#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot a distribution kernel under QEMU on this machine's own root file system
# and run one command in it. There is no disk image: the guest sees / over 9p,
# read-only, under an overlay whose upper layer is RAM, so it may write
# anywhere and nothing it writes reaches the machine. Only OUTDIR is shared for
# writing.
#
# The guest has to say the command's exit status over a channel of its own. A
# guest that hangs, panics or is cut off says nothing, and that is a failure.

set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P) || exit 125
repo=$(cd "$here/../.." && pwd -P) || exit 125
# shellcheck source=selftests/kernels/kernel.sh
. "$here/../kernels/kernel.sh"
# shellcheck source=selftests/kernels/tree.sh
. "$here/../kernels/tree.sh"
# shellcheck source=selftests/vm/boot_lib.sh
. "$here/boot_lib.sh"

usage()
{
	cat <<-'USAGE'
	usage: boot.sh [options] [--] COMMAND [ARG...]

	  -k KERNEL   kernel to boot: a release, or 6.12, 7, 6.1-rt, 7-cloud..., which
	              is fetched into the cache (default: NAAWG_KERNEL, else the
	              newest 6.1)
	  -T TREE     boot what was built in TREE instead (selftests/kcsan/build.sh)
	  -m MEMORY   memory of the guest (default 2G)
	  -c CPUS     processors of the guest (default 2)
	  -t SECONDS  give up after this long (default 600)
	  -o OUTDIR   share OUTDIR with the guest as /out (NAAWG_OUT); the guest's
	              log is left there as dmesg.txt, its console as console.txt
	  -M FILE.ko  let the guest's modprobe find this module (repeatable)
	  -a ARG      add ARG to the kernel command line (repeatable)
	  -v          show the console while the guest runs

	COMMAND runs as root with the checkout as working directory; its standard
	output and error come out here, and its exit status is ours. 124 means the
	guest ran out of time and 125 that it died or never started; a message on
	standard error says so. Variables called NAAWG_* reach the command.

	NAAWG_ACCEL=kvm|tcg overrides the probe for a working KVM.
	USAGE
}

kernel=
tree=
memory=2G
cpus=2
limit=600
outdir=
verbose=
modules=()
append=()
while getopts :k:T:m:c:t:o:M:a:vh opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	T) tree=$OPTARG ;;
	m) memory=$OPTARG ;;
	c) cpus=$OPTARG ;;
	t) limit=$OPTARG ;;
	o) outdir=$OPTARG ;;
	M) modules+=("$OPTARG") ;;
	a) append+=("$OPTARG") ;;
	v) verbose=1 ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 125 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { usage >&2; exit 125; }

if [ -n "$tree" ]; then
	kernel=$(cat "$tree/include/config/kernel.release") || die "nothing is built in $tree"
	tree_modules "$tree" || die "cannot install the modules of $tree"
	root=$tree/root
	image=$tree/arch/x86/boot/bzImage
else
	asked=${kernel:-${NAAWG_KERNEL:-6.1}}
	kernel=$(kernel_release "$asked") ||
		die "there is no kernel $asked, or no network to fetch it"
	root=$(kernel_root "$kernel") ||
		die "cannot get kernel $kernel: run selftests/deps.sh vm kernels"
	image=$(kernel_image "$kernel" "$root") || exit 125
fi
moddir=$(readlink -f "$root/lib/modules/$kernel") || die "$kernel has no modules"
[ "$(id -u)" = 0 ] || die "must be root: the guest reads / as this user"
for tool in qemu-system-x86_64 modprobe depmod timeout flock; do
	command -v "$tool" >/dev/null || die "no $tool: run selftests/deps.sh vm"
done
busybox=$(command -v busybox) || die "no busybox: run selftests/deps.sh vm"

work=$(mktemp -d "${TMPDIR:-/tmp}/naawg-vm.XXXXXX") || die "no work directory"
qemu_pid=
tail_pid=
server_pids=()
# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	# Both may be gone already, which is the usual case.
	[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null
	[ -z "$tail_pid" ] || kill "$tail_pid" 2>/dev/null
	[ ${#server_pids[@]} -eq 0 ] || kill "${server_pids[@]}" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Kernels for clouds have no 9p; they have virtiofs, which needs a server.
virtiofsd=/usr/lib/qemu/virtiofsd
sharing=(9pnet_virtio 9p)
if ! modprobe -d "$root" -S "$kernel" -n -q 9p; then
	[ -x "$virtiofsd" ] || die "$kernel has no 9p, and there is no $virtiofsd"
	sharing=(virtiofs)
fi

# share TAG DIRECTORY [ro]: let the guest mount it; adds to $args. The server
# knows no "ro", so it is given a view of the directory that is.
share()
{
	if [ "${sharing[0]}" != virtiofs ]; then
		args+=(-virtfs "local,path=$2,mount_tag=$1,security_model=none,${3:+readonly=on,}multidevs=remap")
		return
	fi
	mkdir "$work/view-$1"
	unshare -m sh -c 'set -e
		mount --rbind "$2" "$3"
		[ -z "$4" ] || mount -o remount,bind,ro "$3"
		exec "$5" --socket-path="$1" -o source="$3" -o cache=auto' \
		- "$work/$1.socket" "$2" "$work/view-$1" "${3:-}" "$virtiofsd" \
		>"$work/$1.log" 2>&1 &
	server_pids+=($!)
	while [ ! -S "$work/$1.socket" ]; do
		kill -0 $! 2>/dev/null || die "virtiofsd: $(cat "$work/$1.log")"
		sleep 0.1
	done
	args+=(-chardev "socket,id=share-$1,path=$work/$1.socket"
		-device "vhost-user-fs-pci,chardev=share-$1,tag=$1")
}

# The drivers needed before the machine's own /lib/modules can be seen, in the
# order they have to be loaded, under numbered names so that a glob keeps it.
collect_modules()
{
	local dir=$1 name path n=10

	for name in virtio_pci virtio_console virtio_rng "${sharing[@]}" overlay; do
		modprobe -d "$root" --show-depends -S "$kernel" "$name" ||
			die "$kernel has no module $name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$work/list" ||
		exit 125
	while read -r path; do
		name=$(basename "$path")
		case $path in
		*.ko) cp "$path" "$dir/$n-$name" ;;
		*.ko.xz) xz -dc "$path" >"$dir/$n-${name%.xz}" ;;
		*.ko.zst) zstd -qdc "$path" >"$dir/$n-${name%.zst}" ;;
		*.ko.gz) gzip -dc "$path" >"$dir/$n-${name%.gz}" ;;
		*) die "unknown kind of module: $path" ;;
		esac || die "cannot unpack $path"
		n=$((n + 1))
	done <"$work/list"
}

# What -M adds: the modules, and indices made here, where depmod takes a second
# instead of a minute. The real modules stand in a farm of links.
collect_extra()
{
	local dir=$1/extra farm=$work/farm module

	[ ${#modules[@]} -gt 0 ] || return 0
	mkdir -p "$dir/updates" "$farm/lib/modules"
	cp -as "$moddir" "$farm/lib/modules/$kernel" || die "cannot link $moddir"
	rm -rf "$farm/lib/modules/$kernel/updates" "$farm/lib/modules/$kernel/build" \
		"$farm/lib/modules/$kernel/source"
	# Copied through, not linked: depmod writes these.
	rm -f "$farm/lib/modules/$kernel"/modules.*
	cp "$moddir"/modules.{order,builtin,builtin.modinfo} \
		"$farm/lib/modules/$kernel/" 2>/dev/null
	mkdir "$farm/lib/modules/$kernel/updates"
	for module in "${modules[@]}"; do
		[ -r "$module" ] || die "no module at $module"
		cp "$module" "$dir/updates/" || die "cannot copy $module"
		cp "$module" "$farm/lib/modules/$kernel/updates/"
	done
	depmod -b "$farm" "$kernel" || die "depmod failed"
	cp "$farm/lib/modules/$kernel"/modules.{alias,alias.bin,dep,dep.bin} "$dir/" ||
		die "depmod left no index"
	cp "$farm/lib/modules/$kernel"/modules.{symbols,symbols.bin,softdep,devname} \
		"$dir/" 2>/dev/null
	return 0
}

build_initramfs()
{
	local dir=$work/initramfs

	mkdir -p "$dir"/{bin,drivers,dev,proc,sys,lower,ram,root}
	cp "$busybox" "$dir/bin/busybox" || die "cannot copy busybox"
	"$dir/bin/busybox" true || die "busybox does not run"
	if ldd "$busybox" >/dev/null 2>&1; then
		die "busybox is not the static one: run selftests/deps.sh vm"
	fi
	cp "$here/stage1" "$dir/init"
	cp "$here/stage2" "$dir/stage2"
	chmod 755 "$dir/init" "$dir/stage2"
	printf '%s\n' "$kernel" >"$dir/kernel"
	printf '%s\n' "$repo" >"$dir/repo"
	printf '%s\n' "${sharing[-1]}" >"$dir/sharing"
	[ "$root" = / ] || printf '%s\n' "$moddir" >"$dir/moddir"
	[ -z "$outdir" ] || : >"$dir/want-out"
	command_file NAAWG_VM=1 "$@" >"$dir/command"
	collect_modules "$dir/drivers"
	collect_extra "$dir"
	(cd "$dir" && find . | "$busybox" cpio -o -H newc) \
		>"$work/initramfs.cpio" 2>"$work/cpio.err" ||
		die "cannot pack the initramfs: $(cat "$work/cpio.err")"
}

accel_args()
{
	case $1 in
	kvm) printf '%s\n' -accel kvm -cpu host ;;
	# Emulated, fast string instructions go byte by byte, and each access to user
	# memory under SMAP ends what is translated at once.
	tcg) printf '%s\n' -accel tcg,thread=multi -cpu max,-erms,-smap,-la57,-umip,-pku ;;
	*) die "NAAWG_ACCEL must be kvm or tcg, not $1" ;;
	esac
}

# /dev/kvm may exist and a guest hang under it, so KVM is believed only after a
# guest came up. The answer holds until the machine is booted again.
probe_kvm()
{
	local args status=$work/probe.status

	[ -w /dev/kvm ] || return 1
	mapfile -t args < <(accel_args kvm)
	# A QEMU that aborts is an answer too; the subshell keeps it quiet.
	(
		timeout -k 5 25 qemu-system-x86_64 "${args[@]}" -M q35 -m 512M \
			-smp 2 -nodefaults -display none -no-reboot -nic none \
			-kernel "$image" -initrd "$work/initramfs.cpio" \
			-append "console=ttyS0 quiet panic=-1 naawg.probe" \
			-device virtio-serial-pci \
			-chardev "file,id=status,path=$status" \
			-device virtserialport,chardev=status,name=naawg.status \
			</dev/null
		exit $?
	) >/dev/null 2>&1
	[ "$(cat "$status" 2>/dev/null)" = "exit 0" ]
}

choose_accel()
{
	local cache boot

	if [ -n "${NAAWG_ACCEL:-}" ]; then
		printf '%s\n' "$NAAWG_ACCEL"
		return
	fi
	boot=$(cat /proc/sys/kernel/random/boot_id)
	cache=/run/naawg-accel.$boot
	(
		flock 9
		if [ ! -s "$cache" ]; then
			if probe_kvm; then
				echo kvm >"$cache"
			else
				echo tcg >"$cache"
			fi
		fi
		cat "$cache"
	) 9>"/run/naawg-accel.lock"
}

build_initramfs "$@"
accel=$(choose_accel)
mapfile -t args < <(accel_args "$accel")
[ ${#args[@]} -gt 0 ] || exit 125
# The emulator finds translated code by its address: without equal addresses a process
# takes four times as long to start.
[ "$accel" != tcg ] || append+=(norandmaps)

if [ -n "$outdir" ]; then
	make_outdir
	case $outdir in
	*,*) die "QEMU takes no comma in a path: $outdir" ;;
	esac
	share out "$outdir"
fi
share host / ro
# Memory the servers, if any, can see.
[ ${#server_pids[@]} -eq 0 ] ||
	args+=(-object "memory-backend-memfd,id=memory,size=$memory,share=on" -machine memory-backend=memory)

: >"$work/stdout"
: >"$work/status"
: >"$work/console"
timeout -k 5 "$limit" qemu-system-x86_64 "${args[@]}" -M q35 -m "$memory" \
	-smp "$cpus" -nodefaults -display none -no-reboot -nic none \
	-kernel "$image" -initrd "$work/initramfs.cpio" \
	-append "console=ttyS0 quiet panic=-1 net.ifnames=0 random.trust_cpu=on mitigations=off ${append[*]}" \
	-object rng-random,id=rng,filename=/dev/urandom \
	-device virtio-rng-pci,rng=rng \
	-chardev "file,id=console,path=$work/console" -serial chardev:console \
	-device virtio-serial-pci \
	-chardev "file,id=out,path=$work/stdout" \
	-device virtserialport,chardev=out,name=naawg.out \
	-chardev "file,id=status,path=$work/status" \
	-device virtserialport,chardev=status,name=naawg.status \
	</dev/null 2>"$work/qemu.err" &
qemu_pid=$!

# Files, not pipes: a slow reader must not be able to hold up the guest.
shown=("$work/stdout")
[ -z "$verbose" ] || shown+=("$work/console")
tail -q -c +1 -s 0.2 --pid="$qemu_pid" -f "${shown[@]}" 2>/dev/null &
tail_pid=$!

wait "$qemu_pid"
ended=$?
qemu_pid=
wait "$tail_pid"
tail_pid=

[ -z "$outdir" ] || cp "$work/console" "$outdir/console.txt"
[ "$ended" -ne 0 ] || exit_as_guest "$work/status"

{
	case $ended in
	124 | 137)
		echo "boot.sh: the guest ($kernel, $accel) did not finish within $limit s"
		rc=124
		;;
	0)
		echo "boot.sh: the guest ($kernel, $accel) died without saying an exit status"
		rc=125
		;;
	*)
		echo "boot.sh: QEMU failed with status $ended"
		rc=125
		;;
	esac
	sed 's/^/  qemu: /' "$work/qemu.err"
	console_end
} >&2
exit "$rc"
