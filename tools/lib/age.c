// SPDX-License-Identifier: GPL-2.0
/* Times in files, ages in words, and the state of a peer. */

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/age.h"

#define NS_PER_SEC	UINT64_C(1000000000)
/* The protocol sends an initiation every 5 seconds, and up to a third of a second later. */
#define CALLING		10
/* A session is not used any more after this time. */
#define SESSION_SECONDS	180

/* The days of a month in the Gregorian calendar. */
static unsigned int days_in(unsigned int year, unsigned int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = !(year % 4) && (year % 100 || !(year % 400));

	return days[month - 1] + (month == 2 && leap);
}

bool created_parse(uint64_t *to, const char *text)
{
	unsigned int year, month, day, hour = 0, minute = 0, second = 0;
	struct tm tm = { 0 };
	int len = 0, more = 0;

	while (isspace((unsigned char)*text))
		text++;
	/* sscanf() takes signs and blanks before a number. */
	if (strspn(text, "0123456789-T:Z") < 10 ||
	    sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &len) != 3 || len != 10)
		return false;
	if (text[len] == 'T') {
		if (strspn(text, "0123456789-T:Z") < CREATED_TEXT_LEN - 1 ||
		    sscanf(text + len, "T%2u:%2u:%2uZ%n", &hour, &minute, &second, &more) != 3 ||
		    more != 10)
			return false;
		len += more;
	}
	text += len;
	while (isspace((unsigned char)*text))
		text++;
	if (*text || year < 1970 || !month || month > 12 || !day || day > days_in(year, month) ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = second;
	*to = timegm(&tm);
	return true;
}

const char *created_text(char text[static CREATED_TEXT_LEN], uint64_t when)
{
	time_t t = when;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(text, CREATED_TEXT_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm))
		text[0] = '\0';
	return text;
}

static const struct {
	uint64_t seconds;
	const char *name;
	char letter;
} units[] = {
	{ 24 * 60 * 60, "day", 'd' },
	{ 60 * 60, "hour", 'h' },
	{ 60, "minute", 'm' },
	{ 1, "second", 's' },
};

static size_t unit_of(uint64_t seconds)
{
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && seconds < units[i].seconds)
		i++;
	return i;
}

const char *age_text(char text[static AGE_TEXT_LEN], uint64_t seconds)
{
	size_t i = unit_of(seconds);
	uint64_t n = seconds / units[i].seconds;

	snprintf(text, AGE_TEXT_LEN, "%" PRIu64 " %s%s", n, units[i].name, n == 1 ? "" : "s");
	return text;
}

const char *age_short(char text[static AGE_TEXT_LEN], uint64_t seconds)
{
	size_t i = unit_of(seconds);

	snprintf(text, AGE_TEXT_LEN, "%" PRIu64 "%c", seconds / units[i].seconds,
		 units[i].letter);
	return text;
}

uint64_t age_since(uint64_t then, uint64_t now)
{
	then /= NS_PER_SEC;
	return then > now ? 0 : now - then;
}

const char * const peer_state_names[PEER_STATES] = {
	[PEER_IS_CONNECTED] = "connected",
	[PEER_IS_HANDSHAKING] = "handshaking",
	[PEER_IS_IDLE] = "idle",
	[PEER_IS_NEVER_SEEN] = "never-seen",
};

enum peer_state peer_state(const struct peer *peer, uint64_t now)
{
	if (peer->bits & PEER_CONNECTED)
		return PEER_IS_CONNECTED;
	if (peer->last_tx && age_since(peer->last_tx, now) < CALLING)
		return PEER_IS_HANDSHAKING;
	return peer->last_handshake ? PEER_IS_IDLE : PEER_IS_NEVER_SEEN;
}

uint64_t peer_last_seen(const struct peer *peer)
{
	return peer->last_rx > peer->last_handshake ? peer->last_rx : peer->last_handshake;
}

uint64_t peer_since(const struct peer *peer, uint64_t now)
{
	uint64_t expired = peer->last_handshake + SESSION_SECONDS * NS_PER_SEC;

	switch (peer_state(peer, now)) {
	case PEER_IS_CONNECTED:
		return peer->connected_since;
	case PEER_IS_HANDSHAKING:
		return peer->attempt_since;
	case PEER_IS_IDLE:
		/* The session may have ended early, for example with the link. */
		return expired <= now * NS_PER_SEC ? expired : peer_last_seen(peer);
	default:
		return peer->added;
	}
}
