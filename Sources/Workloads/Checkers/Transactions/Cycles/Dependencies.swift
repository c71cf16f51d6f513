import Primitives

/// The dependencies between transactions, sends outside of transactions, and polls, as edges.
///
/// - A *read* edge goes from the writer of a value to its reader: the poll, or the transaction that processed it.
/// - A *write* edge goes from the writer of a value to the writer of the next one in the partition.
/// - A *time* edge goes from what ended to what began later, in the same process or in any. There could be one for each pair, so points in time have nodes of their own, in a
///   chain: what ends points to the next point, and each point to what begins after it. There are no more edges than operations.
///
/// Only `read_committed` readers count: others may receive what is not committed yet. What was certainly not committed takes no part.
struct Dependencies {
  /// Which order in time counts.
  enum Time { case none, process, all }

  private struct Span {
    /// Positions among the operations; `until` is the highest number if no end is known.
    var from = Int32.max
    var until = Int32.min
    var process = ProcessNumber(-1)
  }

  let analysis: Analysis
  /// By node, except for points in time: transactions first, then sends and polls in the order of the history.
  private var spans: ContiguousArray<Span>
  /// By value: the node that wrote it; -1 if that takes no part.
  private var writers: ContiguousArray<Int32>
  private var reads: ContiguousArray<Digraph.Edge> = []
  /// From the writer of a value to the writer of the next one in its partition.
  private var writes: ContiguousArray<Digraph.Edge> = []

  init(_ analysis: Analysis) {
    self.analysis = analysis
    spans = ContiguousArray(repeating: Span(), count: analysis.transactions.count)
    writers = ContiguousArray(repeating: -1, count: analysis.values.count)
    for (number, facts) in analysis.transactions.enumerated() where facts.mustHaveCommitted {
      spans[number] = Span(from: facts.began, until: facts.fate == .committed ? facts.ended : .max, process: facts.process)
    }
    gather()
    addWrites()
  }

  /// The number of read edges.
  var readCount: Int { reads.count }

  // MARK: Gathering

  private mutating func gather() {
    let history = analysis.history
    for (place, operation) in history.operations.enumerated() {
      let position = Int32(place)
      switch (operation.function, operation.kind) {
      case (.send, .invoke): for entry in history.entries(of: operation) { observeSend(entry, operation, position) }
      case (.send, .ok):
        for entry in history.entries(of: operation) where entry.value != .none {
          let writer = writers[Int(entry.value.number)]
          if writer >= analysis.transactions.count { spans[Int(writer)].until = position }
        }
      case (.poll, .ok) where analysis.reads(operation.process): observePoll(operation, position)
      case (.work, _) where analysis.reads(operation.process):
        for entry in history.entries(of: operation) where entry.transaction != .none && entry.value != .none {
          guard analysis.facts(of: entry.transaction).mustHaveCommitted else { continue }
          addRead(entry.value, by: entry.transaction.number)
        }
      default: break
      }
    }
  }

  private mutating func observeSend(_ entry: History.Entry, _ operation: History.Operation, _ position: Int32) {
    let facts = analysis.values[Int(entry.value.number)]
    if facts.transaction != .none {
      if analysis.facts(of: facts.transaction).mustHaveCommitted { writers[Int(entry.value.number)] = facts.transaction.number }
    } else if facts.outcome != .failed, facts.firstIndex >= 0 {
      writers[Int(entry.value.number)] = Int32(spans.count)
      spans.append(Span(from: position, until: .max, process: operation.process))
    }
  }

  private mutating func observePoll(_ operation: History.Operation, _ position: Int32) {
    let entries = analysis.history.entries(of: operation)
    guard let first = entries.first else { return }
    // What is polled within a transaction is read by it.
    if first.transaction != .none {
      guard analysis.facts(of: first.transaction).mustHaveCommitted else { return }
      for entry in entries where entry.value != .none { addRead(entry.value, by: first.transaction.number) }
      return
    }
    let reader = Int32(spans.count)
    spans.append(Span(from: position, until: position, process: operation.process))
    for entry in entries where entry.value != .none { addRead(entry.value, by: reader) }
  }

  private mutating func addRead(_ value: RecordValue, by reader: Int32) {
    let writer = writers[Int(value.number)]
    if writer >= 0, writer != reader { reads.append(Digraph.Edge(from: writer, to: reader, value: value)) }
  }

