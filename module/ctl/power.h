/* SPDX-License-Identifier: GPL-2.0 */
/* Suspend, hibernation and VM forks: erases all sessions at these events. */
#ifndef _NAAWG_POWER_H
#define _NAAWG_POWER_H

int naawg_power_setup(void (*forget)(void));
void naawg_power_teardown(void);

#endif
