import Host
import NIOCore

/// The waiting operations, in the order in which they were started. If many of a kind are waiting, they are done together.
struct DiskWorkQueue {
  private var waiting = CircularBuffer<QueuedDiskWork>()
  private var operationsBegun: UInt32 = 0
  private var waitingSyncs = 0
  private var waitingReplacements = 0

  /// With this many syncs waiting, one sync of the whole file system is faster, as when a node with thousands of partitions ends. Everything
  /// written before it starts is durable when it ends.
  private static let fewestTogether = 64

  /// The number of replacements that have their directories open at a time. The larger it is, the fewer syncs of the whole file system are needed.
  let mostReplacedTogether: Int

  init(maxOpenFiles: Int) { mostReplacedTogether = max(16, min(1_024, maxOpenFiles / 4)) }

  mutating func append(_ work: DiskWork) -> DiskOperation {
    let queued = QueuedDiskWork(operation: beginOperation(), work: work)
    waiting.append(queued)
    count(work, 1)
    return queued.operation
  }

  /// Removes and returns the next operation.
  mutating func popFirst() -> QueuedDiskWork? {
    gatherSyncs()
    gatherReplacements()
    guard let next = waiting.popFirst() else { return nil }
    count(next.work, -1)
    return next
  }

  private mutating func beginOperation() -> DiskOperation {
    operationsBegun += 1
    return DiskOperation(operationsBegun)
  }

  private mutating func count(_ work: DiskWork, _ change: Int) {
    if work.isSync { waitingSyncs += change }
    if work.isReplacement { waitingReplacements += change }
  }

  private mutating func gatherSyncs() {
    guard waitingSyncs >= Self.fewestTogether else { return }
    let syncs = Array(waiting.lazy.filter(\.work.isSync))
    waiting.removeAll(where: \.work.isSync)
    waitingSyncs = 0
    waiting.prepend(QueuedDiskWork(operation: beginOperation(), work: .syncAll(syncs)))
  }

  private struct FileName: Hashable {
    let directory: ObjectIdentifier
    let name: String
  }

  /// Combines replacements, as after the start of a node that leads thousands of partitions. What was started before them is
  /// durable before the first of them has its name. A second replacement of the same file has to wait.
  private mutating func gatherReplacements() {
    guard waitingReplacements >= Self.fewestTogether, waiting.first?.work.isReplacement == true else { return }
    var together: [QueuedDiskWork] = [], others: [QueuedDiskWork] = []
    var names: Set<FileName> = []
    while together.count < mostReplacedTogether, let next = waiting.popFirst() {
      if case .replace(let directory, let name, _) = next.work,
        names.insert(FileName(directory: ObjectIdentifier(directory), name: name)).inserted
      {
        together.append(next)
      } else {
        others.append(next)
      }
    }
    for other in others.reversed() { waiting.prepend(other) }
    waitingReplacements -= together.count
    waiting.prepend(QueuedDiskWork(operation: beginOperation(), work: .replaceAll(together)))
  }
}
