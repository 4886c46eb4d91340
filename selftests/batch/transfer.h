/* SPDX-License-Identifier: GPL-2.0 */
/* One transfer between two network namespaces. */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define PORT		7001
#define CHUNK		65536
#define DEADLINE	60
#define UDP_SEGMENT	103

struct transfer {
	const char *text;
	char kind[16];
	char address[64];
	const char *here, *there;
	int port;
	int family;
	uint64_t seed;
	unsigned long numbers[3];
	int sink;
	volatile bool sent;
	char wrong[200];
	char also_wrong[200];
};

double now(void);
void enter(const char *name);
void fill(uint64_t seed, uint64_t offset, uint8_t *to, size_t len);
socklen_t resolve(const struct transfer *t, struct sockaddr_storage *to);
void patience(int fd, int option, int seconds);
void set(int fd, int level, int option, int value);
unsigned int charged(int fd);
void settle(struct transfer *t, int fd);
void at_fault(struct transfer *t, const char *what);

void *read_stream(void *arg);
void send_stream(struct transfer *t);

void *read_datagrams(void *arg);
void send_datagrams(struct transfer *t);
void send_until_held(struct transfer *t);

#endif
