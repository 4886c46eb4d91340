// SPDX-License-Identifier: GPL-2.0
/* Parses configuration files: sections and lines to the model. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/conf.h"
#include "conf/quick_conf.h"
#include "lib/forward.h"
#include "lib/keys.h"
#include "lib/text.h"

/* If a text shares this many characters with a key, treat it as part of the key. */
#define PART_LEN	12

/* A line without its white space and comment, and the columns of its bytes. */
struct line {
	char *raw;
	size_t raw_room;
	char *text;
	unsigned int *columns;	/* column of each byte of the text, and of its end */
	size_t room;
	unsigned int number;
};

enum section { SECTION_NONE, SECTION_INTERFACE, SECTION_PEER };

/* Keys that have one value, so that a second one would replace the first. */
static const struct {
	enum section section;
	const char *key;
} once[] = {
	{ SECTION_INTERFACE, "PrivateKey" }, { SECTION_INTERFACE, "ListenPort" },
	{ SECTION_INTERFACE, "FwMark" }, { SECTION_INTERFACE, "AnswerUnreachable" }, { SECTION_INTERFACE, "MTU" },
	{ SECTION_INTERFACE, "Table" }, { SECTION_INTERFACE, "SaveConfig" },
	{ SECTION_INTERFACE, "Kill" },
	{ SECTION_INTERFACE, "ForwardInterface" },
	{ SECTION_PEER, "PublicKey" }, { SECTION_PEER, "PresharedKey" },
	{ SECTION_PEER, "Endpoint" }, { SECTION_PEER, "PersistentKeepalive" },
	{ SECTION_PEER, "Name" },
};

#define N_ONCE	(sizeof(once) / sizeof(once[0]))

struct parser {
	struct device *dev;
	unsigned int said[N_ONCE];	/* the line of each key; 0: not read yet */
	enum section section;
	const char *quick_key;		/* the key in error, if it is naawg-quick's */
	struct value_ctx value;
	struct line line;
};

static bool line_reserve(struct line *line, size_t len)
{
	if (line->room > len)
		return true;
	/* The old buffer holds keys of the line before, which are not needed any more. */
	if (line->text)
		explicit_bzero(line->text, line->room);
	free(line->text);
	free(line->columns);
	line->room = 2 * len + 64;
	line->text = malloc(line->room);
	line->columns = malloc(line->room * sizeof(*line->columns));
	if (line->text && line->columns)
		return true;
	return false;
}

static void line_destroy(struct line *line)
{
	if (line->raw)
		explicit_bzero(line->raw, line->raw_room);
	if (line->text)
		explicit_bzero(line->text, line->room);
	free(line->raw);
	free(line->text);
	free(line->columns);
}

/*
 * Reads byte by byte, as getline() would call realloc() and leave copies of keys behind.
 * Returns 1 for a line, 0 at the end, -1 without memory.
 */
static int line_read(struct line *line, FILE *in)
{
	size_t n = 0, room;
	char *moved;
	int c;

	while ((c = getc(in)) != EOF) {
		if (n + 1 >= line->raw_room) {
			room = line->raw_room ? 2 * line->raw_room : 256;
			moved = malloc(room);
			if (!moved)
				return -1;
			if (n)
				memcpy(moved, line->raw, n);
			if (line->raw)
				explicit_bzero(line->raw, line->raw_room);
			free(line->raw);
			line->raw = moved;
			line->raw_room = room;
		}
		if (c == '\n')
			break;
		line->raw[n++] = c;
	}
	if (c == EOF && !n)
		return 0;
	line->raw[n] = '\0';
	line->number++;
	return line_reserve(line, n) ? 1 : -1;
}

static void line_strip(struct line *line)
{
	const char *p;
	size_t n = 0;

	for (p = line->raw; *p && *p != '#'; p++) {
		if (isspace((unsigned char)*p))
			continue;
		line->text[n] = *p;
		line->columns[n++] = p - line->raw + 1;
	}
	line->text[n] = '\0';
	line->columns[n] = p - line->raw + 1;
}

