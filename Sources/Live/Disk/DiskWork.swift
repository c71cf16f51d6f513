import Host
import Primitives

/// The subject of an operation. Files and directories are tracked while it waits, and opened when its turn comes: however many operations wait, few
/// descriptors are in use.
enum DiskWork {
  /// Several syncs of files and directories at once.
  case syncAll([QueuedDiskWork])
  case sync(OpenFile)
  case syncDirectory(OpenDirectory)
  case replace(OpenDirectory, name: String, content: Bytes)
  /// Several replacements at once, each of a different file.
  case replaceAll([QueuedDiskWork])
  case fail(DiskError)

  var isSync: Bool {
    switch self {
    case .sync, .syncDirectory: true
    case .syncAll, .replace, .replaceAll, .fail: false
    }
  }

  var isReplacement: Bool {
    if case .replace = self { true } else { false }
  }

  /// The operations that are done together.
  var parts: [QueuedDiskWork]? {
    switch self {
    case .syncAll(let parts), .replaceAll(let parts): parts
    case .sync, .syncDirectory, .replace, .fail: nil
    }
  }

  func replaces(_ file: OpenFile) -> Bool {
    switch self {
    case .replace(let directory, let name, _): directory === file.directory && name == file.name
    case .replaceAll(let parts): parts.contains { $0.work.replaces(file) }
    case .sync, .syncDirectory, .syncAll, .fail: false
    }
  }
}

struct QueuedDiskWork {
  let operation: DiskOperation
  let work: DiskWork
}
