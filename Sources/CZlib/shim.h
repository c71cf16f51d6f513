#include <zlib.h>

// The initialisers are macros, which Swift does not see.
static inline int trial_deflate_init(z_streamp stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}
static inline int trial_inflate_init(z_streamp stream, int window_bits) { return inflateInit2(stream, window_bits); }
