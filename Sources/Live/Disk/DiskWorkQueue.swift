import Host
import NIOCore

/// Operations that wait for their turn, in the order of their beginning. Where many of a kind wait they are done together.
struct DiskWorkQueue {
  private var waiting = CircularBuffer<QueuedDiskWork>()
  private var operationsBegun: UInt32 = 0
  private var waitingSyncs = 0
  private var waitingReplacements = 0

  /// From so many syncs on that wait, one of the whole file system is faster, as at the end of a node with thousands of partitions. What was
  /// written before it begins is durable when it ends, whoever wrote it.
  private static let fewestTogether = 64

  /// So many replacements have their directories open at a time. The more there are, the fewer are the syncs of the whole file system.
  let mostReplacedTogether: Int

  init(maxOpenFiles: Int) { mostReplacedTogether = max(16, min(1_024, maxOpenFiles / 4)) }

  mutating func append(_ work: DiskWork) -> DiskOperation {
    let queued = QueuedDiskWork(operation: beginOperation(), work: work)
    waiting.append(queued)
    count(work, 1)
    return queued.operation
  }

  /// Takes out what is to be done next.
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

  /// Replacements are done together as well, as after the start of a node that leads thousands of partitions. What was begun before them is
  /// durable before the first of them has its name. The second one of a file has to wait.
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
