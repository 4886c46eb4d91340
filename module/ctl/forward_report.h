/* SPDX-License-Identifier: GPL-2.0 */
/* Notifications about forwards. */
#ifndef _NAAWG_FORWARD_REPORT_H
#define _NAAWG_FORWARD_REPORT_H

struct naawg_change_report;
struct naawg_forward_change;

void naawg_forward_report_change(struct naawg_change_report *report,
				 const struct naawg_forward_change *change);

#endif
