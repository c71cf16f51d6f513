import Host
import Log
import Primitives

/// The snapshots beside a metadata log, and what the log may forget because of them (Kafka's `KafkaMetadataLog`).
///
/// Of what a log does not hold from offset 0 on, a snapshot holds the beginning: while the log starts behind 0, there is one whose end the log
/// reaches. The newest one stays whatever its age.
final class SnapshotStore {
  /// Ascending.
  private(set) var ids: [SnapshotID] = []
  let files: DirectoryFiles
  /// Of whole snapshots, in the order of `ids`.
  private var sizes: [Int] = []
  private var writerCount = 0

  var latest: SnapshotID? { ids.last }
  var earliest: SnapshotID? { ids.first }
  /// The newest one that holds metadata.
  var latestWithMetadata: SnapshotID? { latest.flatMap { $0 == .bootstrap ? nil : $0 } }
  /// Bytes of all snapshots.
  var sizeInBytes: Int { sizes.reduce(0, +) }

  /// Looks for the whole snapshots of a directory; nothing is changed.
  init(directory: String, disk: any Disk) throws(LogError) {
    files = DirectoryFiles(disk: disk, directory: directory)
    ids = try LogError.wrap { () throws(DiskFailure) in try files.list() }.compactMap(SnapshotFileName.init).filter { $0.kind == .whole }.map(\.id).sorted()
  }

  func snapshot(_ id: SnapshotID) -> CommittedSnapshot { CommittedSnapshot(id, in: files) }

  func contains(_ id: SnapshotID) -> Bool { ids.contains(id) }

  func size(of id: SnapshotID) -> Int? { ids.firstIndex(of: id).map { sizes[$0] } }

  /// The newest one that can be read whole, and those that are newer and cannot. Where none is sound, nothing is as good as the bootstrap snapshot.
  func newestSound() throws(LogError) -> (sound: SnapshotID?, damaged: [(id: SnapshotID, reason: LogError)]) {
    var damaged: [(id: SnapshotID, reason: LogError)] = []
    for id in ids.reversed() where id != .bootstrap {
      do throws(LogError) {
        _ = try snapshot(id).check()
        return (id, damaged)
      } catch {
        guard case .damaged = error else { throw error }
        damaged.append((id, error))
      }
    }
    return (nil, damaged)
  }

  // MARK: Changes

  /// Takes up which ones there are, those from an offset on, and removes the others and what a crash left (`KafkaMetadataLog.recoverSnapshots`).
  func settle(from logStartOffset: Offset) throws(DiskFailure) {
    for name in try files.list() {
      guard let file = SnapshotFileName(name), file.kind != .whole || file.id.endOffset < logStartOffset else { continue }
      try files.remove(name)
    }
    ids.removeAll { $0.endOffset < logStartOffset }
    sizes = try ids.map { (id: SnapshotID) throws(DiskFailure) -> Int in
      let file = try files.open(id.fileName, creating: false)
      defer { files.disk.close(file) }
      return files.disk.size(of: file)
    }
  }

  /// Puts a damaged one aside; returns its new name.
  func setAside(_ id: SnapshotID) throws(DiskFailure) -> String {
    forget(id)
    return try DamagedFiles(files: files).setAside(id.fileName)
  }

  func makeWriter(_ id: SnapshotID, _ reactor: Reactor) throws(DiskFailure) -> SnapshotWriter {
    writerCount += 1
    return try SnapshotWriter(id, number: writerCount, in: files, reactor)
  }

  func add(_ id: SnapshotID, size: Int) {
    let index = ids.partitioningIndex { $0 >= id }
    ids.insert(id, at: index)
    sizes.insert(size, at: index)
  }

  func forget(_ id: SnapshotID) {
    guard let index = ids.firstIndex(of: id) else { return }
    ids.remove(at: index)
    if index < sizes.count { sizes.remove(at: index) }
  }

  /// Forgets those before one, and gives their files other names, which are returned: they are removed later, for whoever reads them now.
  func markDeleted(before id: SnapshotID) throws(DiskFailure) -> [String] {
    let count = ids.partitioningIndex { $0 >= id }
    var names: [String] = []
    for former in ids.prefix(count) {
      let name = SnapshotFileName(former, .deleted).text
      try files.rename(former.fileName, to: name)
      names.append(name)
    }
    ids.removeFirst(count)
    sizes.removeFirst(count)
    return names
  }
}
