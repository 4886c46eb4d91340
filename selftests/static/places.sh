#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The table in runner/places.sh gives every directory and every test of a guest a place,
# names no test that does not exist, and is the table of docs/testing.md. With --write,
# it is put there.

. "$(dirname "$0")/../lib.sh"

listed()
{
	make -s --no-print-directory -C "$selftests" "list-$1"
}
# shellcheck source=selftests/runner/places.sh
. "$selftests/runner/places.sh"

page=$repo/docs/testing.md
begin='<!-- places: written by selftests/static/places.sh --write -->'
end='<!-- places end -->'

in_page()
{
	awk -v begin="$begin" -v end="$end" '
	$0 == end { inside = 0 }
	inside
	$0 == begin { inside = 1 }' "$page"
}

if [ "${1:-}" = --write ]; then
	list_directories | awk -v begin="$begin" -v end="$end" '
	NR == FNR { table = table $0 "\n"; next }
	$0 == end { inside = 0 }
	!inside
	$0 == begin { inside = 1; printf "%s", table }' - "$page" >"$page.new" &&
		mv "$page.new" "$page"
	tap_finished=1
	exit
fi

plan 5
# Directories without tests.
no_tests='bench|demo|kcsan|out|runner|vm'
check "every directory with tests is in the table" same \
	"$(cd "$selftests" && printf '%s\n' */ | tr -d / | grep -vxE "$no_tests" | sort)" \
	"$(awk 'NF { print $1 }' <<<"$places" | sort -u)"
check "every test of a guest has a place" same \
	"$(list_tests | sed 's/:.*//' | sort)" "$({ listed vm; listed sanitize |
		grep -v ^faults/; } | sort)"
check "every test it names exists" same "$(awk '
	$2 != "else" { for (n = 3; n <= NF; n++) if ($n != "*") print $1 "/" $n ".sh" }
	' <<<"$places" | while read -r test; do
		[ -x "$selftests/$test" ] || echo "$test"
	done)" ""
check "check-quick has none that check has not" same \
	"$(comm -23 <(in_place quick | sort) <(list_tests | grep -v ': quick$' |
		sed 's/:.*//' | sort))" ""
check "docs/testing.md has this table" same "$(in_page)" "$(list_directories)"
finish
