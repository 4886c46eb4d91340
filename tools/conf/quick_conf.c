// SPDX-License-Identifier: GPL-2.0
/* Parses the lines of a configuration file that only naawg-quick and apply know. */

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/quick_conf.h"
#include "lib/age.h"
#include "lib/keys.h"
#include "lib/text.h"
#include "lib/utf8.h"

const char * const hook_names[N_HOOKS] = { "PreUp", "PostUp", "PreDown", "PostDown" };

const char *quick_key(const char *line)
{
	static const char * const keys[] = {
		"Address", "DNS", "MTU", "Table", "SaveConfig", "Kill", "ForwardInterface", "Forward",
		"PreUp", "PostUp", "PreDown", "PostDown", "Name",
	};
	size_t i, len;

	while (isspace((unsigned char)*line))
		line++;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		len = strlen(keys[i]);
		if (!strncasecmp(line, keys[i], len) &&
		    line[len + strspn(line + len, " \t")] == '=')
			return keys[i];
	}
	return NULL;
}

static bool no_memory(FILE *err)
{
	fputs("Out of memory\n", err);
	return false;
}

bool words_add(struct words *words, const char *text, size_t len)
{
	char **moved = realloc(words->list, (words->n + 1) * sizeof(*moved));

	if (!moved)
		return false;
	words->list = moved;
	words->list[words->n] = strndup(text, len);
	if (!words->list[words->n])
		return false;
	words->n++;
	return true;
}

static void words_destroy(struct words *words)
{
	size_t i;

	for (i = 0; i < words->n; i++)
		free(words->list[i]);
	free(words->list);
	memset(words, 0, sizeof(*words));
}

void quick_destroy(struct quick *quick)
{
	size_t i;

	prefixes_destroy(&quick->addresses);
	free(quick->address_lines);
	words_destroy(&quick->dns);
	words_destroy(&quick->search);
	for (i = 0; i < N_HOOKS; i++)
		words_destroy(&quick->hooks[i]);
	memset(quick, 0, sizeof(*quick));
}

/* The text behind the first '=', without surrounding white space. */
static const char *raw_value(const char *raw, size_t *len)
{
	const char *begin = strchr(raw, '=');
	size_t n;

	if (!begin)
		begin = raw + strlen(raw) - 1;
	for (begin++; isspace((unsigned char)*begin); begin++)
		;
	for (n = strlen(begin); n && isspace((unsigned char)begin[n - 1]); n--)
		;
	*len = n;
	return begin;
}

/* Parses 10.8.0.1/255.255.255.0, which ip-address(8) takes as well. */
static bool with_netmask(struct allowed_ip *to, const char *text)
{
	const char *slash = strchr(text, '/');
	struct allowed_ip mask;
	char address[INET_ADDRSTRLEN];
	size_t len = slash ? (size_t)(slash - text) : sizeof(address);
	uint32_t bits;

	if (len >= sizeof(address) || !strchr(slash, '.') || !prefix_parse(&mask, slash + 1) ||
	    mask.family != AF_INET)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	bits = ntohl(mask.ip4.s_addr);
	/* The one bits of a netmask come first, in one run. */
	if (~bits & (~bits + 1) || !prefix_parse(to, address) || to->family != AF_INET)
		return false;
	to->prefix_len = __builtin_popcount(bits);
	return true;
}

static bool address(struct quick *quick, const char *text, const char *shown, FILE *err)
{
	struct allowed_ip *to = prefixes_add(&quick->addresses);
	size_t n = quick->addresses.n;
	unsigned int *lines = realloc(quick->address_lines, n * sizeof(*lines));

	if (lines)
		quick->address_lines = lines;
	if (!to || !lines)
		return no_memory(err);
	lines[n - 1] = quick->line;
	if (prefix_parse(to, text) || with_netmask(to, text))
		return true;
	fprintf(err, "Address is not an IP address with or without /bits: `%s'\n", shown);
	return false;
}

/* Whether this is an address; an IPv6 one may have a %interface. */
static bool is_server(const char *text)
{
	const char *zone = strchr(text, '%');
	char address[INET6_ADDRSTRLEN];
	struct allowed_ip ip;
	size_t len;

	if (strchr(text, '/'))
		return false;
	if (!zone)
		return prefix_parse(&ip, text);
	len = zone - text;
	if (len >= sizeof(address) || !zone[1] || strlen(zone + 1) >= IFNAMSIZ)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	return prefix_parse(&ip, address) && ip.family == AF_INET6;
}

