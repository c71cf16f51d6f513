import Host
import Primitives

/// What an operation is about. Files and directories are followed while it waits, and opened when it is its turn: however many wait, few
/// descriptors are taken.
enum DiskWork {
  /// Many syncs of files and directories at once.
  case syncAll([QueuedDiskWork])
  case sync(OpenFile)
  case syncDirectory(OpenDirectory)
  case replace(OpenDirectory, name: String, content: Bytes)
  /// Many replacements at once, of a different file each.
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

  /// What was gathered to be done at once.
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
