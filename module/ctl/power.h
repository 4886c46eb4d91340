/* SPDX-License-Identifier: GPL-2.0 */
/* Moments at which keys in memory may have been copied. */
#ifndef _NAAWG_POWER_H
#define _NAAWG_POWER_H

int naawg_power_setup(void (*forget)(void));
void naawg_power_teardown(void);

#endif
