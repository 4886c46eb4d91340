// SPDX-License-Identifier: GPL-2.0
/* Findings of an audit: errors, warnings, and networks the policy does not allow. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "audit/finding.h"
#include "lib/json.h"
#include "lib/prefix.h"
#include "lib/prog.h"

#define TEXT_LEN	1024	/* longer sentences are cut */

bool audit_is_strict(const struct audit *audit)
{
	return audit->strict || audit->policy->strict;
}

static bool as_json;

void audit_print_json(void)
{
	as_json = true;
}

static void say_json(unsigned int line, const char *severity, const char *text)
{
	json_open(NULL, '{');
	json_string("severity", severity);
	if (line)
		json_number("line", line);
	json_string("text", text);
	json_close('}');
}

__attribute__((format(printf, 4, 0)))
static void say(const struct audit *audit, unsigned int line, const char *severity,
		const char *format, va_list args)
{
	char text[TEXT_LEN];

	vsnprintf(text, sizeof(text), format, args);
	if (as_json) {
		say_json(line, severity, text);
		return;
	}
	fprintf(stderr, "%s: %s", prog_name, audit->file);
	if (line)
		fprintf(stderr, ":%u", line);
	fprintf(stderr, ": %s%s\n", strcmp(severity, "error") ? "warning: " : "", text);
}

void audit_error(struct audit *audit, unsigned int line, const char *format, ...)
{
	va_list args;

	audit->errors++;
	va_start(args, format);
	say(audit, line, "error", format, args);
	va_end(args);
}

void audit_warning(struct audit *audit, unsigned int line, const char *format, ...)
{
	va_list args;

	audit->warnings++;
	if (audit->quiet && !audit_is_strict(audit))
		return;
	va_start(args, format);
	say(audit, line, "warning", format, args);
	va_end(args);
}

void audit_notice(struct audit *audit, unsigned int line, const char *format, ...)
{
	va_list args;

	if (audit->quiet)
		return;
	va_start(args, format);
	say(audit, line, "warning", format, args);
	va_end(args);
}

static bool inside(const struct prefixes *nets, const struct allowed_ip *ip)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		if (prefix_contains(&nets->list[i], ip))
			return true;
	/* A policy that lists only IPv4 networks allows no IPv6 at all. */
	return !nets->n;
}

const struct allowed_ip *audit_meets(const struct prefixes *nets, const struct allowed_ip *ip)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		if (prefix_overlaps(&nets->list[i], ip))
			return &nets->list[i];
	return NULL;
}

void audit_policy(struct audit *audit, unsigned int line, const char *what,
		  const struct allowed_ip *ip, bool in_tunnel)
{
	char text[PREFIX_TEXT_LEN], other[PREFIX_TEXT_LEN];
	const struct allowed_ip *hit;

	if (in_tunnel && !inside(&audit->policy->tunnel, ip))
		audit_error(audit, line, "%s %s is outside TunnelSubnet of the policy", what,
			    prefix_text(text, ip));
	hit = audit_meets(&audit->policy->forbidden, ip);
	if (hit)
		audit_error(audit, line, "%s %s overlaps %s, which ForbidRoutes of the policy forbids",
			    what, prefix_text(text, ip), prefix_text(other, hit));
}
