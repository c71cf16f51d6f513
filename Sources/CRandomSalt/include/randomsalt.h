#ifndef TRIAL_RANDOM_SALT_H
#define TRIAL_RANDOM_SALT_H

#include <stdint.h>

extern _Thread_local uint64_t trial_random_salt_of_thread;

/// What every random stream of the calling thread mixes into its numbers; 0 changes nothing.
static inline uint64_t trial_random_salt(void) { return trial_random_salt_of_thread; }

static inline void trial_random_salt_set(uint64_t salt) { trial_random_salt_of_thread = salt; }

#endif
