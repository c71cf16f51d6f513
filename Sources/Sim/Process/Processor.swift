import Primitives

/// The cores of a machine, and the processes that run on them: one process, or all processes of a world that share one machine.
///
/// An event is handled when a core is free, its process has a free thread, and no other event of its connection is being handled. If several wait, the
/// earliest one that may run is next. The work of an event that has started is finished, even if its process ends meanwhile.
final class Processor {
  let index: Int32
  /// When each core is free again.
  private var cores: ContiguousArray<Instant>
  /// When the first core is free again.
  private(set) var freeAt = Instant.zero
  /// The nodes that share it.
  private(set) var nodes: ContiguousArray<NodeIndex> = []
  /// The number of events waiting at all its nodes.
  var waitingCount = 0
  /// The number of events so far that had to wait: it numbers them.
  var arrivals: UInt64 = 0
  /// When the earliest pending wake fires.
  var wakeAt = Instant.distantFuture
  /// Set while the world measures.
  var station: Station?

  init(index: Int, cores: Int) {
    precondition(cores > 0, "a processor without a core")
    self.index = Int32(index)
    self.cores = ContiguousArray(repeating: .zero, count: cores)
  }

  func add(_ node: NodeIndex) { nodes.append(node) }

  /// Takes the core that became free first.
  @inline(__always)
  func occupy(until end: Instant) {
    if cores.count == 1 {
      freeAt = end
    } else {
      occupyOneOfMany(until: end)
    }
  }

  private func occupyOneOfMany(until end: Instant) {
    var first = 0
    for core in cores.indices where cores[core] < cores[first] { first = core }
    cores[first] = end
    freeAt = cores.min() ?? end
  }
}
