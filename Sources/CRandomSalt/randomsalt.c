#include "randomsalt.h"

// One for each thread: several trials may run in one process, each on a thread of its own.
_Thread_local uint64_t trial_random_salt_of_thread = 0;
