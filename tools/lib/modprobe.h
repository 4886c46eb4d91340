/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAAWG_TOOL_MODPROBE_H
#define NAAWG_TOOL_MODPROBE_H

/*
 * What loading the module ends with, on a host and as root.
 * MODPROBE_UNKNOWN: nobody can say, or it went well.
 */
enum modprobe_result {
	MODPROBE_UNKNOWN,
	MODPROBE_NONE,		/* there is no module for this kernel */
	MODPROBE_KEY,		/* the kernel does not trust its signature */
	MODPROBE_FORMAT,	/* it was built for another kernel */
};

enum modprobe_result modprobe_naawg(void);

#endif
