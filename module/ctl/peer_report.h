/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink notifications about peers. */
#ifndef _NAAWG_PEER_REPORT_H
#define _NAAWG_PEER_REPORT_H

struct work_struct;

void naawg_peer_report_setup(void);
void naawg_peer_report_work(struct work_struct *work);

#endif
