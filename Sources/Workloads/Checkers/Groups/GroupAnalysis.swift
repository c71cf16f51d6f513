import Primitives

/// What a history says of one consumer group: who had which partition and when, and what was committed, in the order in which it happened.
///
/// Groups know topics by their names: partitions of topics that followed each other under one name are one here, and bear the number of the first.
public struct GroupAnalysis {
  /// The time in which a process took a partition for its own.
  struct Tenure {
    let process: ProcessNumber
    /// Positions among the operations; nil where it had not ended when the history did.
    let from: Int
    var until: Int?
  }

  struct Commit {
    let process: ProcessNumber
    let offset: Offset
    /// The one that it was made in: it is confirmed when that is committed, and refused when that is aborted.
    let transaction: TransactionNumber
    /// Positions among the operations: when the request left, and when it was confirmed.
    let invoked: Int
    var acknowledged: Int?
    /// It certainly had no effect.
    var isRefused = false
  }

  public let group: String
  let analysis: Analysis
  var history: History { analysis.history }
  /// By partition of the history.
  let numbers: [Int]
  /// By partition, in the order of their begin.
  private(set) var tenures: [[Tenure]]
  /// By partition, in the order in which they were asked for.
  private(set) var commits: [[Commit]]
  /// Positions of the operations of the group's processes.
  private(set) var positions: [Int] = []
  /// Where among `commits` those of each transaction are. Only looked up.
  private(set) var places: [TransactionNumber: [(partition: Int, index: Int)]] = [:]
  /// By process; nil of one that does not belong to the group.
  private var processes: [History.Member?]

  public init(of group: String, in analysis: Analysis) {
    self.group = group
    self.analysis = analysis
    numbers = analysis.history.namesakes.map { $0[0] }
    tenures = analysis.logs.map { _ in [] }
    commits = tenures.map { _ in [] }
    let members = analysis.history.members.filter { $0.group == group }
    processes = Array(repeating: nil, count: Int(members.last?.process.number ?? -1) + 1)
    for member in members { processes[Int(member.process.number)] = member }
    gather()
  }

  /// Lives of its members, without operators, in the order of their processes.
  var members: [History.Member] { history.members.filter { $0.group == group && $0.role == .member } }

  /// What a process is in this group; nil where it does not belong to it.
  func role(of process: ProcessNumber) -> History.Member.Role? {
    member(process)?.role
  }

  /// Whether a process may be moved over records that are there by its own settings.
  func mayPassOver(_ process: ProcessNumber) -> Bool { member(process)?.mayPassOver ?? false }

  private func member(_ process: ProcessNumber) -> History.Member? {
    processes.indices.contains(Int(process.number)) ? processes[Int(process.number)] : nil
  }

  // MARK: Gathering

  /// A commit of which nobody has heard the end, with its places among the commits of partitions.
  private struct OpenCommit {
    let entries: ArraySlice<History.Entry>
    let places: [(partition: Int, index: Int)]
  }

  private mutating func gather() {
    var open: [ProcessNumber: [OpenCommit]] = [:]
    for (position, operation) in history.operations.enumerated() where role(of: operation.process) != nil || endsOurs(operation) {
      positions.append(position)
      switch operation.function {
      case .gain: history.forEachEntry(of: operation) { begin(number(of: $0), operation.process, position) }
      case .giveUp, .lose: history.forEachEntry(of: operation) { end(number(of: $0), operation.process, position) }
      case .end: for partition in tenures.indices { end(partition, operation.process, position) }
      case .commit: note(operation, position, &open[operation.process, default: []])
      case .send, .poll, .assign, .work, .reset, .inspect, .begin, .commitTransaction, .abortTransaction: break
      }
    }
    settleTransactions()
  }

  /// Whether a transaction in which offsets of the group were committed is ended, by a producer that bears another number than the member.
  private func endsOurs(_ operation: History.Operation) -> Bool {
    guard !places.isEmpty, operation.function == .commitTransaction || operation.function == .abortTransaction else { return false }
    return history.entries(of: operation).first.map { places[$0.transaction] != nil } ?? false
  }

