#pragma once

/// syncfs(2), which Glibc declares only with GNU's extensions: when it returns, everything that any process has written to the file system of an open file
/// is on the device. Returns 0, or -1 with errno.
int file_system_sync(int descriptor);
