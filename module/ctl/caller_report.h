/* SPDX-License-Identifier: GPL-2.0 */
/* Notifications about callers that are no peers. */
#ifndef _NAAWG_CALLER_REPORT_H
#define _NAAWG_CALLER_REPORT_H

void naawg_caller_report_setup(void);

#endif
