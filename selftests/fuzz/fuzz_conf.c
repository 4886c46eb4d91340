// SPDX-License-Identifier: GPL-2.0
/*
 * The tool's two grammars. What is taken reads the same once it was written
 * again; what is refused is said to be, without saying a secret.
 */
#include <arpa/inet.h>
#include <ctype.h>

#define FUZZ_TOOL
#include "fuzz.h"
#include "same.h"

#include "conf.h"
#include "prog.h"
#include "quick/quick.h"
#include "show.h"

const char *prog_name = "fuzz_conf";
bool prog_as_wg;

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
	fprintf(err, "no address: %s\n", whole);
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

/* The value of a secret that line @number of a file has, or the empty text. */
static void secret_of(char *to, size_t room, const char *text, size_t len,
		      unsigned int number)
{
	static const char * const names[] = { "privatekey=", "presharedkey=" };
	const char *end = text + len, *p = text;
	size_t n = 0, i;

	*to = '\0';
	while (--number && p) {
		p = memchr(p, '\n', end - p);
		p = p ? p + 1 : NULL;
	}
	for (; p && p < end && *p && *p != '\n' && *p != '#'; p++)
		if (!isspace((unsigned char)*p) && n < room - 1)
			to[n++] = *p;
	to[n] = '\0';
	for (i = 0; i < 2; i++) {
		size_t name = strlen(names[i]);

		if (!strncasecmp(to, names[i], name)) {
			memmove(to, to + name, n - name + 1);
			return;
		}
	}
	*to = '\0';
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
	char secret[1024];
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
		secret_of(secret, sizeof(secret), text, len, place.line);
		/* what is shorter may stand in the complaint by chance */
		must(strlen(secret) < 20 || !strstr(said, secret));
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
