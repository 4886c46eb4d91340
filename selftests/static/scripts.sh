#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every shell script of the tree through shellcheck, every manual page through
# mandoc, and the macros of each page.

. "$(dirname "$0")/../lib.sh"

need_tool shellcheck
cd "$repo" || exit 1

# Scripts are known by their first line, sourced parts by their name.
mapfile -t scripts < <({
	grep -rIlE -m1 --exclude-dir=.git --exclude-dir=out \
		'^#!.*\b(bash|sh|dash)\b' . |
		while read -r file; do
			head -n 1 "$file" | grep -q '^#!.*sh\b' && echo "$file"
		done
	find . -name '*.sh' ! -path './.git/*' ! -path './selftests/out/*'
} | sort -u)
mapfile -t pages < <(find tools docs -name '*.[1-8]' 2>/dev/null | sort)

# Not asked: whether a word after a command is meant as a keyword (1010), and
# whether a variable that another file reads is of use (2034). Notes below the
# level of a warning are mostly about functions handed to others by name.
options=(-x -P SCRIPTDIR -S warning -e SC1010 -e SC2034)

# A font macro takes nine arguments and joins them, which mandoc does not complain of.
# Prose that got onto the line of one loses its blanks.
few_arguments()
{
	! grep -nE '^\.(B|I|BR|RB|BI|IB|IR|RI) +(("[^"]*"|[^" ]+)+ +){9}[^ ]' "$1"
}

# Functions of lib.sh that another script of the tests defines again. Programs that do not
# source lib.sh may have any names.
hidden_verbs()
{
	local verbs

	verbs=$(sed -n 's/^\([a-z_]*\)()$/\1/p' selftests/lib.sh | paste -sd'|')
	grep -lE '^\. .*(lib|on_kernel)\.sh"$' "${scripts[@]}" | grep -v '^./selftests/lib.sh$' |
		xargs grep -nE "^($verbs)\(\)$"
}

plan $((${#scripts[@]} + 2 * ${#pages[@]} + 1))
check "no test hides a function of lib.sh" same "$(hidden_verbs)" ""
for script in "${scripts[@]}"; do
	check "shellcheck ${script#./}" shellcheck "${options[@]}" "$script"
done
for page in "${pages[@]}"; do
	check "arguments of macros $page" few_arguments "$page"
	if command -v mandoc >/dev/null; then
		check "mandoc $page" mandoc -Tlint -W warning "$page"
	else
		skip "mandoc $page" "no mandoc on this machine"
	fi
done
finish
