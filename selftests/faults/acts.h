/* SPDX-License-Identifier: GPL-2.0 */
/* The requests that user space can make of a link, one function each. */
#ifndef ACTS_H
#define ACTS_H

#include <stdint.h>

#define LINK	"sweep0"

/*
 * An act returns 0 or an errno, negative. Where the kernel's own answer was it,
 * *@answered is set: then it has to be true.
 */
typedef int act_fn(int *answered);

/* Sockets and namespaces all acts use; an errno, negative, if there are none. */
int acts_setup(const char *module);

act_fn act_link_add, act_link_delete, act_link_move, act_link_move_back;
act_fn act_link_up, act_link_down, act_link_mtu;
act_fn act_identity, act_forbid;
act_fn act_peers_add, act_peers_change, act_peers_replace;
act_fn act_peers_remove, act_rekey;
act_fn act_forwards_add, act_forwards_replace, act_forwards_remove;
act_fn act_get_device, act_get_stats, act_get_forwards, act_get_callers;
act_fn act_send, act_module_load, act_module_unload;

/* A dump of the forwards, summed up in one number. */
uint64_t acts_forwards_state(void);

/* Is there a link of that name here? */
int acts_link_exists(void);

void acts_drain(void);

#endif
