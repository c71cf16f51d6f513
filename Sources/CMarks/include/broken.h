#ifndef TRIAL_BROKEN_H
#define TRIAL_BROKEN_H

#include <stddef.h>

/// Keeps words about something that does not hold, of the calling thread: the first few, and the beginning of each.
void trial_broken_add(const char *words, size_t count);

/// How many are kept.
unsigned trial_broken_count(void);

/// Those at an index below the count.
const char *trial_broken_words(unsigned index);

/// Forgets them.
void trial_broken_reset(void);

#endif
