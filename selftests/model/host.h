/* SPDX-License-Identifier: GPL-2.0 */
/* One host: the order of calls is that of the module's handshake, tx and rx. */
#ifndef MODEL_HOST_H
#define MODEL_HOST_H

#include "world.h"

/* A packet of the host's users. */
void host_send(struct host *h);
/* A message arrives; @m stays in the network. */
void host_receive(struct host *h, struct message *m);
/* Runs the actions of all timers that are due. */
void host_expire(struct host *h);
/* An administrator asks for a new session. */
void host_ask(struct host *h);
/* The host forgets everything but its keys and the wall clock. */
void host_restart(struct host *h);
/* More messages are lost at once than the window has. False: there is no session for that. */
bool host_jump(struct host *h);
void host_forget(struct host *h);

u8 host_number(const struct host *h);
/* The session of a host that has the keys of a handshake, or NULL. */
struct naawg_session *host_session(const struct host *h, struct deal deal);

#endif