/* The value if @text is "key=value" with this key and a value, else NULL. */
static const char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	if (strncasecmp(text, key, len) || text[len] != '=' || !text[len + 1])
		return NULL;
	return text + len + 1;
}

/* Whether the file is for wg. Then its errors have the words of wg. */
static bool is_for_wg(const struct parser *p)
{
	return !(p->dev->bits & DEVICE_TAKES_FORWARDS);
}

/*
 * PrivateKey, PresharedKey and hooks are secret even in the wrong section or misspelt, as
 * hooks may hold passwords. A secret key may also follow PublicKey by mistake.
 */
static bool line_is_secret(const struct parser *p, const char *text)
{
	return !strncasecmp(text, "priv", 4) || !strncasecmp(text, "pre", 3) ||
	       !strncasecmp(text, "post", 4) || text_shown(text) != text ||
	       (!is_for_wg(p) && !strncasecmp(text, "pub", 3));
}

/*
 * The length of the name at the start of a secret line. White space was removed, so
 * without a "=" the secret may follow the name directly.
 */
static size_t secret_head(const char *text)
{
	static const char * const keys[] = { "PrivateKey", "PresharedKey", "PublicKey" };
	size_t i, len;

	for (i = 0; i < 3; i++) {
		len = strlen(keys[i]);
		if (!strncasecmp(text, keys[i], len))
			return len + (text[len] == '=' || text[len] == ':');
	}
	for (len = 0; isalpha((unsigned char)text[len]) || text[len] == '_'; len++)
		;
	return len < 20 && (text[len] == '=' || text[len] == ':') ? len + 1 : 0;
}

static void unrecognized(struct parser *p)
{
	const char *text = p->line.text;
	size_t head;

	p->value.at = 0;
	if (!p->dev->quick)
		p->quick_key = quick_key(text);
	if (!strncmp(text, "\xff\xfe", 2) || !strncmp(text, "\xfe\xff", 2)) {
		fputs("This is UTF-16 text: save the file as UTF-8\n", p->value.err);
	} else if (line_is_secret(p, text)) {
		head = secret_head(text);
		/* "PrivateKey=" without a value hides nothing */
		fprintf(p->value.err, "Line unrecognized: `%.*s%s'\n", (int)head, text,
			text[head] ? "(hidden)" : "");
	} else {
		fprintf(p->value.err, "Line unrecognized: `%s'\n", text);
	}
}

/* White space separates the words of a forward, so use the line as written. */
static bool forward_line(struct parser *p)
{
	p->value.at = 0;
	return forward_parse(p->dev, strchr(p->line.raw, '=') + 1, p->value.err);
}

/*
 * wg and setconf take the last value. In a whole file a second value is an error: if a
 * [Peer] was forgotten, one peer would get the values of another.
 */
static bool said_twice(struct parser *p)
{
	const char *text = p->line.text;
	size_t i, len = strcspn(text, "=");
	unsigned int again;

	for (i = 0; p->dev->quick && i < N_ONCE; i++) {
		if (once[i].section != p->section || strlen(once[i].key) != len ||
		    strncasecmp(text, once[i].key, len))
			continue;
		if (!p->said[i]) {
			p->said[i] = p->line.number;
			return false;
		}
		again = p->dev->quick->interface_again;
		if (p->section == SECTION_INTERFACE && again > p->said[i])
			fprintf(p->value.err, "A second [Interface] begins in line %u: a file has one, so join the two. Or should this be a [Peer]?\n",
				again);
		else
			fprintf(p->value.err, "%s is already set in line %u: remove one of the two%s\n",
				once[i].key, p->said[i],
				p->section == SECTION_PEER ?
				". Or does another peer begin here, and its [Peer] is missing?" : "");
		return true;
	}
	return false;
}

