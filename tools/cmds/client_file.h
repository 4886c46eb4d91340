/* SPDX-License-Identifier: GPL-2.0 */
/* The configuration that client-config and peer reissue print for the host of a peer. */

#ifndef NAAWG_CLIENT_FILE_H
#define NAAWG_CLIENT_FILE_H

#include "apply/apply.h"

#define CLIENT_TEXT_LEN	8192

struct client {
	char *name, *endpoint, *addresses, *allowed, *dns, *keepalive;
	bool no_psk;
	uint64_t created;		/* seconds since 1970 */
	bool may_be_all;		/* allow the server all addresses */
	uint8_t private_key[KEY_LEN];
	struct prefixes own;		/* addresses, with the prefix length of their network */
};

/*
 * The options of a command line. client_words() takes all words; those that are no options
 * go to @given, which has room for @max. Returns how many these are, or -1 for a wrong
 * word, or -2 after printing another error.
 */
int client_words(struct client *client, const char **given, int max, int argc, char **argv);
void client_forget(struct client *client);

/* Finds free addresses, or takes those of --address. False: why was printed. */
bool client_find_addresses(const struct apply *apply, struct client *client);
bool client_given_addresses(struct client *client);

/* Whether the client would reach a network. False: that was printed. */
bool client_reaches_something(const struct apply *apply, const struct client *client);

/* Writes the file. False: the host of the client would refuse it, and why was printed. */
bool client_text(char *text, size_t room, const struct apply *apply, struct client *client,
		 const struct peer *peer);

/*
 * Prints it without stdio, which would keep a copy. A file is synced to the disk. False:
 * the error was printed with the @consequence.
 */
bool client_print(const char *text, const char *consequence);
/* False, and a message: the next file that is opened would become standard output. */
bool client_has_output(void);

#endif
