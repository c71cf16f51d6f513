import Host
import Primitives

enum CheckpointNames {
  static let recoveryPoints = "recovery-point-offset-checkpoint"
  static let startOffsets = "log-start-offset-checkpoint"
  static let highWatermarks = "replication-offset-checkpoint"
  /// The cleaner's checkpoint: the partitions in it were compacted.
  static let cleanedOffsets = "cleaner-offset-checkpoint"

  static let all = [recoveryPoints, startOffsets, highWatermarks, cleanedOffsets]
}

/// The checkpoints that an earlier life left. Nil stands for one that does not exist or cannot be read.
struct FoundCheckpoints {
  var recoveryPoints: OffsetCheckpoint?
  var startOffsets: OffsetCheckpoint?
  var highWatermarks: OffsetCheckpoint?
  var cleanedOffsets: OffsetCheckpoint?

  init(_ files: DirectoryFiles, _ reactor: Reactor) throws(LogError) {
    recoveryPoints = try Self.read(CheckpointNames.recoveryPoints, files, reactor)
    startOffsets = try Self.read(CheckpointNames.startOffsets, files, reactor)
    highWatermarks = try Self.read(CheckpointNames.highWatermarks, files, reactor)
    cleanedOffsets = try Self.read(CheckpointNames.cleanedOffsets, files, reactor)
  }

  /// Discards what was written about an earlier partition of the same name.
  mutating func forget(_ partition: TopicPartition) {
    recoveryPoints?.offsets.removeValue(forKey: partition)
    startOffsets?.offsets.removeValue(forKey: partition)
    highWatermarks?.offsets.removeValue(forKey: partition)
    cleanedOffsets?.offsets.removeValue(forKey: partition)
  }

  private static func read(_ name: String, _ files: DirectoryFiles, _ reactor: Reactor) throws(LogError) -> OffsetCheckpoint? {
    guard let content = try LogError.wrap({ () throws(DiskFailure) in try files.content(of: name) }) else { return nil }
    do {
      return try OffsetCheckpoint(decoding: content)
    } catch {
      mark(.checkpointUnreadable)
      reactor.report(.note("\(files.path(name)), \(error); it is treated as empty"))
      return nil
    }
  }
}
