/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to peers, noted for whoever listens in user space. */
#ifndef _NAAWG_NOTIFY_H
#define _NAAWG_NOTIFY_H

#include "../state/peer.h"

void naawg_notify_setup(bool (*listens)(const struct naawg_dev *dev));
void naawg_notify(struct naawg_peer *peer, enum naawg_ntf what);

#endif
