// SPDX-License-Identifier: GPL-2.0
/* Prints events as text and as JSON. */

#include <inttypes.h>

#include "cmds/event.h"
#include "cmds/show.h"
#include "lib/format.h"
#include "lib/forward.h"
#include "lib/json.h"
#include "lib/keys.h"

#define NS_PER_SEC	UINT64_C(1000000000)

static void text_author(FILE *out, const struct device *dev)
{
	if (dev->program[0])
		fprintf(out, ", by %s", dev->program);
	if (dev->bits & DEVICE_HAS_UID)
		fprintf(out, " (uid %" PRIu32 ")", dev->uid);
}

static void text_nets(FILE *out, const struct peer *peer)
{
	char text[EVENT_NET_LEN];
	size_t i;

	for (i = 0; i < peer->n_ips; i++)
		fprintf(out, " %s", event_net(text, &peer->ips[i]));
	if (!peer->n_all_ips)
		fputs(" none", out);
	else if (peer->n_all_ips > peer->n_ips)
		fprintf(out, " and %zu more", peer->n_all_ips - peer->n_ips);
}

static void text_settings(FILE *out, const struct event *event)
{
	const struct peer *peer = event->peer;
	size_t i;

	if (event->kind == NAAWG_CMD_PEER_ADDED_NTF) {
		fputs(", allowed IPs", out);
		text_nets(out, peer);
	}
	for (i = 0; i < EVENT_CHANGES; i++) {
		if (!(peer->changes & event_changes[i].bit))
			continue;
		fprintf(out, ", new %s", event_changes[i].text);
		if (event_changes[i].bit == NAAWG_PEER_CHANGE_PERSISTENT_KEEPALIVE)
			fprintf(out, " %u s", peer->keepalive);
		if (event_changes[i].bit == NAAWG_PEER_CHANGE_ALLOWED_IPS)
			text_nets(out, peer);
	}
}

static void text_peer(FILE *out, const struct event *event)
{
	char key[KEY_TEXT_LEN], endpoint[ENDPOINT_TEXT_LEN];
	const struct peer *peer = event->peer;

	key_to_text(key, peer->public_key);
	fprintf(out, ": %s", key);
	if (peer->name[0])
		fprintf(out, " (%s)", peer->name);
	if (peer->bits & PEER_HAS_ENDPOINT)
		fprintf(out, " at %s", endpoint_text(endpoint, &peer->endpoint));
	if (event->kind == NAAWG_CMD_PEER_GIVEN_UP_NTF)
		fputs(", called for 90 s, unanswered", out);
	text_settings(out, event);
}

static void text_keys(FILE *out, const struct device *dev)
{
	char key[KEY_TEXT_LEN];

	key_to_text(key, dev->public_key);
	fprintf(out, ": public key %s", dev->bits & DEVICE_HAS_PUBLIC_KEY ? key : "none");
	key_to_text(key, dev->old_public_key);
	fprintf(out, ", was %s", dev->bits & DEVICE_HAS_OLD_PUBLIC_KEY ? key : "none");
}

void event_print_text(FILE *out, const struct event *event)
{
	char text[FORWARD_TEXT_LEN];

	if (event->dev)
		fprintf(out, "%s: ", event->dev->name);
	fputs(event->text, out);
	if (event->peer)
		text_peer(out, event);
	if (event->forward)
		fprintf(out, ": %s", forward_text(text, event->forward));
	if (event->old_forward)
		fprintf(out, ", was %s", forward_text(text, event->old_forward));
	if (event->caller) {
		fputs(": ", out);
		show_caller(out, event->caller);
	}
	if (event->kind == NAAWG_CMD_IDENTITY_CHANGED_NTF)
		text_keys(out, event->dev);
	if (event->dev)
		text_author(out, event->dev);
	if (event->kind == NAAWG_CMD_FORWARD_REMOVED_NTF) {
		putc('\t', out);
		show_forward_counters(out, event->forward);
	}
}

static void json_key(const char *name, const uint8_t key[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];

	key_to_text(text, key);
	json_string(name, text);
}

static void json_settings(const struct peer *peer)
{
	char text[EVENT_NET_LEN];
	size_t i;

	if (peer->bits & PEER_HAS_KEEPALIVE) {
		json_number("persistent_keepalive", peer->keepalive);
		json_number("allowed_ips_total", peer->n_all_ips);
		json_open("allowed_ips", '[');
		for (i = 0; i < peer->n_ips; i++)
			json_string(NULL, event_net(text, &peer->ips[i]));
		json_close(']');
	}
	if (!peer->changes)
		return;
	json_open("changes", '[');
	for (i = 0; i < EVENT_CHANGES; i++)
		if (peer->changes & event_changes[i].bit)
			json_string(NULL, event_changes[i].name);
	json_close(']');
}

static void json_peer(const struct peer *peer)
{
	char endpoint[ENDPOINT_TEXT_LEN];

	json_open("peer", '{');
	json_key("public_key", peer->public_key);
	if (peer->name[0])
		json_string("name", peer->name);
	if (peer->bits & PEER_HAS_ENDPOINT)
		json_string("endpoint", endpoint_text(endpoint, &peer->endpoint));
	if (peer->last_handshake)
		json_number("latest_handshake", peer->last_handshake / NS_PER_SEC);
	json_settings(peer);
	json_close('}');
}

static void json_device(const struct event *event)
{
	const struct device *dev = event->dev;

	if (dev->bits & DEVICE_HAS_UID)
		json_number("uid", dev->uid);
	if (dev->program[0])
		json_string("program", dev->program);
	if (event->kind != NAAWG_CMD_IDENTITY_CHANGED_NTF)
		return;
	if (dev->bits & DEVICE_HAS_PUBLIC_KEY)
		json_key("public_key", dev->public_key);
	if (dev->bits & DEVICE_HAS_OLD_PUBLIC_KEY)
		json_key("old_public_key", dev->old_public_key);
}

void event_print_json(FILE *out, const struct event *event)
{
	json_to(out);
	json_open(NULL, '{');
	json_number("time", event->time);
	if (event->dev)
		json_string("device", event->dev->name);
	json_string("event", event->name);
	if (event->dev)
		json_device(event);
	if (event->peer)
		json_peer(event->peer);
	if (event->forward)
		show_json_forward("forward", event->forward);
	if (event->old_forward)
		show_json_forward("old_forward", event->old_forward);
	if (event->caller)
		show_json_caller("caller", event->caller);
	json_close('}');
	json_to(NULL);
}