  private mutating func addWrites() {
    for log in analysis.logs {
      var former = RecordValue.none
      for value in log.versionOrder where writers[Int(value.number)] >= 0 {
        if former != .none, writers[Int(former.number)] != writers[Int(value.number)] {
          writes.append(Digraph.Edge(from: writers[Int(former.number)], to: writers[Int(value.number)], value: value))
        }
        former = value
      }
    }
  }

  // MARK: Graphs

  /// The graph of writes alone: transactions that write to several partitions at the same time can form cycles, as Kafka permits.
  func graphOfWrites() -> Digraph { Digraph(nodeCount: spans.count, writes) }

  func graph(_ time: Time) -> Digraph {
    switch time {
    case .none: return Digraph(nodeCount: spans.count, reads)
    case .process: return withTime { $0.number }
    case .all: return withTime { _ in 0 }
    }
  }

  /// - Parameter lane: processes with the same lane share one order in time.
  private func withTime(_ lane: (ProcessNumber) -> Int32) -> Digraph {
    var edges = reads
    edges.reserveCapacity(reads.count + 3 * spans.count)
    var nodeCount = spans.count
    /// By lane: the node of its current point in time, and whether something began after it, so that the next end needs a new one.
    var moments: [Int32: (node: Int32, isLeft: Bool)] = [:]
    forEachEvent { node, isBegin in
      let lane = lane(spans[Int(node)].process)
      if isBegin {
        guard let moment = moments[lane] else { return }
        edges.append(Digraph.Edge(from: moment.node, to: node, value: .none))
        if !moment.isLeft { moments[lane]?.isLeft = true }
      } else {
        if let moment = moments[lane], !moment.isLeft {
          edges.append(Digraph.Edge(from: node, to: moment.node, value: .none))
          return
        }
        let next = Int32(nodeCount)
        nodeCount += 1
        if let moment = moments[lane] { edges.append(Digraph.Edge(from: moment.node, to: next, value: .none)) }
        moments[lane] = (next, false)
        edges.append(Digraph.Edge(from: node, to: next, value: .none))
      }
    }
    return Digraph(nodeCount: nodeCount, edges)
  }

  /// Calls `body` for starts and ends in the order in which they happened. An operation with one position starts before it ends.
  private func forEachEvent(_ body: (_ node: Int32, _ isBegin: Bool) -> Void) {
    let count = analysis.history.operations.count
    let begins = Self.lists(spans.map(\.from), count), ends = Self.lists(spans.map(\.until), count)
    for position in 0..<count {
      begins.forEach(at: position) { body($0, true) }
      ends.forEach(at: position) { body($0, false) }
    }
  }

  /// Nodes by position: the heads of chains, and the next node in each chain.
  private struct Lists {
    var heads: ContiguousArray<Int32>
    var next: ContiguousArray<Int32>

    func forEach(at position: Int, _ body: (Int32) -> Void) {
      var node = heads[position]
      while node >= 0 {
        body(node)
        node = next[Int(node)]
      }
    }
  }

  private static func lists(_ positions: some Collection<Int32>, _ count: Int) -> Lists {
    var lists = Lists(heads: ContiguousArray(repeating: -1, count: count), next: ContiguousArray(repeating: -1, count: positions.count))
    for (node, position) in positions.enumerated() where position >= 0 && position < count {
      lists.next[node] = lists.heads[Int(position)]
      lists.heads[Int(position)] = Int32(node)
    }
    return lists
  }

  // MARK: Words

  /// A cycle step by step; points in time are left out.
  func words(_ cycle: [Digraph.Edge]) -> String {
    guard let start = cycle.firstIndex(where: { $0.from < spans.count }) else { return "" }
    var steps: [String] = []
    var passed: Int32?
    for edge in cycle[start...] + cycle[..<start] {
      if edge.value != .none {
        let facts = analysis.values[Int(edge.value.number)]
        steps.append("\(words(edge.from)) wrote value \(edge.value.number) to \(analysis.words(facts.partition)), which \(words(edge.to)) was given")
      } else if edge.from < spans.count {
        passed = edge.from
      }
      if edge.value == .none, edge.to < spans.count, let former = passed {
        steps.append("\(words(former)) had ended before \(words(edge.to)) began")
        passed = nil
      }
    }
    return steps.joined(separator: "; ")
  }

  private func words(_ node: Int32) -> String {
    guard node >= analysis.transactions.count else { return analysis.words(TransactionNumber(node)) }
    let operation = analysis.history.operations[Int(spans[Int(node)].from)]
    return "the \(operation.function == .poll ? "poll" : "send") of \(analysis.words(operation.process)) at \(analysis.told(operation.time))"
  }
}
