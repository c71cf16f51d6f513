#include "broken.h"

#include <string.h>

#define MOST 16
#define LENGTH 512

// One list for each thread, as with marks.
static _Thread_local char kept[MOST][LENGTH];
static _Thread_local unsigned count;

void trial_broken_add(const char *words, size_t length) {
  if (count == MOST) return;
  if (length > LENGTH - 1) length = LENGTH - 1;
  memcpy(kept[count], words, length);
  kept[count++][length] = 0;
}

unsigned trial_broken_count(void) { return count; }

const char *trial_broken_words(unsigned index) { return index < count ? kept[index] : ""; }

void trial_broken_reset(void) { count = 0; }
