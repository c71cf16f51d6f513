import Primitives

/// The operations of Jepsen's Kafka workload, each of which becomes one or several of ours.
///
/// - A `txn` is a transaction: at its invocation it begins and its commit is requested, because the file gives no other time; its sends and polls are completed with it. If it
///   failed, it was aborted.
/// - `send` and `poll` stay what they are, each value by itself.
/// - `assign` forgets the positions of all keys except the new ones, and `:seek-to-beginning?` forgets all positions. A subscriber is given keys by a group, which may move it
///   between any two polls. A poll with a `:rebalance-log` continues nothing.
struct JepsenOperations {
  /// The open transaction of each process; none for an operation outside of transactions.
  private var pending: [ProcessNumber: TransactionNumber] = [:]
  /// Processes that let a group choose what they read.
  private var subscribed: Set<ProcessNumber> = []
  /// Whether any process was sent to the beginning: those are Jepsen's final reads, which go to the end.
  private(set) var readsFromTheBeginning = false

  /// Whether Jepsen's Kafka workload has an operation of this name.
  static func has(_ name: String) -> Bool {
    switch name {
    case "send", "poll", "txn", "assign", "subscribe", "crash", "debug-topic-partitions": true
    default: false
    }
  }

  mutating func take(_ form: Form, _ kind: History.Operation.Kind, _ name: String, _ process: ProcessNumber, into assembly: inout HistoryAssembly) throws {
    switch name {
    case "send", "poll", "txn": try takeMicroOperations(form, kind, process, isTransaction: name == "txn", &assembly)
    case "assign", "subscribe": if kind == .ok || kind == .info { try takeAssignment(form, process, subscribes: name == "subscribe", &assembly) }
    case "crash": if kind != .invoke { assembly.append(.ok, .end, by: process) }
    // A client asks brokers for debugging information, which no verdict uses.
    default: break
    }
  }

  private mutating func takeMicroOperations(_ form: Form, _ kind: History.Operation.Kind, _ process: ProcessNumber, isTransaction: Bool, _ assembly: inout HistoryAssembly) throws {
    guard let elements = form["value"]?.elements else {
      throw assembly.error("an operation without micro-operations", "The value of send, poll and txn is a list such as [[:send key value] [:poll]]")
    }
    if kind == .invoke { return try invoke(elements, process, isTransaction: isTransaction, &assembly) }
    let transaction = pending.removeValue(forKey: process) ?? .none
    guard isTransaction == (transaction != .none) else {
      throw assembly.error("a completion of process \(form["process"]?.excerpt ?? "") that was never invoked", "Each txn that is completed is invoked before, by the same process")
    }
    let isRebalanced = subscribed.contains(process) || form["rebalance-log"]?.elements?.isEmpty == false
    var sends: [History.Entry] = []
    for element in elements {
      if assembly.isSend(element) {
        let send = try assembly.send(element)
        sends.append(History.Entry(send.partition, send.value, at: send.offset, in: transaction))
        continue
      }
      var entries: [History.Entry] = []
      try assembly.poll(element) { entries.append(History.Entry($0, $1, at: $2, in: transaction)) }
      if isRebalanced { assembly.append(.ok, .assign, by: process) }
      assembly.append(kind, .poll, by: process, entries)
    }
    // If the transaction was not committed, the outcome of its sends is unknown.
    if !sends.isEmpty { assembly.append(isTransaction && kind != .ok ? .info : kind, .send, by: process, sends) }
    if isTransaction { assembly.append(kind, .commitTransaction, by: process, [History.Entry(.unknown, .none, in: transaction)]) }
  }

  private mutating func invoke(_ elements: [Form], _ process: ProcessNumber, isTransaction: Bool, _ assembly: inout HistoryAssembly) throws {
    let transaction = isTransaction ? assembly.newTransaction() : .none
    if isTransaction { assembly.append(.ok, .begin, by: process, [History.Entry(.unknown, .none, in: transaction)]) }
    for element in elements where assembly.isSend(element) {
      let send = try assembly.send(element)
      assembly.append(.invoke, .send, by: process, [History.Entry(.unknown, send.value, in: transaction)])
    }
    if isTransaction { assembly.append(.invoke, .commitTransaction, by: process, [History.Entry(.unknown, .none, in: transaction)]) }
    pending[process] = transaction
  }

  private mutating func takeAssignment(_ form: Form, _ process: ProcessNumber, subscribes: Bool, _ assembly: inout HistoryAssembly) throws {
    var wanted: Set<PartitionNumber> = []
    for key in form["value"]?.elements ?? [] { wanted.insert(try assembly.partition(key)) }
    if subscribes { subscribed.insert(process) } else { subscribed.remove(process) }
    if form["seek-to-beginning?"]?.isTrue == true {
      readsFromTheBeginning = true
      return assembly.append(.ok, .assign, by: process)
    }
    guard !subscribes else { return assembly.append(.ok, .assign, by: process) }
    let lost = assembly.judged.history.partitions.indices.map { PartitionNumber(Int32($0)) }.filter { !wanted.contains($0) }
    if !lost.isEmpty { assembly.append(.ok, .assign, by: process, lost.map { History.Entry($0, .none) }) }
  }
}
