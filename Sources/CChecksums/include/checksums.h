#ifndef TRIAL_CHECKSUMS_H
#define TRIAL_CHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `length` bytes, continued from `crc` (0 to begin). Uses the processor's instruction if it has one.
uint32_t trial_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same checksum computed from tables alone: the fallback, and the reference for tests.
uint32_t trial_crc32c_software(uint32_t crc, const void *bytes, size_t length);

#endif
