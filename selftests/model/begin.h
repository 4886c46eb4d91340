/* SPDX-License-Identifier: GPL-2.0 */
/* States from which the model begins. */
#ifndef MODEL_BEGIN_H
#define MODEL_BEGIN_H

/* Two hosts that never spoke. */
void begin_strangers(void);
/* The first host made a session a moment ago. */
void begin_session(void);
/* That session is old enough to be renewed by the next packet of the first host. */
void begin_renewal(void);
/* It is old enough to be renewed by the next packet from the second host. */
void begin_late_renewal(void);

#endif
