// SPDX-License-Identifier: GPL-2.0
/* Prints the first line and the header of an answer of HTTP/1.1. */

#include <inttypes.h>
#include <time.h>

#include "metrics/answer.h"
#include "metrics/style.h"

const char *answer_phrase(enum http_status status)
{
	static const struct {
		enum http_status status;
		const char *phrase;
	} phrases[] = {
		{ HTTP_OK, "OK" },
		{ HTTP_BAD_REQUEST, "Bad Request" },
		{ HTTP_NOT_FOUND, "Not Found" },
		{ HTTP_BAD_METHOD, "Method Not Allowed" },
		{ HTTP_TIMEOUT, "Request Timeout" },
		{ HTTP_BODY_TOO_LARGE, "Content Too Large" },
		{ HTTP_TARGET_TOO_LONG, "URI Too Long" },
		{ HTTP_MISDIRECTED, "Misdirected Request" },
		{ HTTP_HEADER_TOO_LARGE, "Request Header Fields Too Large" },
		{ HTTP_BUSY, "Service Unavailable" },
		{ HTTP_BAD_VERSION, "HTTP Version Not Supported" },
	};
	size_t i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Internal Server Error";
}

/* Names of days and months are in English, whatever the locale. */
static void put_date(FILE *out)
{
	time_t now = time(NULL);
	char text[64];
	struct tm tm;

	if (gmtime_r(&now, &tm) && strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm))
		fprintf(out, "Date: %s\r\n", text);
}

/* Scripts, frames and requests to other hosts are forbidden, if a name ever held HTML. */
static void put_policy(FILE *out)
{
	char source[STYLE_SOURCE_LEN];

	style_source(source);
	fprintf(out,
		"Content-Security-Policy: default-src 'none'; style-src %s; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
		"X-Content-Type-Options: nosniff\r\n"
		"Referrer-Policy: no-referrer\r\n"
		"Cache-Control: no-store\r\n", source);
}

void answer_head(FILE *out, enum http_status status, const char *type, uint64_t length)
{
	fprintf(out, "HTTP/1.1 %d %s\r\n", status, answer_phrase(status));
	put_date(out);
	fprintf(out, "Content-Type: %s\r\nContent-Length: %" PRIu64 "\r\n", type, length);
	if (status == HTTP_BAD_METHOD)
		fputs("Allow: GET, HEAD\r\n", out);
	if (status == HTTP_BUSY)
		fputs("Retry-After: 5\r\n", out);
	put_policy(out);
	fputs("Connection: close\r\n\r\n", out);
}
