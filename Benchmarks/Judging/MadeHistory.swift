import Primitives
import Workloads

/// A correct history of a given size.
struct MadeHistory {
  private static let partitions = 8
  private static let records = 10
  private var history = History()
  private var inputs: [PartitionNumber] = []
  private var outputs: [PartitionNumber] = []
  private var time: Int64 = 0
  private var nextTransaction: Int32 = 0
  /// By partition: the next offset, and what it contains.
  private var inputEnds: [Int64]
  private var outputEnds: [Int64]
  private var input: [[History.Entry]]
  private var output: [[History.Entry]]
  private let producer: ProcessNumber = 0
  private let applications: [ProcessNumber] = [1, 2, 3]
  private let auditor: ProcessNumber = 4
  private let dirtyAuditor: ProcessNumber = 5

  init(operations: Int) {
    let none: [History.Entry] = []
    inputEnds = Array(repeating: 0, count: Self.partitions)
    outputEnds = inputEnds
    input = Array(repeating: none, count: Self.partitions)
    output = input
    for partition in 0..<Int32(Self.partitions) {
      inputs.append(history.number(of: TopicPartition("in", partition)))
      outputs.append(history.number(of: TopicPartition("out", partition)))
    }
    for (number, process) in applications.enumerated() {
      history.add(History.Member(process, "application-\(number + 1)", of: "g", mayPassOver: false))
      history.setIsolation(of: process, to: .readCommitted)
    }
    history.setIsolation(of: auditor, to: .readCommitted)
    for (place, partition) in inputs.enumerated() { history.append(.ok, .gain, by: applications[place % 3], at: tick(), History.Entry(partition, .none)) }
    var round = 0
    while history.operations.count < operations - 2 * (operations / 100) {
      transform(round % Self.partitions, isAborted: round % 10 == 9)
      round += 1
    }
    audit()
  }

  var judged: JudgedHistory {
    var end = GroupFindings("g", on: [.oneOwner, .committedOffsets, .exactlyOnce, .atLeastOnce, .atMostOnce])
    end.partitions = inputs.map { history.partitions[Int($0.number)] }
    end.running = Set(applications)
    return JudgedHistory(history, isReadToTheEnd: true, committed: CommittedAudit(by: auditor), groups: [end])
  }

  private mutating func tick() -> Instant {
    time += 1_000
    return Instant(nanoseconds: time)
  }

  /// Sends records, from each of which an application makes a value, in one transaction; if that is aborted, in another one after it.
  private mutating func transform(_ place: Int, isAborted: Bool) {
    var entries: [History.Entry] = []
    for _ in 0..<Self.records {
      let value = send(by: producer, in: .none, from: [])
      entries.append(History.Entry(inputs[place], value, at: Offset(inputEnds[place])))
      inputEnds[place] += 1
    }
    history.append(.ok, .send, by: producer, at: tick(), entries)
    input[place] += entries
    let application = applications[place % 3]
    for commits in isAborted ? [false, true] : [true] { run(entries, place, application, commits: commits) }
  }

  private mutating func send(by process: ProcessNumber, in transaction: TransactionNumber, from sources: [History.Source]) -> RecordValue {
    let value = history.newValue()
    history.addSources(sources, of: value)
    history.append(.invoke, .send, by: process, at: tick(), History.Entry(.unknown, value, in: transaction))
    return value
  }

  private mutating func run(_ entries: [History.Entry], _ place: Int, _ application: ProcessNumber, commits: Bool) {
    // After an abort it goes back to what it has to process again.
    history.append(.ok, .assign, by: application, at: tick())
    history.append(.ok, .poll, by: application, at: tick(), entries)
    let transaction = TransactionNumber(nextTransaction)
    nextTransaction += 1
    mark(.ok, .begin, transaction, application)
    history.append(.ok, .work, by: application, at: tick(), entries.map { History.Entry($0.partition, $0.value, at: $0.offset, in: transaction) })
    var made: [History.Entry] = []
    for entry in entries {
      let value = send(by: application, in: transaction, from: [History.Source(entry.partition, at: entry.offset)])
      made.append(History.Entry(outputs[place], value, at: Offset(outputEnds[place])))
      outputEnds[place] += 1
    }
    history.append(.ok, .send, by: application, at: tick(), made)
    let next = History.Entry(inputs[place], .none, at: entries[entries.count - 1].offset + 1, in: transaction)
    history.append(.invoke, .commit, by: application, at: tick(), next)
    history.append(.ok, .commit, by: application, at: tick(), next)
    for kind in [History.Operation.Kind.invoke, .ok] { mark(kind, commits ? .commitTransaction : .abortTransaction, transaction, application) }
    // The marker.
    outputEnds[place] += 1
    if commits { output[place] += made }
  }

  private mutating func mark(_ kind: History.Operation.Kind, _ function: History.Operation.Function, _ transaction: TransactionNumber, _ process: ProcessNumber) {
    history.append(kind, function, by: process, at: tick(), History.Entry(.unknown, .none, in: transaction))
  }

  private mutating func audit() {
    for process in [auditor, dirtyAuditor] {
      for log in input + (process == auditor ? output : []) {
        for begin in stride(from: 0, to: log.count, by: 100) {
          history.append(.ok, .poll, by: process, at: tick(), Array(log[begin..<min(begin + 100, log.count)]))
        }
      }
    }
  }
}