static bool interface_line(struct parser *p, const char **value)
{
	const char *text = p->line.text;
	struct device *dev = p->dev;
	int known;

	if ((*value = value_of(text, "ListenPort"))) {
		dev->bits |= DEVICE_HAS_LISTEN_PORT;
		return value_port(&p->value, &dev->listen_port, *value);
	}
	if ((*value = value_of(text, "FwMark"))) {
		dev->bits |= DEVICE_HAS_FWMARK;
		return value_fwmark(&p->value, &dev->fwmark, *value);
	}
	if ((*value = value_of(text, "PrivateKey"))) {
		dev->bits |= DEVICE_HAS_PRIVATE_KEY;
		return value_key(&p->value, dev->private_key, *value, true);
	}
	if (dev->bits & DEVICE_TAKES_FORWARDS &&
	    (*value = value_of(text, "AnswerUnreachable"))) {
		dev->bits |= DEVICE_HAS_ANSWER;
		return value_switch(&p->value, &dev->answer_unreachable, *value);
	}
	if (dev->bits & DEVICE_TAKES_FORWARDS && (*value = value_of(text, "Forward")))
		return forward_line(p);
	if (dev->quick) {
		dev->quick->line = p->line.number;
		known = quick_line(dev->quick, text, p->line.raw, value, p->value.err);
		p->value.at = 0;
		if (known >= 0)
			return known;
	}
	unrecognized(p);
	return false;
}

/* Keep the name, as its address may change. */
static bool keep_endpoint(struct parser *p, struct peer *peer, const char *text)
{
	if (!p->dev->quick)
		return true;
	free(peer->endpoint_given);
	peer->endpoint_given = strdup(text);
	if (peer->endpoint.addr.sa_family == AF_UNSPEC)
		peer->bits &= ~PEER_HAS_ENDPOINT;
	return peer->endpoint_given;
}

/* Whether a malformed public key, which wg prints, may be part of our private key. */
static bool resembles_private(const struct device *dev, const char *text)
{
	char own[KEY_TEXT_LEN], part[PART_LEN + 1];
	bool found = false;
	size_t at;

	if (!(dev->bits & DEVICE_HAS_PRIVATE_KEY) || key_is_zero(dev->private_key))
		return false;
	key_to_text(own, dev->private_key);
	for (at = 0; !found && at + PART_LEN <= KEY_TEXT_CHARS; at++) {
		memcpy(part, own + at, PART_LEN);
		part[PART_LEN] = '\0';
		found = strstr(text, part);
	}
	explicit_bzero(own, sizeof(own));
	explicit_bzero(part, sizeof(part));
	return found;
}

/* Does not print a malformed key, as it may be a part of a secret key. */
static bool public_key(struct parser *p, struct peer *peer, const char *text)
{
	bool for_wg = is_for_wg(p);

	peer->bits |= PEER_HAS_PUBLIC_KEY;
	if (value_key(&p->value, peer->public_key, text,
		      !for_wg || resembles_private(p->dev, text)))
		return true;
	if (!for_wg)
		fprintf(p->value.err, "This PublicKey has %zu characters. A key has %d, of base64, and the last is `='\n",
			strlen(text), KEY_TEXT_CHARS);
	return false;
}

static bool peer_line(struct parser *p, struct peer *peer, const char **value)
{
	const char *text = p->line.text;

	if ((*value = value_of(text, "Endpoint"))) {
		peer->bits |= PEER_HAS_ENDPOINT;
		return value_endpoint(&p->value, &peer->endpoint, *value) &&
		       keep_endpoint(p, peer, *value);
	}
	if ((*value = value_of(text, "PublicKey")))
		return public_key(p, peer, *value);
	if ((*value = value_of(text, "AllowedIPs"))) {
		p->value.incremental = false;
		if (!value_allowed_ips(&p->value, peer, *value))
			return false;
		if (p->value.incremental)
			peer->bits &= ~PEER_REPLACE_IPS;
		return true;
	}
	if ((*value = value_of(text, "PersistentKeepalive"))) {
		peer->bits |= PEER_HAS_KEEPALIVE;
		return value_keepalive(&p->value, &peer->keepalive, *value);
	}
	if ((*value = value_of(text, "PresharedKey"))) {
		peer->bits |= PEER_HAS_PRESHARED_KEY;
		return value_key(&p->value, peer->preshared_key, *value, true);
	}
	if (p->dev->quick && (*value = value_of(text, "Name"))) {
		p->value.at = 0;
		return quick_name(peer, p->line.raw, p->value.err);
	}
	unrecognized(p);
	return false;
}

