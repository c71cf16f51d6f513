import Primitives

/// What a history says about one consumer group: which process owned which partition and when, and what was committed, in order.
///
/// Groups know topics by name: the partitions of successive topics with one name are one partition here, with the number of the first.
public struct GroupAnalysis {
  /// The time during which a process owned a partition, as it saw it.
  struct Tenure {
    let process: ProcessNumber
    /// Positions among the operations; `until` is nil if the history ends first.
    let from: Int
    var until: Int?
  }

  struct Commit {
    let process: ProcessNumber
    let offset: Offset
    /// The transaction of the commit: the commit is confirmed when the transaction is committed, and refused when it is aborted.
    let transaction: TransactionNumber
    /// Positions among the operations: when the request was sent, and when it was confirmed.
    let invoked: Int
    var acknowledged: Int?
    /// Whether it certainly had no effect.
    var isRefused = false
  }

  public let group: String
  let analysis: Analysis
  var history: History { analysis.history }
  /// By partition number in the history: the partition's number here.
  let numbers: [Int]
  /// By partition, in the order in which they start.
  private(set) var tenures: [[Tenure]]
  /// By partition, in the order of the requests.
  private(set) var commits: [[Commit]]
  /// Positions of the operations of the group's processes.
  private(set) var positions: [Int] = []
  /// The indexes in `commits` of each transaction. Only looked up.
  private(set) var places: [TransactionNumber: [(partition: Int, index: Int)]] = [:]
  /// By process; nil for a process outside the group.
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

  /// The lives of its members, without operators, in the order of their processes.
  var members: [History.Member] { history.members.filter { $0.group == group && $0.role == .member } }

  /// The role of a process in this group; nil if it has none.
  func role(of process: ProcessNumber) -> History.Member.Role? {
    member(process)?.role
  }

  /// Whether a process may skip existing records because of its settings.
  func mayPassOver(_ process: ProcessNumber) -> Bool { member(process)?.mayPassOver ?? false }

  private func member(_ process: ProcessNumber) -> History.Member? {
    processes.indices.contains(Int(process.number)) ? processes[Int(process.number)] : nil
  }

  // MARK: Gathering

  /// A commit whose outcome is not known yet, with its indexes among the commits of partitions.
  private struct OpenCommit {
    let entries: History.Entries
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
      case .commit: observeCommit(operation, position, &open[operation.process, default: []])
      case .send, .poll, .assign, .work, .reset, .inspect, .begin, .commitTransaction, .abortTransaction: break
      }
    }
    settleTransactions()
  }

  /// Whether this ends a transaction in which offsets of the group were committed, by a producer whose process number differs from the member's.
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

  private mutating func observeCommit(_ operation: History.Operation, _ position: Int, _ open: inout [OpenCommit]) {
    let entries = history.entries(of: operation)
    if operation.kind == .invoke {
      open.append(OpenCommit(entries: entries, places: enter(entries, operation.process, position)))
      return
    }
    // The first open commit that matches: if several are under way, it is unknown which one an answer belongs to.
    let begun: OpenCommit
    if let index = open.firstIndex(where: { $0.entries == entries }) {
      begun = open.remove(at: index)
    } else {
      begun = OpenCommit(entries: entries, places: enter(entries, operation.process, position))
    }
    for (partition, index) in begun.places {
      switch operation.kind {
      // Within a transaction, this only says that the offset will be committed with it.
      case .ok: if commits[partition][index].transaction == .none { commits[partition][index].acknowledged = position }
      case .fail: commits[partition][index].isRefused = true
      case .invoke, .info: break
      }
    }
  }

  private mutating func enter(_ entries: History.Entries, _ process: ProcessNumber, _ position: Int) -> [(partition: Int, index: Int)] {
    entries.map { entry in
      let partition = number(of: entry)
      commits[partition].append(Commit(process: process, offset: entry.offset, transaction: entry.transaction, invoked: position))
      let place = (partition, commits[partition].count - 1)
      if entry.transaction != .none { places[entry.transaction, default: []].append(place) }
      return place
    }
  }

  // MARK: Queries

  /// The partition and offsets of a reset: an offset is unknown if there was no position, or there is none now.
  func reset(_ operation: History.Operation) -> (partition: Int, from: Offset, to: Offset)? {
    let entries = history.entries(of: operation)
    guard entries.count == 2, let former = entries.first, let present = entries.last else { return nil }
    return (number(of: former), former.offset, present.offset)
  }

  /// Whether a process owned a partition at a position, and no other process had got it since.
  func isEntitled(_ process: ProcessNumber, to partition: Int, at position: Int) -> Bool {
    guard let newest = tenures[partition].last(where: { $0.from <= position && !isVain($0, commits[partition]) }) else { return false }
    return newest.process == process && (newest.until ?? .max) > position
  }

  /// Whether the topic of a partition was deleted at some time: its offsets went with it.
  func isOfDeletedTopic(_ partition: Int) -> Bool {
    numbers.indices.contains { numbers[$0] == partition && analysis.deletions.rule(at: .unknown, of: PartitionNumber(Int32($0))) == .topicDeleted }
  }

  func words(_ partition: Int) -> String { "group \(group), \(history.partitions[partition])" }

  /// A process for evidence; with the number of its life if its node had several.
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
  /// Whether a member only believed that it owned a partition: its tenure is over, and no confirmed commit shows that the group had assigned it.
  func isVain(_ tenure: Tenure, _ commits: [Commit]) -> Bool {
    guard let until = tenure.until else { return false }
    return !commits.contains { $0.process == tenure.process && $0.acknowledged != nil && $0.invoked > tenure.from && $0.invoked < until }
  }
}
