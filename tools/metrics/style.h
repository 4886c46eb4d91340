/* SPDX-License-Identifier: GPL-2.0 */
/* The style sheet of the status page. */

#ifndef NAAWG_METRICS_STYLE_H
#define NAAWG_METRICS_STYLE_H

extern const char style_sheet[];

/* "'sha256-...'", by which a browser knows this style sheet. */
#define STYLE_SOURCE_LEN	64
void style_source(char text[static STYLE_SOURCE_LEN]);

#endif
