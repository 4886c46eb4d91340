// SPDX-License-Identifier: GPL-2.0
/* peer list, peer show: peers by name, with their state and the age of their keys. */

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cmds/peer.h"
#include "cmds/peer_book.h"
#include "lib/age.h"
#include "lib/json.h"
#include "lib/keys.h"
#include "lib/nl_links.h"
#include "lib/prog.h"
#include "lib/reference.h"
#include "lib/table.h"
#include "lib/utf8.h"

#define NS_PER_SEC	UINT64_C(1000000000)
#define COLUMNS		7

static const char *state_text(const struct book_entry *entry, uint64_t now)
{
	if (!entry->link)
		return "not running";
	return peer_state(entry->link, now) == PEER_IS_NEVER_SEEN ?
	       "never seen" : peer_state_names[peer_state(entry->link, now)];
}

static const char *seen_text(char text[static AGE_TEXT_LEN + 8], const struct book_entry *entry,
			     uint64_t now)
{
	char age[AGE_TEXT_LEN];
	uint64_t seen = entry->link ? peer_last_seen(entry->link) : 0;

	if (seen && !age_since(seen, now))
		strcpy(text, "now");
	else if (seen)
		snprintf(text, AGE_TEXT_LEN + 8, "%s ago", age_text(age, age_since(seen, now)));
	else
		strcpy(text, "-");
	return text;
}

/* How long the peer has been in its state. */
static const char *since_text(char text[static AGE_TEXT_LEN], const struct book_entry *entry,
			      uint64_t now)
{
	uint64_t since = entry->link ? peer_since(entry->link, now) : 0;

	if (since)
		age_text(text, age_since(since, now));
	else
		strcpy(text, "-");
	return text;
}

/* The age of a preshared key, which only the file knows. */
static const char *psk_text(char text[static AGE_TEXT_LEN], const struct book *book,
			    const struct book_entry *entry, uint64_t now)
{
	if (!entry->file)
		strcpy(text, book->has_file ? "-" : "?");
	else if (key_is_zero(entry->file->preshared_key))
		strcpy(text, "none");
	else if (!entry->file->created)
		strcpy(text, "age unknown");
	else
		age_text(text, now > entry->file->created ? now - entry->file->created : 0);
	return text;
}

static void add_row(struct table *table, const struct book *book,
		    const struct book_entry *entry, uint64_t now)
{
	char label[PEER_LABEL_LEN], text[AGE_TEXT_LEN + 8], bytes[BYTES_TEXT_LEN];

	table_add(table, book_label(label, entry));
	table_add(table, state_text(entry, now));
	table_add(table, since_text(text, entry, now));
	table_add(table, seen_text(text, entry, now));
	table_add(table, psk_text(text, book, entry, now));
	table_add(table, entry->link ? bytes_text(bytes, entry->link->rx_bytes) : "-");
	table_add(table, entry->link ? bytes_text(bytes, entry->link->tx_bytes) : "-");
}

static void list_text(const struct book *book, uint64_t now)
{
	static const char * const titles[COLUMNS] = {
		"PEER", "STATE", "FOR", "LAST SEEN", "PRESHARED KEY", "RECEIVED", "SENT",
	};
	struct table table = { .columns = COLUMNS };
	char age[AGE_TEXT_LEN];
	size_t i;

	utf8_put_shown(stdout, book->name);
	printf(": %zu peer%s", book->n, book->n == 1 ? "" : "s");
	if (book->quick.created)
		printf(", our key was made %s ago", age_text(age, now > book->quick.created ?
							     now - book->quick.created : 0));
	putchar('\n');
	if (!book->n)
		return;
	for (i = 0; i < COLUMNS; i++)
		table_add(&table, titles[i]);
	for (i = 0; i < book->n; i++)
		add_row(&table, book, &book->entries[i], now);
	table_print(&table, stdout);
	table_destroy(&table);
	for (i = 0; i < book->n && !(book->has_file && book->has_link &&
				     !(book->entries[i].file && book->entries[i].link)); i++)
		;
	if (i < book->n)
		printf("Link and file differ: `naawg apply --dry-run %s' prints how.\n",
		       book->name);
}

static void json_link(const struct peer *peer, uint64_t now)
{
	json_string("state", peer_state_names[peer_state(peer, now)]);
	if (peer_since(peer, now))
		json_number("since", peer_since(peer, now) / NS_PER_SEC);
	json_bool("unreachable", peer->bits & PEER_UNREACHABLE);
	if (peer_last_seen(peer))
		json_number("last_seen", peer_last_seen(peer) / NS_PER_SEC);
	if (peer->last_handshake)
		json_number("latest_handshake", peer->last_handshake / NS_PER_SEC);
	if (peer->handshake_rtt_us)
		json_number("handshake_rtt_us", peer->handshake_rtt_us);
	json_number("rx_bytes", peer->rx_bytes);
	json_number("tx_bytes", peer->tx_bytes);
	if (peer->last_reason[0])
		json_string("last_reason", peer->last_reason);
}

static void json_file(const struct peer *peer)
{
	char text[PREFIX_TEXT_LEN];
	size_t i;

	json_bool("has_preshared_key", !key_is_zero(peer->preshared_key));
	if (peer->created)
		json_number("created", peer->created);
	json_open("allowed_ips", '[');
	for (i = 0; i < peer->n_ips; i++)
		json_string(NULL, prefix_text(text, &peer->ips[i]));
	json_close(']');
}

