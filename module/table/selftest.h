/* SPDX-License-Identifier: GPL-2.0 */
/* Self-test of the tables, at load time of debug builds. */
#ifndef _NAAWG_TABLE_SELFTEST_H
#define _NAAWG_TABLE_SELFTEST_H

int naawg_selftest_table(void);

#endif
