#include "marks.h"

#include <string.h>

// One table for each thread: several trials may run in one process, each on a thread of its own, and so do the nodes of a live cluster.
static _Thread_local uint64_t counts[TRIAL_MARK_CAPACITY];

void trial_mark(uint32_t number) {
  if (number < TRIAL_MARK_CAPACITY) counts[number]++;
}

uint64_t trial_mark_count(uint32_t number) { return number < TRIAL_MARK_CAPACITY ? counts[number] : 0; }

void trial_marks_reset(void) { memset(counts, 0, sizeof counts); }
