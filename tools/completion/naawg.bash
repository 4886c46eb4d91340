# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion for bash. The words come from `naawg complete', as for the other shells.

_naawg()
{
	local word=${COMP_WORDS[COMP_CWORD]} line

	COMPREPLY=()
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			compopt -o filenames 2>/dev/null
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
		else
			# A name of a peer may hold blanks.
			printf -v line %q "${line%%$'\t'*}"
			COMPREPLY+=("${line//\\=/=}")
		fi
	done < <("${COMP_WORDS[0]%-quick}" complete "${COMP_WORDS[@]:0:COMP_CWORD + 1}" 2>/dev/null)
}

complete -F _naawg naawg naawg-quick
