import Host
import Primitives

// What can be said of a log directory without opening it.

extension LogManager {
  /// Whether there are logs of partitions in a directory, other than those that were deleted or set aside.
  public static func hasLogs(root: String, disk: any Disk) throws -> Bool {
    try disk.list(root).contains { DirectoryNames.parse($0)?.kind == .live }
  }

  /// Whether the last life closed every log in good order.
  public static func endedCleanly(root: String, disk: any Disk) throws -> Bool {
    disk.exists(DirectoryFiles(disk: disk, directory: root).path(CleanShutdownMarker.fileName))
  }
}