static void json_peer(const struct book *book, const struct book_entry *entry, uint64_t now)
{
	char text[KEY_TEXT_LEN];

	json_open(NULL, '{');
	key_to_text(text, book_key(entry));
	json_string("public_key", text);
	if (book_name(entry)[0])
		json_string("name", book_name(entry));
	json_bool("running", entry->link);
	if (book->has_file)
		json_bool("in_file", entry->file);
	if (entry->link)
		json_link(entry->link, now);
	else
		json_string("state", "not-running");
	if (entry->file)
		json_file(entry->file);
	json_close('}');
}

/* Prints all peers, or the one that is not NULL. */
static void json_book(const struct book *book, const struct book_entry *only, uint64_t now)
{
	size_t i;

	json_open(NULL, '{');
	json_string("name", book->name);
	json_bool("running", book->has_link);
	if (book->has_file) {
		json_string("file", book->path);
		if (book->quick.created)
			json_number("created", book->quick.created);
	}
	json_open("peers", '[');
	for (i = 0; i < book->n; i++)
		if (!only || only == &book->entries[i])
			json_peer(book, &book->entries[i], now);
	json_close(']');
	json_close('}');
}

static int list_one(const char *given, bool json, bool between)
{
	struct book book;

	if (!book_open(&book, given))
		return 1;
	if (json) {
		json_book(&book, NULL, time(NULL));
	} else {
		if (between)
			putchar('\n');
		list_text(&book, time(NULL));
	}
	book_close(&book);
	return 0;
}

static int list_all(bool json)
{
	struct link_list links;
	int error = nl_list_links(&links, true), ret = 0;
	size_t i;

	if (error) {
		fprintf(stderr, "%s: cannot list interfaces: %s\n", prog_name, strerror(-error));
		return 1;
	}
	for (i = 0; i < links.n; i++)
		ret |= list_one(links.links[i].name, json, i);
	link_list_destroy(&links);
	return ret;
}

int peer_list(const char *given, bool json)
{
	int ret;

	if (json) {
		json_open(NULL, '{');
		json_open("interfaces", '[');
	}
	ret = given && strcmp(given, "all") ? list_one(given, json, false) : list_all(json);
	if (json) {
		json_close(']');
		json_close('}');
	}
	return ret;
}

static void show_link(const struct peer *peer)
{
	char received[BYTES_TEXT_LEN], sent[BYTES_TEXT_LEN], plain[REFERENCE_TEXT_LEN];
	const struct reference *reason = reference_find(peer->last_reason);

	printf("  transfer: %s received, %s sent\n", bytes_text(received, peer->rx_bytes),
	       bytes_text(sent, peer->tx_bytes));
	if (peer->handshake_rtt_us)
		printf("  round-trip time of the handshake: %u.%03u ms\n",
		       peer->handshake_rtt_us / 1000, peer->handshake_rtt_us % 1000);
	if (peer->bits & PEER_HAS_LOSSES)
		printf("  lost packets: %" PRIu64 ", handshakes sent again: %" PRIu64 "\n",
		       peer->lost_packets, peer->retransmissions);
	if (peer->last_reason[0])
		printf("  last reason: %s%s%s\n", peer->last_reason, reason ? ": " : "",
		       reason ? reference_plain(plain, reason->meaning) : "");
}

static void show_file(const struct book *book, const struct peer *peer)
{
	char text[PREFIX_TEXT_LEN];
	size_t i;

	fputs("  allowed ips: ", stdout);
	for (i = 0; i < peer->n_ips; i++)
		printf("%s%s", i ? ", " : "", prefix_text(text, &peer->ips[i]));
	puts(peer->n_ips ? "" : "(none)");
	printf("  file: %s, line %u\n", book->path, peer->line);
}

static void show_one(const struct book *book, const struct book_entry *entry, uint64_t now)
{
	char label[PEER_LABEL_LEN], key[KEY_TEXT_LEN], text[AGE_TEXT_LEN + 8];

	key_to_text(key, book_key(entry));
	fputs("peer: ", stdout);
	utf8_put_shown(stdout, book_label(label, entry));
	printf("\n  public key: %s\n  interface: ", key);
	utf8_put_shown(stdout, book->name);
	putchar('\n');
	printf("  state: %s", state_text(entry, now));
	if (entry->link && peer_since(entry->link, now))
		printf(", for %s", since_text(text, entry, now));
	putchar('\n');
	if (entry->link)
		printf("  last seen: %s\n", peer_last_seen(entry->link) ?
		       seen_text(text, entry, now) : "never");
	if (entry->link)
		show_link(entry->link);
	if (entry->file) {
		printf("  preshared key: %s\n", psk_text(text, book, entry, now));
		show_file(book, entry->file);
	} else if (book->has_file) {
		printf("  file: it is not in %s, so the next reload removes it\n", book->path);
	}
	if (book->quick.created)
		printf("  our key: made %s ago\n",
		       age_text(text, now > book->quick.created ? now - book->quick.created : 0));
}

int peer_show(const char *given, const char *word, bool json)
{
	const struct book_entry *entry;
	struct book book;

	if (!book_open(&book, given))
		return 1;
	entry = book_find(&book, word);
	if (entry && json) {
		json_open(NULL, '{');
		json_open("interfaces", '[');
		json_book(&book, entry, time(NULL));
		json_close(']');
		json_close('}');
	} else if (entry) {
		show_one(&book, entry, time(NULL));
	}
	book_close(&book);
	return entry ? 0 : 1;
}
