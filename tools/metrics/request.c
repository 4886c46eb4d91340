// SPDX-License-Identifier: GPL-2.0
/* Parses a request of HTTP/1.0 or HTTP/1.1. It may be any bytes. */

#include <string.h>
#include <strings.h>

#include "metrics/request.h"

/* A part of the request: there is no copy of it. */
struct part {
	const char *text;
	size_t len;
};

static bool is(struct part part, const char *word)
{
	return part.len == strlen(word) && !memcmp(part.text, word, part.len);
}

static bool is_header(struct part part, const char *word)
{
	return part.len == strlen(word) && !strncasecmp(part.text, word, part.len);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_token(struct part part)
{
	size_t i;

	for (i = 0; i < part.len; i++) {
		char c = part.text[i];

		if (!is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') &&
		    !(c && strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return part.len;
}

/* Takes the part before @end, and moves @rest behind it; false: @end is not there. */
static bool cut(struct part *part, struct part *rest, char end)
{
	const char *hit = memchr(rest->text, end, rest->len);

	if (!hit)
		return false;
	part->text = rest->text;
	part->len = hit - rest->text;
	rest->text = hit + 1;
	rest->len -= part->len + 1;
	return true;
}

/* A line ends with CR LF, or with LF alone. */
static bool cut_line(struct part *line, struct part *rest)
{
	if (!cut(line, rest, '\n'))
		return false;
	if (line->len && line->text[line->len - 1] == '\r')
		line->len--;
	return true;
}

static struct part trimmed(struct part part)
{
	while (part.len && strchr(" \t", *part.text)) {
		part.text++;
		part.len--;
	}
	while (part.len && strchr(" \t", part.text[part.len - 1]))
		part.len--;
	return part;
}

/* The target is a path, or http://HOST and a path, as proxies send it. */
static enum http_status parse_target(struct request *request, struct part target)
{
	struct part path, host, scheme = { target.text, sizeof("http://") - 1 };
	size_t i;

	for (i = 0; i < target.len; i++)
		if (target.text[i] <= ' ' || target.text[i] >= 0x7f)
			return HTTP_BAD_REQUEST;
	if (target.len > scheme.len && is_header(scheme, "http://")) {
		target.text += scheme.len;
		target.len -= scheme.len;
		if (!cut(&host, &target, '/'))
			target.len = 0;
		/* The path begins with the slash. */
		target.text--;
		target.len++;
		if (target.len == 1)
			target.text = "/";
	}
	if (!target.len || *target.text != '/')
		return HTTP_BAD_REQUEST;
	if (cut(&path, &target, '?'))
		request->still = is(target, "still");
	else
		path = target;
	request->metrics = is(path, "/metrics");
	return request->metrics || is(path, "/") ? HTTP_OK : HTTP_NOT_FOUND;
}

static enum http_status parse_version(struct part version, bool *needs_host)
{
	const char *p = version.text;

	if (version.len != sizeof("HTTP/1.1") - 1 || memcmp(p, "HTTP/", 5) ||
	    !is_digit(p[5]) || p[6] != '.' || !is_digit(p[7]))
		return HTTP_BAD_REQUEST;
	*needs_host = p[7] != '0';
	return p[5] == '1' ? HTTP_OK : HTTP_BAD_VERSION;
}

static enum http_status parse_first_line(struct request *request, struct part line,
					 bool *needs_host)
{
	enum http_status status, path;
	struct part method, target;

	if (!cut(&method, &line, ' ') || !is_token(method) || !cut(&target, &line, ' '))
		return HTTP_BAD_REQUEST;
	status = parse_version(line, needs_host);
	if (status != HTTP_OK)
		return status;
	request->head = is(method, "HEAD");
	if (is(target, "*"))
		return HTTP_BAD_METHOD;
	path = parse_target(request, target);
	if (path != HTTP_OK)
		return path;
	return request->head || is(method, "GET") ? HTTP_OK : HTTP_BAD_METHOD;
}

/* A length is only digits; that of a request without a body is 0. */
static enum http_status parse_length(struct part value)
{
	bool zero = true;
	size_t i;

	for (i = 0; i < value.len; i++) {
		if (!is_digit(value.text[i]))
			return HTTP_BAD_REQUEST;
		zero &= value.text[i] == '0';
	}
	return !value.len ? HTTP_BAD_REQUEST : zero ? HTTP_OK : HTTP_BODY_TOO_LARGE;
}

static void take_host(struct request *request, struct part value)
{
	const char *end;

	value = trimmed(value);
	/* An address of IPv6 stands in brackets, and has colons. */
	end = value.len && *value.text == '[' ? memchr(value.text, ']', value.len) : NULL;
	if (end)
		value.len = end - value.text + 1;
	else if ((end = memchr(value.text, ':', value.len)))
		value.len = end - value.text;
	if (value.len >= sizeof(request->host))
		value.len = sizeof(request->host) - 1;
	memcpy(request->host, value.text, value.len);
	request->host[value.len] = '\0';
}

static enum http_status parse_header(struct request *request, struct part line,
				     unsigned int *hosts)
{
	struct part name;

	/* A line that begins with a space continued the one before in old versions. */
	if (!cut(&name, &line, ':') || !is_token(name))
		return HTTP_BAD_REQUEST;
	if (memchr(line.text, '\0', line.len) || memchr(line.text, '\r', line.len))
		return HTTP_BAD_REQUEST;
	if (is_header(name, "host")) {
		take_host(request, line);
		++*hosts;
	}
	if (is_header(name, "content-length"))
		return parse_length(trimmed(line));
	if (is_header(name, "transfer-encoding"))
		return HTTP_BODY_TOO_LARGE;
	return HTTP_OK;
}

/* @rest has whole lines, up to the empty one. */
static enum http_status parse_lines(struct request *request, struct part rest)
{
	enum http_status status, found;
	unsigned int hosts = 0;
	bool needs_host;
	struct part line;

	cut_line(&line, &rest);
	status = parse_first_line(request, line, &needs_host);
	if (status == HTTP_BAD_REQUEST || status == HTTP_BAD_VERSION)
		return status;
	while (cut_line(&line, &rest) && line.len) {
		found = parse_header(request, line, &hosts);
		if (found == HTTP_BAD_REQUEST || status == HTTP_OK)
			status = found;
		if (status == HTTP_BAD_REQUEST)
			return status;
	}
	return hosts > 1 || (needs_host && !hosts) ? HTTP_BAD_REQUEST : status;
}

/* Whether the lines of @rest reach the empty one. */
static bool is_complete(struct part rest)
{
	struct part line;

	while (cut_line(&line, &rest))
		if (!line.len)
			return true;
	return false;
}

enum http_status request_parse(struct request *request, const char *bytes, size_t len)
{
	struct part line, rest = { bytes, len }, next = rest;

	memset(request, 0, sizeof(*request));
	/* Some clients send an empty line before the request. */
	while (cut_line(&line, &next) && !line.len)
		rest = next;
	if (is_complete(rest))
		return parse_lines(request, rest);
	if (len < REQUEST_MAX)
		return HTTP_INCOMPLETE;
	return cut_line(&line, &rest) ? HTTP_HEADER_TOO_LARGE : HTTP_TARGET_TOO_LONG;
}
