/* SPDX-License-Identifier: GPL-2.0 */
/* As much of netlink as it takes to ask for something and hear the answer. */
#ifndef NL_H
#define NL_H

#include <stdint.h>

struct message {
	uint32_t align;
	unsigned char bytes[16384];
};

/* A socket whose answers come within some seconds. */
int nl_open(int protocol);

void nl_begin(struct message *m, int type, int flags, const void *head,
	      int head_len);
void nl_put(struct message *m, int type, const void *bytes, int len);
int nl_nest(struct message *m, int type);
void nl_nest_end(struct message *m, int nest);

/*
 * Sends @m and reads the answer to its end. Returns 0 or an errno, negative;
 * *@answered says whether the kernel itself gave it, rather than a call that
 * failed. The content of a dump is summed up in *@sum, unless NULL.
 */
int nl_talk(int fd, struct message *m, int *answered, uint64_t *sum);

/* Throws away what is left of an answer that was not read to its end. */
void nl_drain(int fd);

/*
 * The number of a generic netlink family, or an errno, negative. *@group gets the number
 * of its first multicast group, 0 for none.
 */
int nl_family(int fd, const char *name, int *group);

/* Makes a socket a member of a group. Returns 0 or an errno, negative. */
int nl_join(int fd, int group);

#endif
