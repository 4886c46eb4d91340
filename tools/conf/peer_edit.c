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

static bool is_comment(const struct line *line)
{
	size_t blanks = 0;

	while (blanks < line->len && isblank((unsigned char)line->at[blanks]))
		blanks++;
	return blanks < line->len && line->at[blanks] == '#';
}

/* Whether the line is the header of a section that was commented out. */
static bool is_retired(const struct line *line)
{
	size_t i = 0;

	while (i < line->len && (isblank((unsigned char)line->at[i]) || line->at[i] == '#'))
		i++;
	return is_comment(line) && i < line->len && line->at[i] == '[';
}

/* The section, from its header to the header of the next one or the end. */
struct section {
	const char *begin, *body, *end;
	bool last;
};

static bool find(const char *text, unsigned int number, struct section *section)
{
	struct line line = { NULL };
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

/* Whether a section between these places was commented out. */
static bool have_retired(const char *from, const char *to)
{
	struct line line = { NULL };

	while (from < to && next_line(&from, &line))
		if (is_retired(&line))
			return true;
	return false;
}

/*
 * Remarks directly above a section are about it, so those of this peer go and those of the
 * next one stay.
 */
static void widen(const char *text, struct section *section)
{
	const char *begin = back_over(text, section->begin, is_remark);

	/* Without an empty line above, a remark may be about the section before. */
	if ((begin == text || back_over(text, begin, is_blank) != begin) &&
	    !have_retired(begin, section->begin))
		section->begin = begin;
	if (!section->last)
		section->end = back_over(section->body, section->end, is_remark);
	else if (!have_retired(section->body, section->end))
		section->begin = back_over(text, section->begin, is_blank);
}

/* Sections that were commented out stay, each with the remarks above it. */
static void keep_retired(FILE *out, const struct section *section)
{
	const char *p = section->body, *at, *q;
	bool inside = false;
	struct line line = { NULL };

	while (p < section->end) {
		at = p;
		next_line(&p, &line);
		if (!inside && is_retired(&line)) {
			inside = true;
			for (q = back_over(section->body, at, is_remark); q < p;) {
				next_line(&q, &line);
				put(out, &line);
			}
		} else if (inside) {
			inside = is_comment(&line);
			if (inside || is_blank(&line))
				put(out, &line);
		}
	}
}

/* The comment of a line, with the blanks before it; an empty one if there is none. */
static struct line comment_of(const struct line *line, const char *from)
{
	const char *end = line->at + line->len, *hash;

	hash = memchr(from, '#', end - from);
	if (!hash)
		return (struct line){ end, 0 };
	while (hash > from && isblank((unsigned char)hash[-1]))
		hash--;
	return (struct line){ hash, end - hash };
}

static void put_key(FILE *out, const char *name, const uint8_t key[static KEY_LEN],
		    struct line comment)
{
	char text[KEY_TEXT_LEN];

	key_to_text(text, key);
	fprintf(out, "%s = %s", name, text);
	put(out, &comment);
	explicit_bzero(text, sizeof(text));
}

static void put_name(FILE *out, const struct line *line, const char *name)
{
	const char *value = (const char *)memchr(line->at, '=', line->len) + 1;
	struct line comment = comment_of(line, value);

	fwrite(line->at, 1, value - line->at, out);
	fprintf(out, " %s", name);
	put(out, &comment);
}

/* The new preshared key stands behind the public key; the comment of the old one stays. */
static void drop_preshared(FILE *out, const struct line *line)
{
	struct line comment = comment_of(line, line->at);

	while (comment.len && isblank((unsigned char)*comment.at)) {
		comment.at++;
		comment.len--;
	}
	if (comment.len)
		put(out, &comment);
}

/* The lines that are new or replace others. Returns false to keep @line. */
static bool edit_line(FILE *out, const struct line *line, const struct peer_edit *edit,
		      bool *named)
{
	struct line none = { "", 0 };

	if (edit->created && is_created(line))
		return true;
	if (edit->name && !*named && (has_key(line, "Name") || is_name(line))) {
		*named = true;
		put_name(out, line, edit->name);
		return true;
	}
	if (!edit->public_key)
		return false;
	if (has_key(line, "PublicKey")) {
		put_key(out, "PublicKey", edit->public_key, comment_of(line, line->at));
		if (edit->preshared_key)
			put_key(out, "PresharedKey", edit->preshared_key, none);
		return true;
	}
	if (!has_key(line, "PresharedKey"))
		return false;
	drop_preshared(out, line);
	return true;
}

/* A line "Name" counts more than a comment, wherever it is. */
static bool says_name(const struct section *section, bool comment)
{
	const char *p = section->body;
	struct line line = { NULL };

	while (p < section->end && next_line(&p, &line))
		if (comment ? is_name(&line) : has_key(&line, "Name"))
			return true;
	return false;
}

/* Other programs refuse a line "Name", so a file without one gets a comment. */
static bool has_names(const char *text)
{
	struct line line = { NULL };

	while (next_line(&text, &line))
		if (has_key(&line, "Name"))
			return true;
	return false;
}

static void edit_section(FILE *out, const char *all, const struct section *section,
			 const struct peer_edit *edit)
{
	bool by_line = says_name(section, false), named = false;
	const char *p = section->begin;
	char text[CREATED_TEXT_LEN];
	struct line line = { NULL };

	next_line(&p, &line);
	put(out, &line);
	if (edit->name && !by_line && !says_name(section, true)) {
		fprintf(out, "%sName = %s\n", has_names(all) ? "" : "# ", edit->name);
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

/* Where a forward names the old key of the peer, or NULL. */
static const char *names_peer(const struct line *line, const struct peer_edit *edit)
{
	const char *end = memchr(line->at, '#', line->len);
	char old[KEY_TEXT_LEN];

	if (!edit->old_key || !has_key(line, "Forward"))
		return NULL;
	key_to_text(old, edit->old_key);
	return memmem(line->at, end ? (size_t)(end - line->at) : line->len, old, KEY_TEXT_CHARS);
}

/* Copies lines. A forward that names the old key gets the new one, or goes with the peer. */
static void copy(FILE *out, const char *from, const char *to, const struct peer_edit *edit)
{
	char new[KEY_TEXT_LEN];
	const char *hit;
	struct line line = { NULL };

	while (from < to && next_line(&from, &line)) {
		hit = names_peer(&line, edit);
		if (hit && edit->public_key) {
			key_to_text(new, edit->public_key);
			fprintf(out, "%.*s%s%.*s\n", (int)(hit - line.at), line.at, new,
				(int)(line.at + line.len - hit - KEY_TEXT_CHARS),
				hit + KEY_TEXT_CHARS);
		} else if (!hit || !edit->remove) {
			put(out, &line);
		}
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
	if (edit->remove)
		keep_retired(out, &section);
	else
		edit_section(out, text, &section, edit);
	copy(out, section.end, end, edit);
	return true;
}
