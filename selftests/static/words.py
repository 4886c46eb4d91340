#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Plain English: no comment, string or sentence of the documents opens with a free
# relative ("What waits ...", "Who has no cookie ...") or with a genitive in front of
# its noun ("Of a call that ..."), and words that the glossary replaced are gone. Prose
# of the documents wraps at 100 columns and bears no date and no commit id.
#
#   words.py [PATH...]    files and directories, the whole tree by default
#   words.py -a [PATH...] applies the rule to headings as well
#
# Examples of both kinds are at the end; they are checked first.

import ast
import io
import os
import re
import sys
import tokenize

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
ALL = ["module", "tools", "selftests", "docs", "README.md", "Makefile", "Kbuild", "dkms.conf"]
# Written by a generator, or built; and word lists of the fuzzers.
SKIP_DIRS = {".git", "out", "corpus", "__pycache__", "measurements"}
SKIP_FILES = {"module/ctl/netlink_gen.c", "module/ctl/netlink_gen.h",
              "module/uapi/naawg.h", "selftests/static/words.py"}
COLUMNS = 100

# --- the rule -----------------------------------------------------------------

RELATIVE = r"what|whatever|whatsoever|who|whoever|whom|whomever|whose|which|whichever"
# "That" in front of a clause. "That is why" and "That rule" begin with a demonstrative.
CLAUSE = (r"it|the|an?|no|its|they|we|he|she|you|nobody|nothing|none|this|"
          r"these|those|some|all|our|their|his|each|every|any|both|there|many|most|two|"
          r"what|who|such|another|other|naawg|packets|peers|keys|messages|devices")
OPENERS = [
    re.compile(rf"(?:{RELATIVE})(?:'s)? (?=[a-z(`])", re.I),
    re.compile(rf"that (?:{CLAUSE})\b(?! is why)", re.I),
    # In lower case it labels a field: "of the link".
    re.compile(r"Of (?!course\b)(?=[a-z`])"),
    # The same behind a preposition or a conjunction: "To whom", "For what".
    re.compile(r"(?:to|for|by|with|from|in|on) (?:whom|whoever|whatever|what) [a-z]", re.I),
]
SENTENCE_END = re.compile(r"(?<=[.!?])[)\"'”]*\s+(?=[\"'“(*_]*[A-Z])")


def opens_badly(sentence):
    """Whether a sentence opens with a free relative or a genitive."""
    text = sentence.strip().lstrip("\"'“(*_ ")
    if text.rstrip("\"'”)*_ ").endswith("?"):
        return False
    # Labels: the head of a column, "which packet", "What to do:".
    if re.match(r"wh\w+ to ", text, re.I) or text[:1].islower() and len(text.split()) <= 3:
        return False
    return any(rule.match(text) for rule in OPENERS)


# --- prose: lists of (line number, text), one for each paragraph ----------------

def sentences(paragraph):
    """Sentences of a paragraph, each with the line it begins on."""
    text, starts = "", []
    for line, words in paragraph:
        words = words.strip()
        if words:
            starts.append((len(text), line))
            text += words + " "
    at = 0
    for part in SENTENCE_END.split(text):
        at = text.index(part, at)
        if part.strip():
            yield max(line for start, line in starts if start <= at), part.strip()
        at += len(part)


ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
FIELD = re.compile(r"\s*(?:@[\w.]+\s*:|[\w.]+(?:\(\))? - |DOC:|(?:Returns?|Context|Note)\s*:)\s*")


def paragraphs_of_comment(lines):
    """Paragraphs of a comment; a list item and a field of kernel-doc is one."""
    paragraph = []
    for line, text in lines:
        lead = FIELD.match(text) or ITEM.match(text)
        if lead or not text.strip():
            yield paragraph
            paragraph = []
            text = text[lead.end():] if lead else text
        paragraph.append((line, text))
    yield paragraph


def found_in_comment(lines):
    for paragraph in paragraphs_of_comment(lines):
        for line, sentence in sentences(paragraph):
            if opens_badly(sentence):
                yield line, sentence


def in_string(text):
    """A message or the name of a test, not the second half of one."""
    return len(text.split()) >= 3 and opens_badly(text)


# --- languages ------------------------------------------------------------------

C_TOKEN = re.compile(r"/\*.*?\*/|(?://[^\n]*(?:\n[ \t]*//[^\n]*)*)|"
                     r'"(?:\\.|[^"\\\n])*"|' r"'(?:\\.|[^'\\\n])+'", re.S)


