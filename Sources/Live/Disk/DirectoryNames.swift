import Glibc
import Host

/// The names in a directory, in ascending order of their bytes.
func directoryNames(_ directory: Descriptor) throws(DiskError) -> [String] {
  // The stream closes its descriptor and has its own position, so it needs a separate one.
  let number = try systemCall { openat(directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  guard let stream = fdopendir(number) else {
    Glibc.close(number)
    throw DiskError(errno: errno)
  }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

func directoryNames(_ path: String) throws(DiskError) -> [String] {
  let directory = Descriptor(try systemCall { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
  return try directoryNames(directory)
}
