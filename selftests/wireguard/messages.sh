#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Messages in the shapes of the clients of the stock driver, and wrong ones: the stock driver
# of this kernel and naawg under its names give the same answers.

. "$(dirname "$0")/wireguard_lib.sh"
here=$(dirname "$0")

answers_of()
{
	serve "$1" && /usr/bin/python3 "$here/messages.py" >"$TMP/$1"
}

same_answers()
{
	diff -U 2 "$TMP/wireguard" "$TMP/naawg_wireguard"
}

test_case "the stock driver answers" answers_of wireguard
test_case "naawg answers under the stock driver's names" answers_of naawg_wireguard
test_case "the answers are the same" same_answers
diag "$(wc -l <"$TMP/wireguard") lines"
finish