def look_c(text):
    end_of_string = None
    for match in C_TOKEN.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        token = match.group(0)
        if token.startswith("/"):
            lines = [(line + n, re.sub(r"^\s*(?:/\*+|//|\*(?!/))|\*/\s*$", "", part))
                     for n, part in enumerate(token.split("\n"))]
            yield from found_in_comment(lines)
        elif token.startswith('"'):
            joined = end_of_string is not None and \
                not text[end_of_string:match.start()].strip()
            if not joined and in_string(token[1:-1]):
                yield line, token
            end_of_string = match.end()


def grouped(comments):
    """Comments on lines that follow each other are one."""
    group = []
    for line, text in comments:
        if group and line != group[-1][0] + 1:
            yield group
            group = []
        group.append((line, text))
    if group:
        yield group


def docstrings(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) \
                    and isinstance(first.value.value, str):
                yield first.lineno, first.value.value


def look_python(text):
    comments, strings, before = [], [], None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.append((token.start[0], token.string.lstrip("#!")))
        elif token.type == tokenize.STRING and before != tokenize.STRING:
            strings.append((token.start[0], token.string))
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type
    for group in grouped(comments):
        yield from found_in_comment(group)
    docs = list(docstrings(text))
    for line, doc in docs:
        yield from found_in_comment(
            [(line + n, part) for n, part in enumerate(doc.split("\n"))])
    for line, string in strings:
        if line not in {at for at, _ in docs} and in_string(string.strip("rbfuRBFU\"'")):
            yield line, string


def look_shell(text):
    comments = []
    for n, line in enumerate(text.split("\n"), 1):
        match = re.match(r"\s*#(?!!)(.*)", line) or re.search(r"\s#\s(.*)", line)
        if match:
            comments.append((n, match.group(1)))
        elif line.strip():
            match = re.match(r'[^#]*?\b[\w-]+ "([^"]*)"', line)
            if match and in_string(match.group(1)):
                yield n, match.group(1)
    for group in grouped(comments):
        yield from found_in_comment(group)


def look_yaml(text):
    yield from look_shell(text)
    lines = text.split("\n")
    for n, line in enumerate(lines, 1):
        match = re.match(r"( *)(?:- )?doc: *[|>]?-? *(.*)", line)
        if not match:
            continue
        doc = [(n, match.group(2))]
        for m in range(n, len(lines)):
            inner = lines[m]
            if inner.strip() and len(inner) - len(inner.lstrip()) <= len(match.group(1)):
                break
            doc.append((m + 1, inner))
        yield from found_in_comment(doc)


FONTS = re.compile(r"\\f[A-Z]|\\&|\\\|")


def look_roff(text):
    paragraph, example, tag = [], False, False
    paragraphs = [paragraph]
    for n, line in enumerate(text.split("\n"), 1):
        if line.startswith(('.\\"', "'\\\"")):
            continue
        macro = re.match(r"[.'](\w+) ?(.*)", line)
        if macro and macro.group(1) in ("nf", "EX"):
            example = True
        if macro and macro.group(1) in ("fi", "EE"):
            example = False
        if example:
            continue
        if tag:
            # The line behind .TP is the entry's name.
            tag, macro = False, re.match(r"()()", line)
        elif macro and macro.group(1) == "TP":
            tag = True
        if macro and macro.group(1) in ("B", "I", "BR", "RB", "BI", "IB", "IR", "RI"):
            joint = "" if len(macro.group(1)) == 2 else " "
            words = re.findall(r'"[^"]*"|\S+', macro.group(2))
            # A name in bold is no word of the sentence's.
            paragraph.append((n, "`" + joint.join(w.strip('"') for w in words)))
        elif macro or not line.strip():
            paragraph = []
            paragraphs.append(paragraph)
        else:
            paragraph.append((n, FONTS.sub("", line)))
    for paragraph in paragraphs:
        for line, sentence in sentences(paragraph):
            if opens_badly(sentence):
                yield line, sentence


LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def markdown(text):
    """Prose of a page as (kind, line number, text); what is not, has no kind."""
    fence, listed, blank = False, False, True
    for n, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*(```|~~~)", line):
            fence = not fence
            yield "code", n, line
            continue
        item = ITEM.match(line)
        if fence or (line.startswith(("    ", "\t")) and not listed):
            kind = "code"
        elif line.lstrip().startswith("|"):
            kind = "table"
        elif line.startswith("#"):
            kind = "heading"
        elif line.lstrip().startswith("<!--"):
            kind = "code"
        else:
            kind = "item" if item else "prose" if line.strip() else "blank"
        if kind == "item":
            listed = True
        elif kind == "prose" and blank and not line.startswith(" "):
            listed = False
        blank = kind == "blank"
        yield kind, n, line


def look_markdown(text, headings=False):
    paragraph, paragraphs = [], []
    for kind, n, line in markdown(text):
        # Emphasis is nothing to the rule.
        line = LINK.sub(r"\1", line).replace("**", "")
        if kind == "prose":
            paragraph.append((n, line))
            continue
        paragraphs.append(paragraph)
        paragraph = []
        if kind == "item":
            paragraph.append((n, line[ITEM.match(line).end():]))
        elif kind == "heading" and headings:
            paragraphs.append([(n, line.lstrip("# "))])
        elif kind == "table":
            paragraphs += [[(n, cell)] for cell in re.split(r"(?<!\\)\|", line)]
    paragraphs.append(paragraph)
    for paragraph in paragraphs:
        for line, sentence in sentences(paragraph):
            if opens_badly(sentence):
                yield line, sentence


def wide_lines(text):
    for kind, n, line in markdown(text):
        if kind in ("prose", "item") and len(line) > COLUMNS \
                and "](" not in line and "://" not in line:
            yield n, line


# A link may lead to a record, which has a date in its name.
DATED = re.compile(r"\b20\d\d-[01]\d-[0-3]\d\b|\bcommits? [0-9a-f]{7,40}\b")


def dated_lines(text):
    for kind, n, line in markdown(text):
        if kind != "code" and DATED.search(LINK.sub(r"\1", line)):
            yield n, line


# Words that the glossary of docs/conventions.md replaced, outside of tests.
REPLACED = {"door": "rx queue", "guest": "steered packet", "crowd": "bucket",
            "familiar": "known source", "stranger": "unknown source",
            "super-packet": "GSO packet", "deed": "action", "hurry": "time_scale"}
REPLACED_RULE = re.compile(rf"(?<![a-z])({'|'.join(REPLACED)})s?(?![a-z-])", re.I)


def replaced_words(path, text):
    """Old words; a guest is also a virtual machine, and crowd a row of the benchmark."""
    for n, line in enumerate(text.split("\n"), 1):
        for match in REPLACED_RULE.finditer(re.sub(r"`[^`]*`", "", line)):
            word = match.group(1).lower()
            if word != "guest" or path.startswith("module/"):
                yield n, f"{word}: say {REPLACED[word]}: {line}"


# --- files ----------------------------------------------------------------------

def language(path, text):
    name = os.path.basename(path)
    if name.endswith((".c", ".h", ".S")):
        return look_c
    if name.endswith(".py"):
        return look_python
    if name.endswith(".md"):
        return look_markdown
    if re.search(r"\.[1-8]$", name):
        return look_roff
    if name.endswith((".yaml", ".yml")):
        return look_yaml
    first = text.split("\n", 1)[0]
    if first.startswith("#!") and "python" in first:
        return look_python
    if name.endswith((".sh", ".mk", ".config", ".conf", ".service", ".awk",
                      ".dkms", ".lintian-overrides")) or \
            name.startswith(("Makefile", "Kbuild", "Dockerfile")) or \
            re.match(r"#!.*(sh|awk|make)\b", first):
        return look_shell
    return None


def read(path):
    try:
        with open(os.path.join(REPO, path), encoding="utf-8") as f:
            return f.read()
    except UnicodeDecodeError:
        return ""


def files(paths):
    for path in paths:
        top = os.path.join(REPO, path)
        if os.path.isfile(top):
            yield path
        for where, dirs, names in os.walk(top):
            dirs[:] = sorted(d for d in dirs if d not in SKIP_DIRS)
            for name in sorted(names):
                file = os.path.relpath(os.path.join(where, name), REPO)
                if file not in SKIP_FILES and not name.endswith(".mod.c") and \
                        not os.path.islink(os.path.join(where, name)):
                    yield file


def look(paths, headings):
    openings, replaced, wide, dated = [], [], [], []
    for path in files(paths):
        text = read(path)
        how = language(path, text)
        if how is None:
            continue
        found = how(text, headings) if how is look_markdown else how(text)
        openings += [(path, line, words) for line, words in sorted(found)]
        if not path.startswith("selftests/"):
            replaced += [(path, *where) for where in replaced_words(path, text)]
        if how is look_markdown:
            wide += [(path, *where) for where in wide_lines(text)]
            if not path.endswith("changelog.md"):
                dated += [(path, *where) for where in dated_lines(text)]
    return openings, replaced, wide, dated


def directory(path):
    """Two levels, for the totals."""
    parts = os.path.dirname(path).split("/")
    return "/".join(parts[:2]) or "."


# --- examples -------------------------------------------------------------------

BAD = {
    look_c: [
        "/* What waits of it goes there. */",
        "/*\n * A sentence. Of a call that nobody repeats, an answer\n * does harm.\n */",
        "/**\n * struct naawg_bucket - one bucket\n * @who: who shares an account\n */",
        "/**\n * naawg_f() - does it\n * Return: what the lookup found.\n */",
        "// Who takes a packet says so.\n",
        'NL_SET_ERR_MSG(extack, "Whoever asks has no right to it");',
        "/* That it is full has been counted. */",
        "/* To whom a packet goes. */",
    ],
    look_python: [
        "# Whose key this is.\n", 'def f():\n    """What the guest said."""\n',
        'suite.case("what opens twice is dropped", f)\n',
    ],
    look_shell: [
        'check "what is staged is sent" true\n', "\t# Whatever comes is dropped.\n",
        'case_of "who has no cookie is turned away"\n',
    ],
    look_markdown: [
        "Who needs a peer longer takes a reference.\n", "- What does not open is dropped.\n",
        "| batch | what leads to a session |\n", "One sentence. **Of all rows**, two are noisy.\n",
        "Nothing follows. That the stock\ndriver differs from itself is noise.\n",
    ],
    look_roff: [".TP\n.B listen\nWho may call.\n", "It is so.\nWhat is refused stays.\n"],
    look_yaml: ["  -\n    name: a\n    doc: Of the peers, those that answer.\n"],
}
GOOD = {
    look_c: [
        "/* That is why the lock is held. That only takes time. That rule is old. Of course it is. */",
        "/* What if it is full? Then the oldest goes. */",
        "/* The peer that waits, and what it waits for. */",
        '"it says " "of which nothing is left here"', "/* Whether a peer is connected. */",
        "/* What to do about a failure. */", "/* While a lock is held, nobody sleeps. When that ends, they wake. */",
        "/**\n * f() - f\n * @n: which packet\n * @o: what to look at next\n */",
        'strcmp(s, "what")', "/* @who - WHO is a tool. */",
    ],
    look_python: ['parts = ("it has", "that of")\n', 'X = "a" "who has a b"\n'],
    look_shell: ['check "a peer that is staged" true\n', "# Which file is it?\n"],
    look_markdown: [
        "## What is where\n", "    What is in code is not read\n",
        "It is what\nWho knows of it? Nobody.\n", "`what` is a word. That one is new.\n",
    ],
    look_roff: [".nf\nWhat is shown\n.fi\n", "A host\nwho calls.\n"],
    look_yaml: ["doc: A peer that answers.\n"],
}


def examples():
    for how, texts in BAD.items():
        for text in texts:
            if not list(how(text)):
                yield f"passes: {text!r}"
    for how, texts in GOOD.items():
        for text in texts:
            if list(how(text)):
                yield f"is refused: {text!r}"


def main():
    paths = [a for a in sys.argv[1:] if a != "-a"]
    paths = [os.path.relpath(os.path.realpath(a), REPO) for a in paths] or ALL
    openings, replaced, wide, dated = look(paths, "-a" in sys.argv[1:])
    wrong = list(examples())
    if not list(replaced_words("module/a.c", "super-packets")) or \
            list(replaced_words("docs/a.md", "a guest, indoors, `crowd`")):
        wrong.append("old words are not found, or others are")
    tests = [
        ("the examples are judged right", wrong),
        ("no sentence opens with a free relative or a genitive", openings),
        ("words that the glossary replaced are gone", replaced),
        (f"prose of the documents wraps at {COLUMNS} columns", wide),
        ("documents bear no dates and no commit ids", dated),
    ]
    status = print_findings([
        (name, [hit if isinstance(hit, str) else
                f"{hit[0]}:{hit[1]}: {' '.join(hit[2].split())[:COLUMNS]}" for hit in found])
        for name, found in tests])
    totals = {}
    for path, _, _ in openings:
        totals[directory(path)] = totals.get(directory(path), 0) + 1
    for where, count in sorted(totals.items()):
        print(f"# total {where}: {count}")
    print(f"# total: {len(openings)} openings, {len(replaced)} old words, "
          f"{len(wide)} wide lines, {len(dated)} dates")
    return status


sys.exit(main())
