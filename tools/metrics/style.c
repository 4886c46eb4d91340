// SPDX-License-Identifier: GPL-2.0
/* The style sheet of the status page: light and dark, narrow and wide. */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "metrics/style.h"

const char style_sheet[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--quiet:#5b6570;--line:#d5dae0;"
	"--card:#f6f8fa;--good:#116329;--good-bg:#dafbe1;--bad:#a40e26;--bad-bg:#ffe3e0;"
	"--idle:#5b4a00;--idle-bg:#fff5c2;--rx:#0a58ca;--tx:#b35900;--link:#0a58ca}"
	"@media(prefers-color-scheme:dark){:root{--bg:#101418;--fg:#e4e8ec;--quiet:#9aa5b1;"
	"--line:#333b44;--card:#181d23;--good:#7ee2a0;--good-bg:#12351f;--bad:#ffa198;"
	"--bad-bg:#4a1418;--idle:#f2cc60;--idle-bg:#3a2f08;--rx:#79b8ff;--tx:#ffab70;"
	"--link:#79b8ff}}"
	"*{box-sizing:border-box}"
	"body{margin:0 auto;max-width:80rem;padding:1rem;background:var(--bg);color:var(--fg);"
	"font:1rem/1.5 system-ui,sans-serif}"
	"a{color:var(--link)}h1{font-size:1.5rem;margin:0}h2{font-size:1.25rem;margin:0 0 .5rem}"
	"h3{font-size:1rem;margin:1.25rem 0 .25rem}p{margin:.25rem 0}"
	"code{font-family:ui-monospace,monospace;font-size:.875em;overflow-wrap:anywhere}"
	".quiet,.quiet td,header p,footer{color:var(--quiet)}small{color:var(--quiet)}"
	"td small{display:block}"
	"section{margin:1rem 0;padding:1rem;border:1px solid var(--line);border-radius:.5rem;"
	"background:var(--card)}"
	".facts{display:flex;flex-wrap:wrap;gap:.25rem 2rem;margin:.5rem 0}"
	".facts div{min-width:0}dt{color:var(--quiet);font-size:.875rem}dd{margin:0}"
	".good,.bad,.idle{display:inline-block;padding:0 .5em;border-radius:1em;"
	"font-size:.875rem;font-weight:600;white-space:nowrap}"
	".good{color:var(--good);background:var(--good-bg)}"
	".bad{color:var(--bad);background:var(--bad-bg)}"
	".idle{color:var(--idle);background:var(--idle-bg)}"
	"figure{margin:.5rem 0}svg{display:block;width:100%;height:7rem}"
	"path{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}"
	"path.rx{stroke:var(--rx)}path.tx{stroke:var(--tx);stroke-dasharray:6 3}"
	"path.grid{stroke:var(--line);stroke-width:1}"
	"figcaption{display:flex;flex-wrap:wrap;gap:0 1.5rem;font-size:.875rem;"
	"color:var(--quiet)}"
	".key::before{content:\"\";display:inline-block;width:1.5em;margin-right:.5em;"
	"vertical-align:middle;border-top:3px solid var(--rx)}"
	".tx.key::before{border-top:3px dashed var(--tx)}"
	"table{width:100%;border-collapse:collapse}"
	"th,td{padding:.375rem .75rem .375rem 0;text-align:left;vertical-align:top;"
	"border-top:1px solid var(--line)}thead th{border:0;color:var(--quiet);font-weight:400;"
	"font-size:.875rem}tbody th{font-weight:600;overflow-wrap:anywhere}"
	"th>code{white-space:nowrap}th small{font-weight:400}"
	".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
	"@media(max-width:48rem){thead{position:absolute;clip-path:inset(50%);width:1px;"
	"height:1px;overflow:hidden}table,tbody,tr,th,td{display:block}"
	"tr{padding:.5rem 0;border-top:1px solid var(--line)}"
	"th,td{border:0;padding:.125rem 0}.n{text-align:left;white-space:normal}"
	"td[data-label]{display:grid;grid-template-columns:8rem 1fr;gap:0 .75rem}"
	"td[data-label=Meaning]{display:block}td[data-label=Meaning]::before{display:none}"
	"td[data-label]::before{content:attr(data-label);color:var(--quiet);grid-row:1/4}"
	"td[data-label]>*{justify-self:start}}";

void style_source(char text[static STYLE_SOURCE_LEN])
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char base64[STYLE_SOURCE_LEN - 16];

	crypto_hash_sha256(hash, (const uint8_t *)style_sheet, strlen(style_sheet));
	sodium_bin2base64(base64, sizeof(base64), hash, sizeof(hash),
			  sodium_base64_VARIANT_ORIGINAL);
	snprintf(text, STYLE_SOURCE_LEN, "'sha256-%s'", base64);
}
