# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A test of one kernel builds the module for it, with more warnings than usual and all
# of them errors, and runs tests of the vm tier on it.

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=selftests/kernels/kernel.sh
. "$(dirname "${BASH_SOURCE[0]}")/kernel.sh"
# shellcheck source=selftests/kernels/exports_lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/exports_lib.sh"

# The parts that touch most of the kernel: the path of packets with what it
# hands back to senders, netlink in full, forwards with the NAT they stand on.
# shellcheck disable=SC2034 # for those who source this
kernel_subset=(
	net/basic.sh net/icmp.sh batch/forward.sh batch/chains.sh nl/input.sh nl/set_get.sh
	nat/rules.sh nat/paths.sh wireguard/messages.sh
)

# build_for SPEC [ARGUMENT...]: leaves its release in $release and the tree with
# both modules in $tree. Without the network there is nothing to test.
build_for()
{
	local spec=$1 log module

	shift
	need_root
	need_tool make tar apt-get dpkg-deb modinfo pahole unshare
	release=$(kernel_release "$spec") || skip_all "no kernel $spec to be had"
	diag "$release"
	kernel_headers "$release" >/dev/null || skip_all "no headers of $release to be had"
	if [[ $release = *+deb13* ]]; then
		kernel_chroot >/dev/null || skip_all "no Debian 13 to build in"
	fi
	tree=$selftests/out/kernels/$release
	log=$tree.log
	mkdir -p "$tree"
	make -s --no-print-directory -C "$repo" copy TO="$tree"
	if kernel_make "$release" "$tree" W=1 KCFLAGS=-Werror "$@" modules >"$log" 2>&1; then
		pass "$spec: the module builds"
	else
		fail "$spec: the module builds" \
			"$(grep -A3 -e error: -e undefined -e not.found -e '\*\*\*' "$log" | head -n 60)"
	fi
	check "$spec: the build gives no warning" same \
		"$(grep -v 'pahole version differs' "$log" | grep -A3 'warning:' | head -n 60)" ""
	for module in naawg naawg_wireguard; do
		check "$spec: $module is for that kernel" matches \
			"$(modinfo -F vermagic "$tree/module/$module.ko" 2>&1)" "^${release//+/\\+} "
	done
	exported "$spec" "$tree/module" "${spec%%-*}"
}

# helpers_for SPEC: modules that some tests want beside it, where need_built of lib.sh
# looks for them
helpers_for()
{
	local helpers=$tree.helpers name
	local -A arguments=(
		[debug]="NAAWG_DEBUG=1" [absent]="CONFIG_NF_NAT= CONFIG_NF_NAT_MASQUERADE="
		[secrets]=""
	)

	make -s --no-print-directory -C "$repo" copy TO="$helpers/debug"
	make -s --no-print-directory -C "$repo" copy TO="$helpers/absent"
	make -s --no-print-directory -C "$selftests/secrets" tree OUT="$helpers/secrets"
	for name in "${!arguments[@]}"; do
		# shellcheck disable=SC2086 # one word per argument
		check "$1: the helpers of $name/ are built" \
			kernel_make "$release" "$helpers/$name" ${arguments[$name]} modules
	done
}

# run_on SPEC TEST...: the tests in a guest with the kernel that build_for built
# for. Each line of the guest's report becomes a check of ours.
guests=0
run_on()
{
	local spec=$1 log rc

	shift
	guests=$((guests + 1))
	log=$tree.run.$guests
	[ -r "$tree/module/naawg.ko" ] || return
	[ -x "$repo/tools/naawg" ] || make -s --no-print-directory -C "$repo" tools >/dev/null ||
		bail "the tool can be built"
	if ! kernel_root "$release" >/dev/null; then
		skip "$spec: tests" "no image of $release to be had"
		return
	fi
	"$selftests/vm/boot.sh" -k "$release" -m "${NAAWG_MEMORY:-2G}" -c "${NAAWG_CPUS:-1}" \
		-t "${NAAWG_VM_LIMIT:-3000}" -o "$tree.out.$guests" -M "$tree/module/naawg.ko" \
		-M "$tree/module/naawg_wireguard.ko" -a log_buf_len=8M -- "$selftests/run.sh" guest 0 "$@" >"$log" 2>&1
	rc=$?
	import_report "$log" "$spec: "
	[ "$rc" -le 1 ] || fail "$spec: the guest ran to its end" "status $rc"
	[ "$rc" -eq 0 ] || diag "$(tail -n 20 "$log")"
}

# all_on SPEC: the whole vm tier, in a guest for every few tests, so that a guest that
# dies takes only few tests with it.
all_on()
{
	local tests=() few=6 n

	build_for "$1"
	helpers_for "$1"
	mapfile -t tests < <("$selftests/run.sh" -l)
	for ((n = 0; n < ${#tests[@]}; n += few)); do
		NAAWG_MEMORY=3G run_on "$1" "${tests[@]:n:few}"
	done
}
