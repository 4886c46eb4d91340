# SPDX-License-Identifier: GPL-2.0
#
# The kernel log without those reports of KCSAN that have none of our code on either
# stack. With -v theirs=1: only what these are called.

function end_report()
{
	if (ours && !theirs)
		printf "%s", report
	if (title != "" && !ours && theirs)
		print title
	report = title = ""
	ours = 0
}

/BUG: KCSAN: / {
	end_report()
	title = $0
	sub(/.*BUG: KCSAN: /, "", title)
}
title == "" {
	if (!theirs)
		print
	next
}
{ report = report $0 "\n" }
/\[naawg/ { ours = 1 }
/==========/ { end_report() }
END { end_report() }
