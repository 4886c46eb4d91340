// SPDX-License-Identifier: GPL-2.0
/* Parses the policy of the administrator. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/policy.h"
#include "lib/prog.h"
#include "lib/text.h"

#define DAY		(24 * 60 * 60)
#define DAYS_MAX	36500

static bool yes_no(bool *to, const char *text)
{
	*to = !strcasecmp(text, "yes") || !strcasecmp(text, "true");
	return *to || !strcasecmp(text, "no") || !strcasecmp(text, "false");
}

static bool networks(struct prefixes *to, char *text)
{
	struct allowed_ip *net;
	char *item;

	while ((item = strsep(&text, ","))) {
		net = prefixes_add(to);
		if (!net || !prefix_parse(net, item))
			return false;
	}
	return true;
}

/* A key that is set twice is an error, as we cannot tell which value is meant. */
static bool repeated(unsigned int *said, unsigned int number, const char *key)
{
	if (!*said) {
		*said = number;
		return false;
	}
	fprintf(stderr, "%s: %s is already set in line %u of the policy: remove one of the two\n",
		prog_name, key, *said);
	return true;
}

struct said {
	/* The line of each key; 0: not read yet. */
	unsigned int require_psk, wildcard, strict, rotate_after;
};

/* A number of days or weeks: 90d, 12w. */
static bool age(uint64_t *to, const char *text)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	n = strtoul(text, &end, 10);
	if (!n || n > DAYS_MAX || !*end || end[1] || !strchr("dw", *end))
		return false;
	*to = n * DAY * (*end == 'w' ? 7 : 1);
	return true;
}

static bool policy_line(struct policy *policy, char *text, struct said *said,
			unsigned int number)
{
	char *value = strchr(text, '=');
	bool yes;

	if (!strcasecmp(text, "[Policy]"))
		return true;
	if (!value)
		return false;
	*value++ = '\0';
	if (!strcasecmp(text, "RequirePresharedKey"))
		return !repeated(&said->require_psk, number, text) &&
		       yes_no(&policy->require_psk, value);
	if (!strcasecmp(text, "Strict"))
		return !repeated(&said->strict, number, text) &&
		       yes_no(&policy->strict, value);
	if (!strcasecmp(text, "RotateAfter"))
		return !repeated(&said->rotate_after, number, text) &&
		       age(&policy->rotate_after, value);
	if (!strcasecmp(text, "AllowWildcard")) {
		if (repeated(&said->wildcard, number, text) || !yes_no(&yes, value))
			return false;
		policy->wildcard = yes ? WILDCARD_YES : WILDCARD_NO;
		return true;
	}
	if (!strcasecmp(text, "TunnelSubnet"))
		return networks(&policy->tunnel, value);
	if (!strcasecmp(text, "ForbidRoutes"))
		return networks(&policy->forbidden, value);
	return false;
}

static void squeeze(char *line)
{
	char *to = line;

	for (; *line && *line != '#'; line++)
		if (!isspace((unsigned char)*line))
			*to++ = *line;
	*to = '\0';
}

/* The kernel would refuse more, but only after the audit. */
static bool few_enough(const struct policy *policy, const char *path)
{
	if (policy->forbidden.n <= FORBIDDEN_MAX)
		return true;
	fprintf(stderr, "%s: %s: ForbidRoutes has %zu networks, but an interface can forbid only %d: join some of them\n",
		prog_name, path, policy->forbidden.n, FORBIDDEN_MAX);
	return false;
}

bool policy_read(struct policy *policy, const char *path)
{
	struct said said = { 0 };
	unsigned int number = 0;
	char line[4096];
	bool ok = true;
	FILE *in;

	memset(policy, 0, sizeof(*policy));
	in = fopen(path ? path : POLICY_PATH, "r");
	if (!in && errno == ENOENT && !path)
		return true;
	if (!in) {
		fprintf(stderr, "%s: cannot open the policy %s: %s\n", prog_name,
			path ? path : POLICY_PATH, strerror(errno));
		return false;
	}
	text_skip_bom(in);
	while (ok && fgets(line, sizeof(line), in)) {
		number++;
		squeeze(line);
		ok = !*line || policy_line(policy, line, &said, number);
	}
	if (!ok)
		fprintf(stderr, "%s: %s:%u: this line is wrong, so nothing is allowed. Lines are RequirePresharedKey = yes|no, AllowWildcard = yes|no, Strict = yes|no, RotateAfter = 90d, TunnelSubnet = NETWORK,... and ForbidRoutes = NETWORK,...\n",
			prog_name, path ? path : POLICY_PATH, number);
	else if (ferror(in))
		ok = false;
	if (ferror(in))
		fprintf(stderr, "%s: cannot read %s\n", prog_name, path ? path : POLICY_PATH);
	fclose(in);
	ok = ok && few_enough(policy, path ? path : POLICY_PATH);
	if (!ok)
		policy_destroy(policy);
	return ok;
}

void policy_destroy(struct policy *policy)
{
	prefixes_destroy(&policy->tunnel);
	prefixes_destroy(&policy->forbidden);
}
