// How often the calling thread has asked the system for memory, -1 where nobody counts; from now on counts requests for so many
// bytes or more.
#pragma once

#include <stddef.h>

long requests_for_memory(size_t bytes);

// The same count, without another bound; -1 where nobody counts.
long requests_so_far(void);
