import Primitives

/// What is under way of the processes of a Jepsen history, and what the whole history showed.
struct JepsenState {
  struct Pending {
    var transaction = TransactionNumber.none
  }

  var pending: [ProcessNumber: Pending] = [:]
  /// What each process reads by its own choice, and who left the choice to a group.
  var subscribed: Set<ProcessNumber> = []
  /// Somebody was sent to the beginning of what it reads: Jepsen's final reads, which go to the end.
  var readsFromTheBeginning = false

  /// Whether Jepsen's Kafka workload has an operation of this name.
  func isOfJepsen(_ name: String) -> Bool {
    switch name {
    case "send", "poll", "txn", "assign", "subscribe", "crash", "debug-topic-partitions": true
    default: false
    }
  }
}

/// Operations of Jepsen's Kafka workload, each of which is one or several of ours.
///
/// - A `txn` is a transaction: it begins and is asked to be committed when it is invoked, since nobody says when else; its sends and polls are completed with it. One that failed was
///   aborted.
/// - `send` and `poll` are what they are, each value by itself.
/// - `assign` forgets the positions of all keys but the new ones, and `:seek-to-beginning?` forgets the positions of all. Whoever subscribes is given keys by a group, which may move it between any two
///   polls. A poll with a `:rebalance-log` follows nothing.
extension HistoryReader {
  mutating func takeJepsen(_ form: Form, _ kind: History.Operation.Kind, _ name: String, _ process: ProcessNumber) throws {
    switch name {
    case "send", "poll", "txn": try takeMicroOperations(form, kind, process, isTransaction: name == "txn")
    case "assign", "subscribe": if kind == .ok || kind == .info { try takeAssignment(form, process, subscribes: name == "subscribe") }
    case "crash": if kind != .invoke { append(.ok, .end, by: process) }
    // A client asks brokers for what it thinks is wrong: nothing that anybody is judged by.
    default: break
    }
  }

  private mutating func takeMicroOperations(_ form: Form, _ kind: History.Operation.Kind, _ process: ProcessNumber, isTransaction: Bool) throws {
    guard let elements = form["value"]?.elements else {
      throw error("an operation without micro-operations", "The value of send, poll and txn is a list such as [[:send key value] [:poll]]")
    }
    if kind == .invoke { return try invoke(elements, process, isTransaction: isTransaction) }
    let pending = jepsen.pending.removeValue(forKey: process) ?? JepsenState.Pending()
    let transaction = pending.transaction
    guard isTransaction == (transaction != .none) else {
      throw error("a completion of process \(form["process"]?.excerpt ?? "") that nobody invoked", "Each txn that is completed is invoked before, by the same process")
    }
    let isRebalanced = jepsen.subscribed.contains(process) || form["rebalance-log"]?.elements?.isEmpty == false
    var sends: [History.Entry] = []
    for element in elements {
      if isSend(element) {
        let send = try self.send(element)
        sends.append(History.Entry(send.partition, send.value, at: send.offset, in: transaction))
        continue
      }
      var entries: [History.Entry] = []
      try poll(element) { entries.append(History.Entry($0, $1, at: $2, in: transaction)) }
      if isRebalanced { append(.ok, .assign, by: process) }
      append(kind, .poll, by: process, entries)
    }
    // Within a transaction that was not committed nobody knows what became of a send.
    if !sends.isEmpty { append(isTransaction && kind != .ok ? .info : kind, .send, by: process, sends) }
    if isTransaction { end(transaction, kind, process) }
  }

  private mutating func invoke(_ elements: [Form], _ process: ProcessNumber, isTransaction: Bool) throws {
    var pending = JepsenState.Pending()
    if isTransaction {
      pending.transaction = newTransaction()
      append(.ok, .begin, by: process, [History.Entry(.unknown, .none, in: pending.transaction)])
    }
    for element in elements where isSend(element) {
      let send = try self.send(element)
      append(.invoke, .send, by: process, [History.Entry(.unknown, send.value, in: pending.transaction)])
    }
    if isTransaction { append(.invoke, .commitTransaction, by: process, [History.Entry(.unknown, .none, in: pending.transaction)]) }
    jepsen.pending[process] = pending
  }

  private mutating func end(_ transaction: TransactionNumber, _ kind: History.Operation.Kind, _ process: ProcessNumber) {
    append(kind, .commitTransaction, by: process, [History.Entry(.unknown, .none, in: transaction)])
  }

  private mutating func takeAssignment(_ form: Form, _ process: ProcessNumber, subscribes: Bool) throws {
    var wanted: Set<PartitionNumber> = []
    for key in form["value"]?.elements ?? [] { wanted.insert(try partition(key)) }
    if subscribes { jepsen.subscribed.insert(process) } else { jepsen.subscribed.remove(process) }
    if form["seek-to-beginning?"]?.isTrue == true {
      jepsen.readsFromTheBeginning = true
      return append(.ok, .assign, by: process)
    }
    guard !subscribes else { return append(.ok, .assign, by: process) }
    let lost = judged.history.partitions.indices.map { PartitionNumber(Int32($0)) }.filter { !wanted.contains($0) }
    if !lost.isEmpty { append(.ok, .assign, by: process, lost.map { History.Entry($0, .none) }) }
  }
}