  private mutating func settleTransactions() {
    guard !places.isEmpty else { return }
    for partition in commits.indices {
      for index in commits[partition].indices where commits[partition][index].transaction != .none && !commits[partition][index].isRefused {
        let transaction = analysis.facts(of: commits[partition][index].transaction)
        if transaction.fate == .committed { commits[partition][index].acknowledged = Int(transaction.ended) }
        if transaction.isWithheld { commits[partition][index].isRefused = true }
      }
    }
  }

  func number(of entry: History.Entry) -> Int { numbers[Int(entry.partition.number)] }

  private mutating func begin(_ partition: Int, _ process: ProcessNumber, _ position: Int) {
    end(partition, process, position)
    tenures[partition].append(Tenure(process: process, from: position))
  }

  private mutating func end(_ partition: Int, _ process: ProcessNumber, _ position: Int) {
    guard let last = tenures[partition].lastIndex(where: { $0.process == process && $0.until == nil }) else { return }
    tenures[partition][last].until = position
  }

  private mutating func note(_ operation: History.Operation, _ position: Int, _ open: inout [OpenCommit]) {
    let entries = history.entries(of: operation)
    if operation.kind == .invoke {
      open.append(OpenCommit(entries: entries, places: enter(entries, operation.process, position)))
      return
    }
    // The first one that is the same: of several that are under way nobody knows which one an answer is about.
    let begun: OpenCommit
    if let index = open.firstIndex(where: { $0.entries == entries }) {
      begun = open.remove(at: index)
    } else {
      begun = OpenCommit(entries: entries, places: enter(entries, operation.process, position))
    }
    for (partition, index) in begun.places {
      switch operation.kind {
      // Within a transaction that says only that it will be committed with it.
      case .ok: if commits[partition][index].transaction == .none { commits[partition][index].acknowledged = position }
      case .fail: commits[partition][index].isRefused = true
      case .invoke, .info: break
      }
    }
  }

  private mutating func enter(_ entries: ArraySlice<History.Entry>, _ process: ProcessNumber, _ position: Int) -> [(partition: Int, index: Int)] {
    entries.map { entry in
      let partition = number(of: entry)
      commits[partition].append(Commit(process: process, offset: entry.offset, transaction: entry.transaction, invoked: position))
      let place = (partition, commits[partition].count - 1)
      if entry.transaction != .none { places[entry.transaction, default: []].append(place) }
      return place
    }
  }

  // MARK: Asking

  /// What a reset says: unknown offsets where there was no position, or is none.
  func reset(_ operation: History.Operation) -> (partition: Int, from: Offset, to: Offset)? {
    let entries = history.entries(of: operation)
    guard entries.count == 2, let former = entries.first, let present = entries.last else { return nil }
    return (number(of: former), former.offset, present.offset)
  }

  /// Whether a process had a partition at a moment, and nobody had got it later.
  func isEntitled(_ process: ProcessNumber, to partition: Int, at position: Int) -> Bool {
    guard let newest = tenures[partition].last(where: { $0.from <= position && !isVain($0, commits[partition]) }) else { return false }
    return newest.process == process && (newest.until ?? .max) > position
  }

  /// Whether the topic of a partition was deleted at some time: its offsets went with it.
  func isOfDeletedTopic(_ partition: Int) -> Bool {
    numbers.indices.contains { numbers[$0] == partition && analysis.deletions.rule(at: .unknown, of: PartitionNumber(Int32($0))) == .topicDeleted }
  }

  func words(_ partition: Int) -> String { "group \(group), \(history.partitions[partition])" }

  /// A process for evidence; with its place among the lives of its node where it had several.
  func words(_ process: ProcessNumber) -> String {
    guard let member = history.member(process) else { return "process \(process.number)" }
    let lives = history.members.filter { $0.group == group && $0.name == member.name }
    guard lives.count > 1, let life = lives.firstIndex(of: member) else { return member.name }
    return "\(member.name) (life \(life + 1))"
  }

  func time(_ position: Int) -> Instant { history.operations[position].time }

  /// The same for evidence.
  func told(_ position: Int) -> Instant { analysis.told(time(position)) }
}

extension GroupAnalysis {
  /// Whether a member only took a partition for its own: it has it no more, and nothing shows that the group had given it.
  func isVain(_ tenure: Tenure, _ commits: [Commit]) -> Bool {
    guard let until = tenure.until else { return false }
    return !commits.contains { $0.process == tenure.process && $0.acknowledged != nil && $0.invoked > tenure.from && $0.invoked < until }
  }
}
