/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink notifications about links that go up and down. */
#ifndef _NAAWG_LINK_REPORT_H
#define _NAAWG_LINK_REPORT_H

int naawg_link_report_setup(void);
void naawg_link_report_teardown(void);

#endif
