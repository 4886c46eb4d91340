/* SPDX-License-Identifier: GPL-2.0 */
/* Self-test of the primitives, at load time of debug builds. */
#ifndef _NAAWG_CORE_SELFTEST_H
#define _NAAWG_CORE_SELFTEST_H

int naawg_selftest_core(void);

#endif
