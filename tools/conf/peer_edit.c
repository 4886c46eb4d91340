// SPDX-License-Identifier: GPL-2.0
/* Changes one peer in the text of a configuration file, and leaves the rest as written. */

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "conf/peer_edit.h"
#include "conf/quick_conf.h"
#include "lib/age.h"
#include "lib/keys.h"

#define KEY_NAME_LEN	32

/* A line of the text, without its end. */
struct line {
	const char *at;
	size_t len;
};

static bool next_line(const char **text, struct line *line)
{
	if (!**text)
		return false;
	line->at = *text;
	line->len = strcspn(*text, "\n");
	*text += line->len + ((*text)[line->len] == '\n');
	return true;
}

static void put(FILE *out, const struct line *line)
{
	fwrite(line->at, 1, line->len, out);
	putc('\n', out);
}

/* The key of a line in @name, without white space, as the parser sees it; "" for none. */
static void key_of(const struct line *line, char name[static KEY_NAME_LEN])
{
	size_t i, n = 0;

	for (i = 0; i < line->len && line->at[i] != '#' && line->at[i] != '='; i++)
		if (!isspace((unsigned char)line->at[i]) && n + 1 < KEY_NAME_LEN)
			name[n++] = line->at[i];
	name[n] = '\0';
}

static bool has_key(const struct line *line, const char *key)
{
	char name[KEY_NAME_LEN];

	key_of(line, name);
	return !strcasecmp(name, key) && memchr(line->at, '=', line->len);
}

static bool is_section(const struct line *line)
{
	char name[KEY_NAME_LEN];

	key_of(line, name);
	return !strcasecmp(name, "[Peer]") || !strcasecmp(name, "[Interface]");
}

static bool is_blank(const struct line *line)
{
	size_t i;

	for (i = 0; i < line->len; i++)
		if (!isspace((unsigned char)line->at[i]))
			return false;
	return true;
}

/* Reads a comment for people or programs; @peer stays empty if it is for people. */
static void read_comment(const struct line *line, struct peer *peer)
{
	char text[256];

	memset(peer, 0, sizeof(*peer));
	if (line->len >= sizeof(text))
		return;
	memcpy(text, line->at, line->len);
	text[line->len] = '\0';
	if (text[strspn(text, " \t")] == '#')
		quick_comment(peer, text);
}

static bool is_name(const struct line *line)
{
	struct peer peer;

	read_comment(line, &peer);
	return peer.name[0];
}

static bool is_created(const struct line *line)
{
	struct peer peer;

	read_comment(line, &peer);
	return peer.created || peer.created_wrong;
}

/* Whether the line is a comment that tells a program nothing, so it is for people. */
static bool is_remark(const struct line *line)
{
	struct peer peer;

	read_comment(line, &peer);
	return line->len && line->at[strspn(line->at, " \t")] == '#' && !peer.name[0] &&
	       !peer.created && !peer.created_wrong && !peer.may_be_all;
}

/* The section, from its header to the header of the next one or the end. */
struct section {
	const char *begin, *body, *end;
	bool last;
};

static bool find(const char *text, unsigned int number, struct section *section)
{
	struct line line;
	unsigned int n = 0;

	memset(section, 0, sizeof(*section));
	while (next_line(&text, &line)) {
		n++;
		if (section->body && is_section(&line)) {
			section->end = line.at;
			return true;
		}
		if (n == number) {
			section->begin = line.at;
			section->body = text;
		}
	}
	section->end = text;
	section->last = true;
	return section->body;
}

/* The start of the line before @at, which is not the first one. */
static const char *line_before(const char *text, const char *at)
{
	for (at--; at > text && at[-1] != '\n'; at--)
		;
	return at;
}

/* Goes back over the lines before @at for which @is returns true. */
static const char *back_over(const char *text, const char *at,
			     bool (*is)(const struct line *line))
{
	const char *before, *p;
	struct line line = { NULL };

	while (at > text) {
		before = line_before(text, at);
		p = before;
		next_line(&p, &line);
		if (!is(&line))
			break;
		at = before;
	}
	return at;
}

