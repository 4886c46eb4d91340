// SPDX-License-Identifier: GPL-2.0
/* Prints hosts that called and are no peers. */

#include <stdio.h>

#include "cmds/show.h"
#include "lib/format.h"
#include "lib/json.h"
#include "lib/keys.h"

#define NS_PER_SEC	UINT64_C(1000000000)

void show_json_caller(const char *name, const struct caller *caller)
{
	char key[KEY_TEXT_LEN], text[ENDPOINT_TEXT_LEN];

	json_open(name, '{');
	json_string("reason", caller->has_key ? "unknown-peer" : "bad-mac1");
	if (caller->has_key) {
		key_to_text(key, caller->public_key);
		json_string("claimed_public_key", key);
		json_string("endpoint", endpoint_text(text, &caller->endpoint));
	} else {
		json_string("address", host_text(text, &caller->endpoint));
	}
	json_number("count", caller->count);
	json_number("first", caller->first / NS_PER_SEC);
	json_number("last", caller->last / NS_PER_SEC);
	json_close('}');
}

void show_caller(FILE *out, const struct caller *caller)
{
	char key[KEY_TEXT_LEN], text[ENDPOINT_TEXT_LEN];

	if (caller->has_key) {
		key_to_text(key, caller->public_key);
		fprintf(out, "%s at %s, no peer has this public key", key,
			endpoint_text(text, &caller->endpoint));
	} else {
		fprintf(out, "%s, it has a wrong public key of this host",
			host_text(text, &caller->endpoint));
	}
}
