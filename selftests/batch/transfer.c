// SPDX-License-Identifier: GPL-2.0
/*
 * Both ends of transfers between two network namespaces:
 *
 *	transfer [-p] NETNS_A NETNS_B TRANSFER...
 *
 *	tcp:FROM:ADDRESS=BYTES			a stream
 *	rst:FROM:ADDRESS=BYTES			a stream its sender cuts off
 *	held:FROM:ADDRESS=BYTES,MAX		a stream over a slow cable: what
 *						waits below its socket is charged
 *						to it, and at most MAX bytes
 *	udp:FROM:ADDRESS=SIZE,COUNT,PER_CALL	datagrams, the kernel cuts them
 *	lossy:FROM:ADDRESS=SIZE,COUNT,PER_CALL	the same where the way is bad
 *	heldudp:FROM:ADDRESS=SIZE,COUNT,BUFFER	datagrams over a slow cable: the
 *						sender is told to wait once its
 *						BUFFER is full
 *
 * FROM is a or b, ADDRESS the other side's. They run one after the other, with
 * -p all at once. A stream has to arrive byte for byte and both ends have to
 * see it end as it did; datagrams have to arrive each with its length, in order,
 * and of lossy ones every one that does has to be one that was sent. In the end
 * nothing may be charged to a sender any more. A failure is printed, and the
 * status is 1.
 *
 * One process for both ends, as starting two takes an emulated guest longer
 * than most transfers.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "transfer.h"

static int failed;

static bool is_stream(const struct transfer *t)
{
	return !strstr(t->kind, "udp") && strcmp(t->kind, "lossy");
}

static bool open_sink(struct transfer *t)
{
	struct sockaddr_storage own;
	socklen_t own_len;

	own_len = resolve(t, &own);
	t->sink = socket(t->family, SOCK_CLOEXEC |
			 (is_stream(t) ? SOCK_STREAM : SOCK_DGRAM), 0);
	if (t->sink < 0)
		return false;
	set(t->sink, SOL_SOCKET, SO_REUSEADDR, 1);
	if (is_stream(t))
		patience(t->sink, SO_RCVTIMEO, DEADLINE);
	else
		set(t->sink, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26);
	return !bind(t->sink, (struct sockaddr *)&own, own_len) &&
	       (!is_stream(t) || !listen(t->sink, 1));
}

static void *run(void *arg)
{
	struct transfer *t = arg;
	pthread_t reader;

	enter(t->there);
	if (!open_sink(t)) {
		at_fault(t, "bind");
		goto out;
	}
	pthread_create(&reader, NULL, is_stream(t) ? read_stream :
		       read_datagrams, t);
	enter(t->here);
	if (is_stream(t))
		send_stream(t);
	else if (!strcmp(t->kind, "heldudp"))
		send_until_held(t);
	else
		send_datagrams(t);
	t->sent = true;
	if (*t->wrong && is_stream(t))
		shutdown(t->sink, SHUT_RDWR);
	pthread_join(reader, NULL);
	close(t->sink);
out:
	if (*t->wrong || *t->also_wrong)
		failed = 1;
	printf("%s: %s%s%s\n", t->text, t->wrong,
	       *t->wrong && *t->also_wrong ? "; " : "",
	       *t->also_wrong ? t->also_wrong : *t->wrong ? "" : "came through");
	fflush(stdout);
	return NULL;
}

static void parse(struct transfer *t, const char *text, char **names, int n)
{
	char side;

	t->text = text;
	if (sscanf(text, "%15[a-z]:%c:%63[^=]=%lu,%lu,%lu", t->kind, &side,
		   t->address, &t->numbers[0], &t->numbers[1],
		   &t->numbers[2]) < 4) {
		fprintf(stderr, "no transfer: %s\n", text);
		exit(2);
	}
	t->here = names[side != 'a'];
	t->there = names[side == 'a'];
	t->port = PORT + n;
	t->family = strchr(t->address, ':') ? AF_INET6 : AF_INET;
	if (getrandom(&t->seed, sizeof(t->seed), 0) != sizeof(t->seed))
		exit(1);
}

int main(int argc, char **argv)
{
	bool parallel = argc > 1 && !strcmp(argv[1], "-p");
	struct transfer *transfers;
	pthread_t *threads;
	int count, i;

	argv += parallel + 1;
	count = argc - parallel - 3;
	if (count < 1) {
		fputs("usage: transfer [-p] NETNS_A NETNS_B TRANSFER...\n",
		      stderr);
		return 2;
	}
	transfers = calloc(count, sizeof(*transfers));
	threads = calloc(count, sizeof(*threads));
	for (i = 0; i < count; i++) {
		parse(&transfers[i], argv[i + 2], argv, parallel ? i : 0);
		pthread_create(&threads[i], NULL, run, &transfers[i]);
		if (!parallel)
			pthread_join(threads[i], NULL);
	}
	for (i = 0; parallel && i < count; i++)
		pthread_join(threads[i], NULL);
	return failed;
}
