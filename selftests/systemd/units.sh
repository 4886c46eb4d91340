#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
#
# The units, under a systemd that is the first process of a machine: enable,
# boot again, up again; a reload keeps sessions; stop leaves nothing.
#
# The guest forgets everything when it ends, so what a disk would hold, the
# enabled units and /etc/naawg, is put aside and laid out again for the second
# boot.

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

need_root
need_tool qemu-system-x86_64 busybox
[ -x /lib/systemd/systemd ] || skip_all "no systemd on this machine"
module=$repo/module/naawg.ko
[ -r "$module" ] || skip_all "no module/naawg.ko, make modules builds it"
[ -x "$repo/tools/naawg" ] || make -s -C "$repo/tools" || bail "the tool does not build"

out=${NAAWG_OUT:-$selftests/out}/systemd
rm -rf "$out"
mkdir -p "$out"

# boot NAME: boot once, run guest.sh inside, and import its results
boot()
{
	local rc verdict sentence

	"$selftests/vm/boot.sh" -c 1 -m 2G -t 400 -o "$out" -M "$module" \
		-M "${module%.ko}_wireguard.ko" \
		${NAAWG_KERNEL:+-k "$NAAWG_KERNEL"} \
		-a "naawg.systemd=$selftests/systemd/before.sh" -a fstab=no \
		-a systemd.unit=multi-user.target -a systemd.show_status=0 -- \
		bash "$selftests/systemd/guest.sh" "$1" >"$out/$1.txt" 2>&1
	rc=$?
	while read -r verdict; do
		sentence=$(sed -E 's/^(not )?ok [0-9]+ //' <<<"$verdict")
		case $verdict in
		*" # SKIP "*) skip "$1 boot: ${sentence%% # SKIP *}" "${sentence##* # SKIP }" ;;
		ok*) pass "$1 boot: $sentence" ;;
		*) fail "$1 boot: $sentence" "$(tail -n 30 "$out/$1.txt")" ;;
		esac
	done < <(grep -E '^(not )?ok ' "$out/$1.txt")
	[ $rc -eq 0 ] || fail "$1 boot: the guest ran to its end" "$(tail -n 40 "$out/$1.txt")"
}

boot first
boot second
finish
