/* SPDX-License-Identifier: GPL-2.0 */
/* Runs a program for each event, one at a time. */

#ifndef NAAWG_EVENT_EXEC_H
#define NAAWG_EVENT_EXEC_H

#include "cmds/event.h"

/* Events that wait for the program; later ones are dropped, and reported as missed. */
#define EVENT_EXEC_MAX	1024

struct event_exec;

/*
 * The program has @timeout seconds for each event. NULL: there is no memory.
 */
struct event_exec *event_exec_new(const char *program, unsigned int timeout);

/* Notes an event. False: there is no memory. */
bool event_exec_add(struct event_exec *exec, const struct event *event);

/*
 * Ends a program that takes too long, and starts the next one if none runs. Call it after
 * event_exec_add(), when event_exec_fd() is readable, and when event_exec_wait() is over.
 */
void event_exec_step(struct event_exec *exec);

/* A descriptor that is readable when the program has ended; -1: no program runs. */
int event_exec_fd(const struct event_exec *exec);

/* Milliseconds until event_exec_step() is due; -1: no program runs. */
int event_exec_wait(const struct event_exec *exec);

#endif
