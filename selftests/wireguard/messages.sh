#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Messages in the shapes of the clients of the stock driver, and wrong ones. naawg gives the
# answers of the stock driver of Linux 7.2 on every kernel: answers.txt has them. On that
# kernel the stock driver still gives them. With NAAWG_RECORD the answers of the stock driver
# go to the output directory of the guest.

# shellcheck source=selftests/wireguard/wireguard_lib.sh
. "$(dirname "$0")/wireguard_lib.sh"
need_ours
here=$(dirname "$0")
answers=(/usr/bin/python3 "$here/messages.py")

test_case "naawg answers under the names of the stock driver" \
	answers_of naawg_wireguard "${answers[@]}"
test_case "its answers are the recorded ones" \
	diff -U 2 "$here/answers.txt" "$TMP/naawg_wireguard"
case $(uname -r) in
[1-6].*) skip "the record is that of the stock driver" "that of $(uname -r) is older" ;;
*)
	need_stock
	test_case "the stock driver answers" answers_of wireguard "${answers[@]}"
	test_case "the record is that of the stock driver" \
		diff -U 2 "$here/answers.txt" "$TMP/wireguard"
	[ -z "${NAAWG_RECORD:-}" ] || cp "$TMP/wireguard" "${NAAWG_OUT:-/out}/answers.txt"
	;;
esac
diag "$(wc -l <"$here/answers.txt") lines"
finish
