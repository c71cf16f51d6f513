#pragma once

/// syncfs(2), which Glibc declares for those alone who ask for GNU's extensions: everything written to the file system of an open file, by whomever,
/// is on the device when it returns. 0, or -1 with errno.
int file_system_sync(int descriptor);
