/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAAWG_TOOL_MODPROBE_H
#define NAAWG_TOOL_MODPROBE_H

/*
 * The result of loading the module, which needs root on a host.
 * MODPROBE_UNKNOWN: the module was loaded, or the reason is not known.
 */
enum modprobe_result {
	MODPROBE_UNKNOWN,
	MODPROBE_NONE,		/* there is no module for this kernel */
	MODPROBE_KEY,		/* the kernel does not trust its signature */
	MODPROBE_FORMAT,	/* it was built for another kernel */
};

enum modprobe_result modprobe_naawg(void);

#endif
