import Host
import Primitives

// Inspects a log directory without opening it.

extension LogManager {
  /// Whether a directory contains partition logs, other than those that were deleted or set aside.
  public static func hasLogs(root: String, disk: any Disk) throws(LogError) -> Bool {
    let files = DirectoryFiles(disk: disk, directory: root)
    return try LogError.wrap { () throws(DiskFailure) in try files.list() }.contains(where: isLog)
  }

  /// Checks what prevents a directory from being opened: it belongs to another node or cluster, or a file is not what its name says. Slow: for
  /// finding out why opening failed.
  public static func check(root: String, disk: any Disk, clusterID: String, nodeID: NodeID) throws(LogError) {
    let files = DirectoryFiles(disk: disk, directory: root)
    let names = try LogError.wrap { () throws(DiskFailure) in try files.list() }
    guard names.contains(MetaProperties.fileName) else { return }
    try readMetaProperties(files).check(clusterID: clusterID, nodeID: nodeID, path: files.path(MetaProperties.fileName))
    for name in CheckpointNames.all + [CleanShutdownMarker.fileName] where names.contains(name) { try look(at: name, files) }
    for name in names where isLog(name) { try checkPartition(files.path(name), disk: disk) }
  }

  /// Whether a directory bears the name of a partition's log. The metadata log belongs to the quorum.
  private static func isLog(_ name: String) -> Bool {
    guard let (partition, kind) = DirectoryNames.parse(name) else { return false }
    return kind == .live && partition.topic != metadataTopic
  }

  /// The same check for the directory of one partition, and other files in it.
  public static func checkPartition(_ directory: String, disk: any Disk, others: [String] = []) throws(LogError) {
    let files = DirectoryFiles(disk: disk, directory: directory)
    let names = try LogError.wrap { () throws(DiskFailure) in try files.list() }
    for name in names where LogNames.isOfLog(name) || others.contains(name) { try look(at: name, files) }
  }

  private static func look(at name: String, _ files: DirectoryFiles) throws(LogError) {
    try LogError.wrap { () throws(DiskFailure) in files.disk.close(try files.open(name, creating: false)) }
  }

  /// Whether the last life closed every log cleanly.
  public static func endedCleanly(root: String, disk: any Disk) -> Bool {
    disk.exists(DirectoryFiles(disk: disk, directory: root).path(CleanShutdownMarker.fileName))
  }
}
