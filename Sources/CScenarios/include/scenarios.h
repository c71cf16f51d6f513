#pragma once

#include <stddef.h>

/// A file of the folder `scenarios`, as it was when the program was built.
typedef struct {
  /// The path within that folder, without the extension: `hazards/kip-101-truncation-loss`.
  const char *name;
  const unsigned char *text;
  size_t size;
} shipped_file;

/// In the order of their names.
const shipped_file *shipped_files(void);
size_t shipped_file_count(void);