static void begin_interface(struct parser *p)
{
	struct quick *quick = p->dev->quick;

	p->section = SECTION_INTERFACE;
	if (quick && ++quick->interfaces == 2)
		quick->interface_again = p->line.number;
}

static bool begin_peer(struct parser *p)
{
	struct peer *peer = device_add_peer(p->dev);
	size_t i;

	p->section = SECTION_PEER;
	for (i = 0; i < N_ONCE; i++)
		if (once[i].section == SECTION_PEER)
			p->said[i] = 0;
	if (!peer) {
		fprintf(p->value.err, "calloc: %s\n", strerror(ENOMEM));
		return false;
	}
	peer->bits = PEER_REPLACE_IPS;
	peer->line = p->line.number;
	return true;
}

static bool parse_line(struct parser *p, struct conf_place *place)
{
	const char *text = p->line.text, *value = NULL;
	bool ok = true;
	size_t at;

	if (!*text) {
		if (p->section == SECTION_PEER && p->dev->quick)
			quick_comment(&p->dev->peers[p->dev->n_peers - 1], p->line.raw);
		else if (p->section == SECTION_INTERFACE && p->dev->quick)
			quick_interface_comment(p->dev->quick, p->line.raw);
		return true;
	}
	if (!strcasecmp(text, "[Interface]")) {
		begin_interface(p);
	} else if (!strcasecmp(text, "[Peer]")) {
		ok = begin_peer(p);
	} else if (said_twice(p)) {
		ok = false;
	} else if (p->section == SECTION_INTERFACE) {
		ok = interface_line(p, &value);
	} else if (p->section == SECTION_PEER) {
		ok = peer_line(p, &p->dev->peers[p->dev->n_peers - 1], &value);
	} else {
		unrecognized(p);
		ok = false;
	}
	if (!ok) {
		at = value ? value - text + p->value.at : 0;
		place->line = p->line.number;
		place->column = p->line.columns[at];
		place->quick_key = p->quick_key;
	}
	return ok;
}

static enum conf_result check_peers(const struct device *dev, FILE *err,
				    struct conf_place *place)
{
	size_t i;

	for (i = 0; i < dev->n_peers; i++) {
		if (dev->peers[i].bits & PEER_HAS_PUBLIC_KEY)
			continue;
		fputs("A peer is missing a public key\n", err);
		place->line = dev->peers[i].line;
		place->column = 1;
		return CONF_INCOMPLETE;
	}
	return CONF_OK;
}

enum conf_result conf_parse_file(struct device *dev, FILE *in, enum conf_mode mode,
				 const struct resolver *resolver, FILE *err,
				 struct conf_place *place)
{
	struct parser p = {
		.dev = dev,
		.value = { .resolver = resolver, .err = err },
	};
	enum conf_result result = CONF_OK;
	int got;

	if (mode == CONF_REPLACE)
		dev->bits |= DEVICE_REPLACE_PEERS | DEVICE_HAS_PRIVATE_KEY |
			     DEVICE_HAS_LISTEN_PORT | DEVICE_HAS_FWMARK;
	if (mode == CONF_REPLACE && dev->bits & DEVICE_TAKES_FORWARDS)
		dev->bits |= DEVICE_HAS_ANSWER;

	/* wg refuses a line that begins with a byte order mark. */
	if (dev->bits & DEVICE_TAKES_FORWARDS)
		text_skip_bom(in);
	while ((got = line_read(&p.line, in)) > 0) {
		line_strip(&p.line);
		if (!parse_line(&p, place)) {
			result = CONF_SYNTAX;
			break;
		}
	}
	line_destroy(&p.line);
	if (got < 0 || (got == 0 && ferror(in))) {
		fprintf(err, "getc: %s\n", strerror(got < 0 ? ENOMEM : errno));
		return CONF_READ;
	}
	return result == CONF_OK ? check_peers(dev, err, place) : result;
}
