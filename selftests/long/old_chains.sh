#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
#
# Many kernels from 6.2 to 6.17 segment redirected chains of datagrams wrongly. A kernel
# built to do so stands for them: the module detects it and chains nothing. A debug build
# that is made to chain all the same shows the fault.

. "$(dirname "$0")/../lib.sh"

need_root
need_tool make gcc flex bison bc python3 unshare
out=${NAAWG_OUT:-$selftests/out}/old-chains
rm -rf "$out"
mkdir -p "$out/found" "$out/forced"
tree=$("$selftests/uml/old_chains.sh" 2>"$out/build.log") ||
	bail "the kernel is built, see $out/build.log"
plain=$("$selftests/uml/module.sh" test 2>>"$out/build.log") ||
	bail "the module is built, see $out/build.log"
debug=$("$selftests/uml/module.sh" test NAAWG_DEBUG=1 2>>"$out/build.log") ||
	bail "the debug build is there, see $out/build.log"
check "the tool is built" make -s --no-print-directory -C "$repo" tools
check "helper programs are built" make -s -C "$selftests/batch"

# in_guest NAME MODULE ARGUMENT...: batch/chains.sh there, its report in $out/NAME.txt
in_guest()
{
	"$selftests/uml/boot.sh" -T "$tree" -o "$out/$1" -M "$2" -t 700 -- bash -c '
		modprobe naawg "$@" && cat /sys/module/naawg/parameters/chains &&
			exec selftests/run.sh guest 0 batch/chains.sh' - "${@:3}" >"$out/$1.txt" 2>&1
}

in_guest found "$plain"
check "the module detects such a kernel" same "$(head -n 1 "$out/found.txt")" wrong
check "the module logs it once" same \
	"$(grep -c 'naawg: .*receive offload chains none' "$out/found/dmesg.txt")" 1
import_report "$out/found.txt" "found out: "

in_guest forced "$debug" chains=right
check "a debug build is made to chain" same "$(head -n 1 "$out/forced.txt")" right
for fault in "datagrams reach another host without offload on the way" \
	"datagrams with real checksums reach another host"; do
	check "then there is a fault: $fault" matches "$(grep "$fault" "$out/forced.txt")" \
		"not ok [0-9]+ (- )?$fault"
done
check "then other cases still pass" matches "$(grep -E '^ +ok ' "$out/forced.txt")" "a stream is chained, IPv4 outside"
finish
