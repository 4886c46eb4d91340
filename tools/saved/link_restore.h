/* SPDX-License-Identifier: GPL-2.0 */
/* Makes saved links again. */

#ifndef NAAWG_LINK_RESTORE_H
#define NAAWG_LINK_RESTORE_H

#include "lib/model.h"
#include "saved/saved.h"

/* Sets index_now of all links to what is there now. 0 or a negative errno. */
int link_find(struct saved *saved);

/* Deletes the link if it is there. Call link_find() first. 0 or a negative errno. */
int link_delete(struct saved_link *link);

/* The saved configuration of the link. 0, or a negative errno and @dev need not be freed. */
int link_device(const struct saved *saved, size_t link, struct device *dev);

/*
 * Call link_find() first. Makes the link of this number, with its peers, forwards, sysctls
 * and addresses, and sets it up if it was. False: it was said why not.
 */
bool link_restore(struct saved *saved, size_t link);

/* Asks the peers that had a session for a new one. */
void link_wake(const struct saved *saved, size_t link);

#endif
