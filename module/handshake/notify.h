/* SPDX-License-Identifier: GPL-2.0 */
/* Notifies listeners in user space about events of a peer. */
#ifndef _NAAWG_NOTIFY_H
#define _NAAWG_NOTIFY_H

#include "../state/peer.h"

void naawg_notify_setup(bool (*listens)(const struct naawg_dev *dev));
void naawg_notify(struct naawg_peer *peer, enum naawg_ntf ntf);

#endif
