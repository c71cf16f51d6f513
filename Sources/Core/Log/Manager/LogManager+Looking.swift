import Host
import Primitives

// What can be said of a log directory without opening it.

extension LogManager {
  /// Whether there are logs of partitions in a directory, other than those that were deleted or set aside.
  public static func hasLogs(root: String, disk: any Disk) throws(LogError) -> Bool {
    let files = DirectoryFiles(disk: disk, directory: root)
    return try LogError.wrap { () throws(DiskFailure) in try files.list() }.contains { DirectoryNames.parse($0)?.kind == .live }
  }

  /// Looks for what stands in the way of opening a directory: another node's or cluster's, or something that cannot be read as what its name says.
  /// Slow: for whoever wants to know why an opening failed.
  public static func check(root: String, disk: any Disk, clusterID: String, nodeID: NodeID) throws(LogError) {
    let files = DirectoryFiles(disk: disk, directory: root)
    let names = try LogError.wrap { () throws(DiskFailure) in try files.list() }
    guard names.contains(MetaProperties.fileName) else { return }
    try readMetaProperties(files).check(clusterID: clusterID, nodeID: nodeID, path: files.path(MetaProperties.fileName))
    for name in CheckpointNames.all + [CleanShutdownMarker.fileName] where names.contains(name) { try look(at: name, files) }
    for name in names where DirectoryNames.parse(name)?.kind == .live { try checkPartition(files.path(name), disk: disk) }
  }

  /// The same for the directory of one partition, and other files that belong there.
  public static func checkPartition(_ directory: String, disk: any Disk, others: [String] = []) throws(LogError) {
    let files = DirectoryFiles(disk: disk, directory: directory)
    let names = try LogError.wrap { () throws(DiskFailure) in try files.list() }
    for name in names where LogNames.isOfLog(name) || others.contains(name) { try look(at: name, files) }
  }

  private static func look(at name: String, _ files: DirectoryFiles) throws(LogError) {
    try LogError.wrap { () throws(DiskFailure) in files.disk.close(try files.open(name, creating: false)) }
  }

  /// Whether the last life closed every log in good order.
  public static func endedCleanly(root: String, disk: any Disk) -> Bool {
    disk.exists(DirectoryFiles(disk: disk, directory: root).path(CleanShutdownMarker.fileName))
  }
}
