#include "checksums.h"

#include <string.h>

#define POLYNOMIAL 0x82F63B78u

// The length of each of the three parallel streams, and of the shorter ones for the rest.
#define LONG_STREAM 2048
#define SHORT_STREAM 256

static uint32_t software_table[8][256];
static uint32_t shift_long[4][256];
static uint32_t shift_short[4][256];

static uint32_t times_matrix(const uint32_t *matrix, uint32_t vector) {
  uint32_t sum = 0;
  for (; vector; vector >>= 1, matrix++)
    if (vector & 1) sum ^= *matrix;
  return sum;
}

static void square_matrix(uint32_t *square, const uint32_t *matrix) {
  for (int n = 0; n < 32; n++) square[n] = times_matrix(matrix, matrix[n]);
}

// Tables that advance a checksum over `length` zero bytes (a power of two), one byte of the checksum at a time.
static void make_shift(uint32_t table[4][256], size_t length) {
  uint32_t odd[32], even[32];
  odd[0] = POLYNOMIAL;
  for (int n = 1; n < 32; n++) odd[n] = 1u << (n - 1);
  square_matrix(even, odd);
  square_matrix(odd, even);
  uint32_t *from = odd, *to = even;
  for (; length; length >>= 1) {
    square_matrix(to, from);
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  // The shift of a byte combines that of its lowest bit with that of its other bits, which is in the table already.
  for (int place = 0; place < 4; place++)
    for (uint32_t n = 1; n < 256; n++) table[place][n] = table[place][n & (n - 1)] ^ from[8 * place + __builtin_ctz(n)];
}

__attribute__((constructor)) static void make_tables(void) {
  for (uint32_t n = 0; n < 256; n++) {
    uint32_t crc = n;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
    software_table[0][n] = crc;
  }
  for (uint32_t n = 0; n < 256; n++)
    for (int k = 1; k < 8; k++)
      software_table[k][n] = (software_table[k - 1][n] >> 8) ^ software_table[0][software_table[k - 1][n] & 0xff];
  make_shift(shift_long, LONG_STREAM);
  make_shift(shift_short, SHORT_STREAM);
}

uint32_t trial_crc32c_software(uint32_t crc, const void *bytes, size_t length) {
  const unsigned char *next = bytes;
  uint64_t state = crc ^ 0xffffffffu;
  for (; length >= 8; length -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    state ^= word;
    state = software_table[7][state & 0xff] ^ software_table[6][(state >> 8) & 0xff]
          ^ software_table[5][(state >> 16) & 0xff] ^ software_table[4][(state >> 24) & 0xff]
          ^ software_table[3][(state >> 32) & 0xff] ^ software_table[2][(state >> 40) & 0xff]
          ^ software_table[1][(state >> 48) & 0xff] ^ software_table[0][state >> 56];
  }
  for (; length; length--) state = (state >> 8) ^ software_table[0][(state ^ *next++) & 0xff];
  return (uint32_t)state ^ 0xffffffffu;
}

#if defined(__x86_64__)
#include <immintrin.h>

static inline uint32_t shift(uint32_t table[4][256], uint32_t crc) {
  return table[0][crc & 0xff] ^ table[1][(crc >> 8) & 0xff] ^ table[2][(crc >> 16) & 0xff] ^ table[3][crc >> 24];
}

__attribute__((target("sse4.2"))) static inline uint64_t step(uint64_t state, const unsigned char *at) {
  uint64_t word;
  memcpy(&word, at, 8);
  return _mm_crc32_u64(state, word);
}

// Three independent streams hide the latency of the instruction; their checksums are then combined by shifting over zero bytes.
__attribute__((target("sse4.2"))) static inline uint64_t
three_streams(uint64_t state, const unsigned char **next, size_t *length, size_t stream, uint32_t table[4][256]) {
  while (*length >= 3 * stream) {
    uint64_t second = 0, third = 0;
    const unsigned char *at = *next, *end = at + stream;
    for (; at < end; at += 8) {
      state = step(state, at);
      second = step(second, at + stream);
      third = step(third, at + 2 * stream);
    }
    state = shift(table, (uint32_t)state) ^ second;
    state = shift(table, (uint32_t)state) ^ third;
    *next += 3 * stream;
    *length -= 3 * stream;
  }
  return state;
}

__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t crc, const void *bytes, size_t length) {
  const unsigned char *next = bytes;
  uint64_t state = crc ^ 0xffffffffu;
  state = three_streams(state, &next, &length, LONG_STREAM, shift_long);
  state = three_streams(state, &next, &length, SHORT_STREAM, shift_short);
  // Most messages are a hundred bytes.
  for (; length >= 32; length -= 32, next += 32) state = step(step(step(step(state, next), next + 8), next + 16), next + 24);
  for (; length >= 8; length -= 8, next += 8) state = step(state, next);
  uint32_t rest = (uint32_t)state;
  if (length & 4) {
    uint32_t word;
    memcpy(&word, next, 4);
    rest = _mm_crc32_u32(rest, word);
    next += 4;
  }
  if (length & 2) {
    uint16_t word;
    memcpy(&word, next, 2);
    rest = _mm_crc32_u16(rest, word);
    next += 2;
  }
  if (length & 1) rest = _mm_crc32_u8(rest, *next);
  return rest ^ 0xffffffffu;
}
#endif

uint32_t trial_crc32c(uint32_t crc, const void *bytes, size_t length) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return hardware(crc, bytes, length);
#endif
  return trial_crc32c_software(crc, bytes, length);
}
