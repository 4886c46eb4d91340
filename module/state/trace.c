// SPDX-License-Identifier: GPL-2.0
/* Definition of the trace points. */
#define CREATE_TRACE_POINTS
#include "trace.h"