/* "~domain" routes names below it to the servers, and is not a search domain. */
static bool is_domain(const char *text)
{
	const char *name = text + (*text == '~'), *p;

	for (p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(".-_", *p))
			return false;
	/* 10.0.0.256 is a mistyped address, not a name. */
	return p > name && (strspn(name, "0123456789.") != strlen(name) ||
			    (*text == '~' && !strcmp(name, ".")));
}

static bool name_server(struct quick *quick, const char *text, const char *shown, FILE *err)
{
	struct words *to = is_server(text) ? &quick->dns : &quick->search;

	if (to == &quick->search && !is_domain(text)) {
		fprintf(err, "DNS is neither an IP address nor a domain: `%s'\n", shown);
		return false;
	}
	return words_add(to, text, strlen(text)) || no_memory(err);
}

/*
 * Calls a function for each item. Any number of blanks and commas separates items. An
 * error message hides the item if the whole line may hold a key, as the item may be a
 * piece of that key.
 */
static bool each(struct quick *quick, const char *raw, const char *whole, FILE *err,
		 bool (*take)(struct quick *quick, const char *text, const char *shown,
			      FILE *err))
{
	static const char between[] = ", \t\n\v\f\r";
	bool hidden = text_shown(whole) != whole;
	char *copy, *rest, *item;
	size_t len;
	bool ok;

	raw = raw_value(raw, &len);
	copy = strndup(raw, strcspn(raw, "#"));
	ok = copy || no_memory(err);
	for (item = copy ? strtok_r(copy, between, &rest) : NULL; ok && item;
	     item = strtok_r(NULL, between, &rest))
		ok = take(quick, item, hidden ? text_shown(whole) : text_shown(item), err);
	free(copy);
	return ok;
}

static bool number(uint32_t *to, const char *text, int base, unsigned long min,
		   unsigned long max)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	n = strtoul(text, &end, base);
	*to = n;
	return !*end && n >= min && n <= max;
}

/* Finds the number of a routing table by the names that ip-route(8) knows. */
static bool named_table(uint32_t *to, const char *name)
{
	static const char * const files[] = { "/etc/iproute2/rt_tables",
					      "/usr/share/iproute2/rt_tables" };
	char line[256], found[128];
	bool hit = false;
	size_t i;
	FILE *in;

	for (i = 0; i < 2 && !hit; i++) {
		in = fopen(files[i], "r");
		if (!in)
			continue;
		while (!hit && fgets(line, sizeof(line), in))
			hit = sscanf(line, "%u %127s", to, found) == 2 &&
			      !strcmp(found, name);
		fclose(in);
	}
	return hit;
}

static bool table(struct quick *quick, const char *text, FILE *err)
{
	quick->table_kind = TABLE_GIVEN;
	if (!*text || !strcasecmp(text, "auto"))
		quick->table_kind = TABLE_AUTO;
	else if (!strcasecmp(text, "off"))
		quick->table_kind = TABLE_OFF;
	else if (!strcmp(text, "main"))
		quick->table = 254;
	else if (!number(&quick->table, text, 0, 1, UINT32_MAX) &&
		 !named_table(&quick->table, text)) {
		fprintf(err, "Table is auto, off, a number from 1 on or a name of rt_tables, not `%s'\n",
			text_shown(text));
		return false;
	}
	return true;
}

static bool save(struct quick *quick, const char *text, FILE *err)
{
	quick->save = !strcasecmp(text, "true");
	if (quick->save || !strcasecmp(text, "false"))
		return true;
	fprintf(err, "SaveConfig is true or false, not `%s'\n", text_shown(text));
	return false;
}

static bool kill_line(struct quick *quick, const char *text, FILE *err)
{
	quick->kill = !strcasecmp(text, "yes") || !strcasecmp(text, "true");
	if (quick->kill || !strcasecmp(text, "no") || !strcasecmp(text, "false"))
		return true;
	fprintf(err, "Kill is yes or no, not `%s'\n", text_shown(text));
	return false;
}

static bool forward_interface(struct quick *quick, const char *text, FILE *err)
{
	if (strlen(text) < sizeof(quick->forward_interface) && !strchr(text, '/')) {
		strcpy(quick->forward_interface, text);
		return true;
	}
	fprintf(err, "ForwardInterface is no name of an interface: `%s'\n",
		text_shown(text));
	return false;
}

