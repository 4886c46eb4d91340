// SPDX-License-Identifier: GPL-2.0
/*
 * The tool's two grammars. A text that is accepted reads the same after it was
 * written again. A text that is refused gives a message without a secret.
 */
#include <arpa/inet.h>
#include <ctype.h>

#define FUZZ_TOOL
#include "fuzz.h"
#include "same.h"

#include "conf/conf.h"
#include "conf/conf_args.h"
#include "conf/quick_conf.h"
#include "lib/text.h"
#include "cmds/show.h"

/* Part of JSON, which nobody asks for here. */
void show_json_forwards(const struct device *dev)
{
	must(!dev);
}

static bool number(uint16_t *port, const char *text, FILE *err)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (!*text || *end || n < 0 || n > UINT16_MAX) {
		fprintf(err, "no port\n");
		return false;
	}
	*port = n;
	return true;
}

/* Nobody is asked for names here. */
static bool address(union endpoint *to, const char *host, const char *service,
		    const char *whole, FILE *err)
{
	uint16_t port;

	memset(to, 0, sizeof(*to));
	if (!number(&port, service, err))
		return false;
	if (inet_pton(AF_INET, host, &to->addr4.sin_addr) == 1) {
		to->addr4.sin_family = AF_INET;
		to->addr4.sin_port = htons(port);
		return true;
	}
	if (inet_pton(AF_INET6, host, &to->addr6.sin6_addr) == 1) {
		to->addr6.sin6_family = AF_INET6;
		to->addr6.sin6_port = htons(port);
		return true;
	}
	fprintf(err, "no address: %s\n", text_shown(whole));
	return false;
}

static const struct resolver resolver = { .port = number, .endpoint = address };

static enum conf_result parse(struct device *dev, const char *text, size_t len,
			      char **said, struct conf_place *place)
{
	FILE *in = len ? fmemopen((void *)text, len, "r") : fopen("/dev/null", "r");
	enum conf_result result;
	size_t said_len;
	FILE *err;

	err = open_memstream(said, &said_len);
	must(in && err);
	result = conf_parse_file(dev, in, CONF_REPLACE, &resolver, err, place);
	fclose(in);
	fclose(err);
	return result;
}

#define KEY_RUN		43	/* base64 characters of a key, without its sign at the end */
#define PIECE		20	/* a shorter text may stand in a message by chance */

/* Line @number as a complaint may have it: white space and comment are gone. */
static void line_of(char *to, size_t room, const char *text, size_t len, unsigned int number)
{
	const char *end = text + len, *p = text;
	bool spaced;
	size_t n = 0;

	while (--number && p) {
		p = memchr(p, '\n', end - p);
		p = p ? p + 1 : NULL;
	}
	for (; p && p < end && *p && *p != '\n' && *p != '#'; p++) {
		/* but the words of a forward stay words */
		spaced = n >= 8 && !strncasecmp(to, "forward=", 8);
		if ((spaced || !isspace((unsigned char)*p)) && n < room - 1)
			to[n++] = *p;
	}
	to[n] = '\0';
}

/* A private or preshared key, or what could be a piece of one. */
static void no_secret(const char *line, const char *said)
{
	static const char base64[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char * const names[] = {
		"privatekey=", "presharedkey=", "publickey=",
	};
	char piece[PIECE + 1], key[KEY_RUN + 1];
	const char *whole = line;
	size_t run, at, i;

	for (i = 0; i < 3; i++) {
		at = strlen(names[i]);
		must(strncasecmp(line, names[i], at) || strlen(line + at) < PIECE ||
		     !strstr(said, line + at));
	}
	for (; *line; line += run ? run : 1) {
		run = strspn(line, base64);
		for (at = 0; at + KEY_RUN <= run; at++) {
			memcpy(key, line + at, KEY_RUN);
			key[KEY_RUN] = '\0';
			must(!strstr(said, key));
		}
		for (at = 0; run >= KEY_RUN && at + PIECE <= run; at++) {
			memcpy(piece, line + at, PIECE);
			piece[PIECE] = '\0';
			/* text that stands elsewhere as well may be quoted from there */
			must(strstr(strstr(whole, piece) + 1, piece) || !strstr(said, piece));
		}
	}
}

static bool plain(const struct device *dev)
{
	size_t i, j;

	for (i = 0; i < dev->n_peers; i++)
		for (j = 0; j < dev->peers[i].n_ips; j++)
			if (dev->peers[i].ips[j].remove)
				return false;
	return true;
}

static void same(const struct device *a, const struct device *b)
{
	size_t i;

	same_device(a, b);
	must(a->n_forwards == b->n_forwards);
	for (i = 0; i < a->n_forwards; i++)
		must(!memcmp(&a->forwards[i], &b->forwards[i], sizeof(*a->forwards)));
}

static void again(const struct device *dev)
{
	char *text = NULL, *said = NULL;
	struct conf_place place;
	struct device copy;
	FILE *was = stdout;
	size_t len;

	stdout = open_memstream(&text, &len);
	show_conf(dev);
	fclose(stdout);
	stdout = was;
	device_init(&copy, "");
	copy.bits = DEVICE_TAKES_FORWARDS;
	must(parse(&copy, text, len, &said, &place) == CONF_OK);
	same(dev, &copy);
	device_destroy(&copy);
	free(said);
	free(text);
}

static void file(const char *text, size_t len, bool with_quick)
{
	struct conf_place place = { 0 };
	struct quick quick = { 0 };
	enum conf_result result;
	char line[1025];
	struct device dev;
	char *said = NULL;

	device_init(&dev, "");
	dev.bits = DEVICE_TAKES_FORWARDS;
	if (with_quick)
		dev.quick = &quick;
	result = parse(&dev, text, len, &said, &place);
	must(result == CONF_OK || *said);
	if (result == CONF_SYNTAX || result == CONF_INCOMPLETE) {
		must(place.line > 0 && place.column > 0);
		line_of(line, sizeof(line), text, len, place.line);
		no_secret(line, said);
	}
	if (result == CONF_OK && !with_quick && plain(&dev))
		again(&dev);
	if (with_quick)
		quick_destroy(&quick);
	dev.quick = NULL;
	device_destroy(&dev);
	free(said);
}

static void words(char *text, size_t len)
{
	char *argv[32], *said = NULL;
	struct device dev;
	size_t said_len;
	int argc = 0;
	FILE *err;
	bool ok;

	text[len] = '\0';
	for (char *word = strtok(text, "\n"); word && argc < 32;
	     word = strtok(NULL, "\n")) {
		/* no file but this one is read */
		if (argc && strstr(argv[argc - 1], "-key"))
			word = "/dev/null";
		argv[argc++] = word;
	}
	err = open_memstream(&said, &said_len);
	device_init(&dev, "");
	ok = conf_parse_args(&dev, argc, argv, &resolver, err);
	fclose(err);
	must(ok || *said);
	device_destroy(&dev);
	free(said);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	switch (*data % 3) {
	case 0:
		file(text, size - 1, false);
		break;
	case 1:
		file(text, size - 1, true);
		break;
	default:
		words(text, size - 1);
		break;
	}
	free(text);
	return 0;
}
