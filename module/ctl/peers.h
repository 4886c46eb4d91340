/* SPDX-License-Identifier: GPL-2.0 */
/* Peers of a device: added, configured, started, stopped and removed. */
#ifndef _NAAWG_PEERS_H
#define _NAAWG_PEERS_H

#include "../state/peer.h"

struct naawg_change_report;

/* Limits the memory of the host that the root user of a container can take. */
#define NAAWG_PEERS_MAX	1000000

struct naawg_peer *naawg_peers_from(struct naawg_dev *dev, u64 id);
struct naawg_peer *naawg_peers_find(struct naawg_dev *dev,
				    const u8 public[NAAWG_KEY_SIZE]);
struct naawg_peer *naawg_peers_add(struct naawg_dev *dev,
				   const u8 public[NAAWG_KEY_SIZE],
				   const u8 preshared[NAAWG_KEY_SIZE]);
void naawg_peers_detach(struct naawg_dev *dev, struct naawg_peer *peer,
			struct list_head *detached,
			struct naawg_change_report *report);
void naawg_peers_release(struct list_head *detached);
void naawg_peers_remove_all(struct naawg_dev *dev,
			    struct naawg_change_report *report);
bool naawg_peers_set_preshared(struct naawg_peer *peer,
			       const u8 preshared[NAAWG_KEY_SIZE]);
void naawg_peers_set_persistent(struct naawg_peer *peer, u16 seconds);
int naawg_peers_set_identity(struct naawg_dev *dev,
			     const u8 private[NAAWG_KEY_SIZE],
			     struct naawg_change_report *report);
void naawg_peers_start(struct naawg_dev *dev);
void naawg_peers_stop(struct naawg_dev *dev);
void naawg_peers_initiate(struct naawg_dev *dev);
void naawg_peers_forget_sessions(struct naawg_dev *dev);

#endif
