import Primitives

/// The cores of a machine, and the processes that run on them: one process, or all of a world that share one machine.
///
/// An event is handled when a core is free, its process has a free thread, and no other event of its connection is worked on. Where several wait, the one
/// that came first and may go is next. The work of an event that has begun is finished, even where its process ends meanwhile.
final class Processor {
  let index: Int32
  /// Until when each core is taken.
  private var cores: ContiguousArray<Instant>
  /// When the first core is free.
  private(set) var freeAt = Instant.zero
  /// Those that share it.
  private(set) var nodes: ContiguousArray<NodeIndex> = []
  /// Events that wait, at all its nodes.
  var waitingCount = 0
  /// Events that came so far and had to wait: their order.
  var arrivals: UInt64 = 0
  /// The earliest wake that is under way.
  var wakeAt = Instant.distantFuture
  /// There while the world measures.
  var station: Station?

  init(index: Int, cores: Int) {
    precondition(cores > 0, "a processor without a core")
    self.index = Int32(index)
    self.cores = ContiguousArray(repeating: .zero, count: cores)
  }

  func add(_ node: NodeIndex) { nodes.append(node) }

  /// Takes the core that was free first.
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
