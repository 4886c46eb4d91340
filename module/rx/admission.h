/* SPDX-License-Identifier: GPL-2.0 */
/* Admission of handshake messages: which ones are worth a computation. */
#ifndef _NAAWG_ADMISSION_H
#define _NAAWG_ADMISSION_H

#include "../state/dev.h"

enum naawg_reason naawg_admission_check(struct naawg_dev *dev,
					const struct sk_buff *skb);
void naawg_admission_add_known(struct naawg_dev *dev,
			       const struct sk_buff *skb);

#endif
