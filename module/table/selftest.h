/* SPDX-License-Identifier: GPL-2.0 */
/* The tables' own test at load time, in debug builds. */
#ifndef _NAAWG_TABLE_SELFTEST_H
#define _NAAWG_TABLE_SELFTEST_H

int naawg_selftest_table(void);

#endif
