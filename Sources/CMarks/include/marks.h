#ifndef TRIAL_MARKS_H
#define TRIAL_MARKS_H

#include "broken.h"

#include <stdint.h>

/// How many marks can be counted.
#define TRIAL_MARK_CAPACITY 1024

/// Adds one to the count of a mark in the calling thread. Numbers from TRIAL_MARK_CAPACITY on are not counted.
void trial_mark(uint32_t number);

/// How often a mark was passed in the calling thread since the last reset.
uint64_t trial_mark_count(uint32_t number);

/// Sets the counts of the calling thread to 0.
void trial_marks_reset(void);

#endif