/*
 * Remarks directly above a section are about it, so those of this peer go and those of the
 * next one stay.
 */
static void widen(const char *text, struct section *section)
{
	const char *begin = back_over(text, section->begin, is_remark);

	/* Without an empty line above, a remark may be about the section before. */
	if (begin == text || back_over(text, begin, is_blank) != begin)
		section->begin = begin;
	if (section->last)
		section->begin = back_over(text, section->begin, is_blank);
	else
		section->end = back_over(section->body, section->end, is_remark);
}

static void put_key(FILE *out, const char *name, const uint8_t key[static KEY_LEN])
{
	char text[KEY_TEXT_LEN];

	key_to_text(text, key);
	fprintf(out, "%s = %s\n", name, text);
	explicit_bzero(text, sizeof(text));
}

/* The lines that are new or replace others. Returns false to keep @line. */
static bool edit_line(FILE *out, const struct line *line, const struct peer_edit *edit,
		      bool *named)
{
	size_t head;

	if (edit->created && is_created(line))
		return true;
	if (edit->name && !*named && (has_key(line, "Name") || is_name(line))) {
		*named = true;
		head = (const char *)memchr(line->at, '=', line->len) - line->at + 1;
		fwrite(line->at, 1, head, out);
		fprintf(out, " %s\n", edit->name);
		return true;
	}
	if (edit->public_key && has_key(line, "PublicKey")) {
		put_key(out, "PublicKey", edit->public_key);
		if (edit->preshared_key)
			put_key(out, "PresharedKey", edit->preshared_key);
		return true;
	}
	return edit->public_key && has_key(line, "PresharedKey");
}

/* A line "Name" counts more than a comment, wherever it is. */
static bool says_name(const struct section *section, bool comment)
{
	const char *p = section->body;
	struct line line;

	while (p < section->end && next_line(&p, &line))
		if (comment ? is_name(&line) : has_key(&line, "Name"))
			return true;
	return false;
}

static void edit_section(FILE *out, const struct section *section, const struct peer_edit *edit)
{
	bool by_line = says_name(section, false), named = false;
	const char *p = section->begin;
	char text[CREATED_TEXT_LEN];
	struct line line = { NULL };

	next_line(&p, &line);
	put(out, &line);
	if (edit->name && !by_line && !says_name(section, true)) {
		fprintf(out, "Name = %s\n", edit->name);
		named = true;
	}
	if (edit->created)
		fprintf(out, "# Created = %s\n", created_text(text, edit->created));
	while (p < section->end && next_line(&p, &line)) {
		/* A comment with a name has no effect beside a line with one. */
		if (by_line && is_name(&line))
			put(out, &line);
		else if (!edit_line(out, &line, edit, &named))
			put(out, &line);
	}
}

/* Copies lines; a forward that names the old key gets the new one. */
static void copy(FILE *out, const char *from, const char *to, const struct peer_edit *edit)
{
	char old[KEY_TEXT_LEN], new[KEY_TEXT_LEN];
	const char *hit;
	struct line line;

	if (edit->public_key) {
		key_to_text(old, edit->old_key);
		key_to_text(new, edit->public_key);
	}
	while (from < to && next_line(&from, &line)) {
		hit = edit->public_key && has_key(&line, "Forward") ?
		      memmem(line.at, line.len, old, KEY_TEXT_CHARS) : NULL;
		if (hit)
			fprintf(out, "%.*s%s%.*s\n", (int)(hit - line.at), line.at, new,
				(int)(line.at + line.len - hit - KEY_TEXT_CHARS),
				hit + KEY_TEXT_CHARS);
		else
			put(out, &line);
	}
}

bool peer_edit(FILE *out, const char *text, const struct peer_edit *edit)
{
	const char *end = text + strlen(text);
	struct section section;

	if (!find(text, edit->line, &section))
		return false;
	if (edit->remove)
		widen(text, &section);
	copy(out, text, section.begin, edit);
	if (!edit->remove)
		edit_section(out, &section, edit);
	copy(out, section.end, end, edit);
	return true;
}
