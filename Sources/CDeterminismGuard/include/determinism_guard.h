#ifndef TRIAL_DETERMINISM_GUARD_H
#define TRIAL_DETERMINISM_GUARD_H

#include <stdbool.h>

/// From here to `trial_guard_leave`, the first call of a clock, a random source or a thread of the machine ends the process with a
/// message that names the call. Calls nest. Guards only the calling thread, because tests run in parallel.
void trial_guard_enter(void);

void trial_guard_leave(void);

/// Makes the standard library hash with a fixed seed, for processes in which the constructor of this file ran too early
/// (statically linked ones): call it first in `main`.
void trial_hashing_make_deterministic(void);

/// Whether the standard library hashes with a fixed seed.
bool trial_hashing_is_deterministic(void);

#endif