static bool mtu(struct quick *quick, const char *text, FILE *err)
{
	quick->mtu_line = quick->line;
	/* A user who writes 01420 means no octal number. */
	if (!*text || number(&quick->mtu, text, 10, 576, 65535))
		return true;
	fprintf(err, "MTU is a number from 576 to 65535, not `%s'\n", text_shown(text));
	return false;
}

/* The value, which may be empty, if @text has this key; else NULL. */
static const char *after(const char *text, const char *key)
{
	size_t len = strlen(key);

	return strncasecmp(text, key, len) || text[len] != '=' ? NULL : text + len + 1;
}

/* A command may hold any character, '#' included. */
static int hook_line(struct quick *quick, const char *text, const char *raw,
		     const char **value, FILE *err)
{
	const char *command;
	size_t i, len;

	for (i = 0; i < N_HOOKS; i++) {
		*value = after(text, hook_names[i]);
		if (!*value)
			continue;
		command = raw_value(raw, &len);
		/* Programs that write such files leave keys without a command. */
		return !len || words_add(&quick->hooks[i], command, len) || no_memory(err);
	}
	return -1;
}

int quick_line(struct quick *quick, const char *text, const char *raw, const char **value,
	       FILE *err)
{
	if ((*value = after(text, "Address")))
		return each(quick, raw, *value, err, address);
	if ((*value = after(text, "DNS")))
		return each(quick, raw, *value, err, name_server);
	if ((*value = after(text, "MTU")))
		return mtu(quick, *value, err);
	if ((*value = after(text, "Table")))
		return table(quick, *value, err);
	if ((*value = after(text, "SaveConfig")))
		return save(quick, *value, err);
	if ((*value = after(text, "Kill")))
		return kill_line(quick, *value, err);
	if ((*value = after(text, "ForwardInterface")))
		return forward_interface(quick, *value, err);
	return hook_line(quick, text, raw, value, err);
}

bool quick_name(struct peer *peer, const char *raw, FILE *err)
{
	char text[sizeof(peer->name)];
	const char *name, *p;
	size_t len, i;

	name = raw_value(raw, &len);
	for (i = 0; i < len && name[i] != '#'; i++)
		;
	for (len = i; len && isspace((unsigned char)name[len - 1]); len--)
		;
	if (!len || len >= sizeof(peer->name)) {
		fprintf(err, "Name must have 1 to %zu bytes\n", sizeof(peer->name) - 1);
		return false;
	}
	memcpy(text, name, len);
	text[len] = '\0';
	for (p = text; *p;) {
		if (!utf8_is_shown(utf8_next(&p))) {
			fputs("Name has a control character or a mark of direction\n", err);
			return false;
		}
	}
	strcpy(peer->name, text);
	return true;
}

/* The text behind "KEY =" in @text, or NULL. */
static const char *said(const char *text, const char *key)
{
	size_t len = strlen(key);

	if (strncasecmp(text, key, len))
		return NULL;
	text += len + strspn(text + len, " \t");
	return *text == '=' ? text + 1 : NULL;
}

/* A comment is never an error. */
static void comment_name(struct peer *peer, const char *text)
{
	FILE *nowhere = fopen("/dev/null", "w");

	if (!nowhere)
		return;
	quick_name(peer, text, nowhere);
	fclose(nowhere);
}

/* The text of a comment, or NULL if the line holds something else. */
static const char *comment_text(const char *raw)
{
	while (isspace((unsigned char)*raw))
		raw++;
	if (*raw++ != '#')
		return NULL;
	while (isspace((unsigned char)*raw))
		raw++;
	return raw;
}

/* The first time counts, as a program may keep old ones below it. */
static void comment_created(const char *text, uint64_t *created, bool *wrong)
{
	const char *value = said(text, "Created");

	if (value && !*created)
		*wrong = !created_parse(created, value);
}

void quick_interface_comment(struct quick *quick, const char *raw)
{
	const char *p = comment_text(raw);

	if (p)
		comment_created(p, &quick->created, &quick->created_wrong);
}

/* Other programs put names into comments, like "# friendly_name=laptop". */
void quick_comment(struct peer *peer, const char *raw)
{
	const char *p = comment_text(raw), *value;
	char word[4];

	if (!p)
		return;
	if (!peer->name[0] && (said(p, "Name") || said(p, "friendly_name")))
		comment_name(peer, p);
	comment_created(p, &peer->created, &peer->created_wrong);
	value = said(p, "AllowWildcard");
	if (value && sscanf(value, " %3s", word) == 1 && !strcasecmp(word, "yes"))
		peer->may_be_all = true;
}
