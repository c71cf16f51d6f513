import Primitives

/// What depends on what: transactions, sends outside of transactions and polls, with the edges between them.
///
/// - A *read* edge goes from whoever wrote a value to whoever was given it: the poll, and the transaction that worked on it.
/// - A *write* edge goes from whoever wrote a value to whoever wrote the next one of the partition.
/// - A *time* edge goes from what ended to what began later, of the same process or of any. There are as many of these as pairs; so time has nodes of its own instead, which follow
///   each other: what ends points to the next one, and each points to what begins behind it. Edges stay as few as operations.
///
/// Only what reads committed records is a reader: others may be given what is not committed yet. What was certainly not committed takes no part.
struct Dependencies {
  /// Whose order counts.
  enum Time { case none, process, all }

  private struct Span {
    /// Positions among the operations; `until` is the highest number where nobody knows of an end.
    var from = Int32.max
    var until = Int32.min
    var process = ProcessNumber(-1)
  }

  let analysis: Analysis
  /// By node, of those that are no moments: transactions first, then sends and polls in the order of the history.
  private var spans: ContiguousArray<Span>
  /// By value: who wrote it; -1 where that takes no part.
  private var writers: ContiguousArray<Int32>
  private var reads: ContiguousArray<Digraph.Edge> = []
  /// From who wrote a value to who wrote the next one of its partition.
  private var writes: ContiguousArray<Digraph.Edge> = []

  init(_ analysis: Analysis) {
    self.analysis = analysis
    spans = ContiguousArray(repeating: Span(), count: analysis.transactions.count)
    writers = ContiguousArray(repeating: -1, count: analysis.values.count)
    for (number, facts) in analysis.transactions.enumerated() where facts.mustHaveCommitted {
      spans[number] = Span(from: facts.began, until: facts.fate == .committed ? facts.ended : .max, process: facts.process)
    }
    gather()
    noteWrites()
  }

  /// How many edges say that somebody was given what somebody wrote.
  var readCount: Int { reads.count }

  // MARK: Gathering

  private mutating func gather() {
    let history = analysis.history
    for (place, operation) in history.operations.enumerated() {
      let position = Int32(place)
      switch (operation.function, operation.kind) {
      case (.send, .invoke): for entry in history.entries(of: operation) { noteSend(entry, operation, position) }
      case (.send, .ok):
        for entry in history.entries(of: operation) where entry.value != .none {
          let writer = writers[Int(entry.value.number)]
          if writer >= analysis.transactions.count { spans[Int(writer)].until = position }
        }
      case (.poll, .ok) where analysis.reads(operation.process): notePoll(operation, position)
      case (.work, _) where analysis.reads(operation.process):
        for entry in history.entries(of: operation) where entry.transaction != .none && entry.value != .none {
          guard analysis.facts(of: entry.transaction).mustHaveCommitted else { continue }
          noteRead(entry.value, by: entry.transaction.number)
        }
      default: break
      }
    }
  }

  private mutating func noteSend(_ entry: History.Entry, _ operation: History.Operation, _ position: Int32) {
    let facts = analysis.values[Int(entry.value.number)]
    if facts.transaction != .none {
      if analysis.facts(of: facts.transaction).mustHaveCommitted { writers[Int(entry.value.number)] = facts.transaction.number }
    } else if facts.outcome != .failed, facts.firstIndex >= 0 {
      writers[Int(entry.value.number)] = Int32(spans.count)
      spans.append(Span(from: position, until: .max, process: operation.process))
    }
  }

  private mutating func notePoll(_ operation: History.Operation, _ position: Int32) {
    let entries = analysis.history.entries(of: operation)
    guard let first = entries.first else { return }
    // What is polled within a transaction is read by it.
    if first.transaction != .none {
      guard analysis.facts(of: first.transaction).mustHaveCommitted else { return }
      for entry in entries where entry.value != .none { noteRead(entry.value, by: first.transaction.number) }
      return
    }
    let reader = Int32(spans.count)
    spans.append(Span(from: position, until: position, process: operation.process))
    for entry in entries where entry.value != .none { noteRead(entry.value, by: reader) }
  }

  private mutating func noteRead(_ value: RecordValue, by reader: Int32) {
    let writer = writers[Int(value.number)]
    if writer >= 0, writer != reader { reads.append(Digraph.Edge(from: writer, to: reader, value: value)) }
  }

  private mutating func noteWrites() {
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

  /// Transactions and sends alone, with the order in which they wrote: transactions that write to several partitions at the same time go round in circles, as Kafka permits.
  func graphOfWrites() -> Digraph { Digraph(nodeCount: spans.count, writes) }

  func graph(_ time: Time) -> Digraph {
    switch time {
    case .none: return Digraph(nodeCount: spans.count, reads)
    case .process: return withTime { $0.number }
    case .all: return withTime { _ in 0 }
    }
  }

  /// - Parameter lane: the processes of one lane have one time.
  private func withTime(_ lane: (ProcessNumber) -> Int32) -> Digraph {
    var edges = reads
    edges.reserveCapacity(reads.count + 3 * spans.count)
    var nodeCount = spans.count
    /// By lane: the node of its present moment, and whether something began behind it, so that what ends now needs another one.
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

  /// Begins and ends in the order in which they happened. What is one moment begins before it ends.
  private func forEachEvent(_ body: (_ node: Int32, _ isBegin: Bool) -> Void) {
    let count = analysis.history.operations.count
    let begins = Self.lists(spans.map(\.from), count), ends = Self.lists(spans.map(\.until), count)
    for position in 0..<count {
      begins.forEach(at: position) { body($0, true) }
      ends.forEach(at: position) { body($0, false) }
    }
  }

  /// Nodes by position: the heads of chains, and what follows each node in its chain.
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

  /// A cycle step by step; moments are passed over.
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
