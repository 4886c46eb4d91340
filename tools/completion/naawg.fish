# SPDX-License-Identifier: GPL-2.0
#
# Completion for fish. The words come from `naawg complete', as for the other shells.

function __naawg_complete
	set -l before (commandline -opc)
	set -l current (commandline -ct)
	set -l program (string replace -r -- '-quick$' '' $before[1])

	for line in ($program complete $before "$current" 2>/dev/null)
		if test "$line" = :files
			__fish_complete_path "$current"
		else
			echo $line
		end
	end
end

complete -c naawg -f -a '(__naawg_complete)'
complete -c naawg-quick -f -a '(__naawg_complete)'
