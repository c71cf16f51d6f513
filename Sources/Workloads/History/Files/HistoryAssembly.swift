import Client
import Primitives

/// Builds a history from the forms of a file: the meaning of names and numbers, and the operations so far.
struct HistoryAssembly {
  /// The most entries of a table with a place for each process and partition.
  private static let mostLanes = 20_000_000
  /// The largest distance between the first and last offset of a partition, per named record and in any case.
  private static let sparseness: Int64 = 64
  private static let freeOffsets: Int64 = 4_000_000

  /// The line of the current form.
  var line = 1
  var judged = JudgedHistory(History())
  /// Whether the first line was a header.
  var hasHeader = false
  /// The time of the current operation, or the last time that was given.
  var lastTime = Instant.zero
  /// The file's name for each value, if it is not the value's number.
  private(set) var valueNames: [String] = []
  /// The isolation level of processes if the file does not say it.
  private let isolation: IsolationLevel
  private var partitions: [FormKey: PartitionNumber] = [:]
  private var values: [ValueKey: RecordValue] = [:]
  private var transactions: [Int64: TransactionNumber] = [:]
  private var processes: [Int64: ProcessNumber] = [:]
  private var nextTransaction: Int32 = 0
  /// By partition: the lowest and the highest offset.
  private var spans: [ClosedRange<Int64>?] = []
  private var highestProcess: Int32 = -1

  /// A key of a history: a number or a text.
  private enum FormKey: Hashable {
    case number(Int64)
    case text(String)
  }

  private struct ValueKey: Hashable {
    /// In Jepsen's histories, values of different partitions may have the same name.
    let partition: Int32
    let name: FormKey
  }

  init(_ isolation: IsolationLevel) { self.isolation = isolation }

  func error(_ problem: String, _ remedy: String) -> HistoryFileError { HistoryFileError(line: line, problem, remedy: remedy) }

  mutating func append(_ kind: History.Operation.Kind, _ function: History.Operation.Function, by process: ProcessNumber, _ entries: [History.Entry] = []) {
    judged.history.append(kind, function, by: process, at: lastTime, entries)
  }

  // MARK: Micro-operations

  func isSend(_ element: Form) -> Bool { element.elements?.first?.name == "send" }

  /// `[:send k v]`, and `[:send k [offset v]]`.
  mutating func send(_ element: Form) throws -> (partition: PartitionNumber, value: RecordValue, offset: Offset) {
    guard let parts = element.elements, parts.count == 3, parts[0].name == "send" else {
      throw error("\(element.excerpt) is no send", "Write [:send key value] or, when it is completed, [:send key [offset value]]")
    }
    // Before the partitioner has chosen, the key is null.
    let partition = parts[1] == .null ? .unknown : try self.partition(parts[1])
    let pair = parts[2].elements ?? [.null, parts[2]]
    guard pair.count == 2 else { throw error("\(element.excerpt) is no send", "When it is completed it is [:send key [offset value]]") }
    let value = try self.value(pair[1], of: partition)
    guard value != .none else { throw error("\(element.excerpt) sends nothing", "Each send needs a value that no other one of its key has") }
    guard partition != .unknown || pair[0] == .null else { throw error("\(element.excerpt) has an offset and no key", "Write the key that it went to") }
    return (partition, value, try offset(pair[0], of: partition))
  }

  /// `[:poll {k [[offset v] ...]}]`; `[:poll]` returned nothing.
  mutating func poll(_ element: Form, _ body: (PartitionNumber, RecordValue, Offset) -> Void) throws {
    guard let parts = element.elements, let name = parts.first?.name, name == "poll", parts.count <= 2 else {
      throw error("\(element.excerpt) is no poll", "Write [:poll {key [[offset value] ...]}]")
    }
    guard parts.count == 2, parts[1] != .null else { return }
    guard let pairs = parts[1].pairs else { throw error("\(element.excerpt) is no poll", "Write [:poll {key [[offset value] ...]}]") }
    for pair in pairs {
      let partition = try self.partition(pair.key)
      guard let records = pair.value.elements else { throw error("\(pair.value.excerpt) are not records", "Write [[offset value] ...]") }
      for record in records {
        guard let parts = record.elements, parts.count == 2 else { throw error("\(record.excerpt) is not a record", "Write [offset value]") }
        let offset = try self.offset(parts[0], of: partition)
        guard offset != .unknown else { throw error("\(record.excerpt) was polled without an offset", "A record that was polled has one") }
        body(partition, try value(parts[1], of: partition), offset)
      }
    }
  }

  // MARK: Names and numbers

  private func key(_ form: Form) throws -> FormKey {
    if let number = form.number { return .number(number) }
    guard let name = form.name else { throw error("\(form.excerpt) names nothing", "Keys and values are numbers or strings") }
    return .text(name)
  }

  mutating func partition(_ form: Form) throws -> PartitionNumber {
    let key = try self.key(form)
    if hasHeader {
      guard case .number(let number) = key, number >= 0, number < judged.history.partitions.count else {
        throw error("the key \(form.excerpt) is not in the first line", "The first line of the file names all keys")
      }
      return PartitionNumber(Int32(number))
    }
    if let known = partitions[key] { return known }
    let name =
      switch key {
      case .number(let number): TopicPartition("key", Int32(clamping: number))
      case .text(let text): TopicPartition(text, 0)
      }
    let partition = judged.history.number(of: name)
    partitions[key] = partition
    try checkLanes()
    return partition
  }

  mutating func value(_ form: Form, of partition: PartitionNumber) throws -> RecordValue {
    if form == .null { return .none }
    let name = try key(form)
    let key = ValueKey(partition: hasHeader ? 0 : partition.number, name: name)
    if let known = values[key] { return known }
    let value = judged.history.newValue()
    values[key] = value
    if !hasHeader { valueNames.append(form.excerpt) }
    return value
  }

  mutating func transaction(_ form: Form) throws -> TransactionNumber {
    guard let number = form.number else { throw error("\(form.excerpt) is not a transaction", "txn is a number") }
    if let known = transactions[number] { return known }
    let transaction = newTransaction()
    transactions[number] = transaction
    return transaction
  }

  mutating func newTransaction() -> TransactionNumber {
    defer { nextTransaction += 1 }
    return TransactionNumber(nextTransaction)
  }

  mutating func process(_ number: Int64) throws -> ProcessNumber {
    if let known = processes[number] { return known }
    let process: ProcessNumber
    if hasHeader {
      guard number < Int64(Self.mostLanes) else { throw error("process \(number) is too high", "Processes are numbered from 0") }
      process = ProcessNumber(Int32(number))
    } else {
      process = ProcessNumber(Int32(processes.count))
      judged.history.setIsolation(of: process, to: isolation)
    }
    processes[number] = process
    highestProcess = max(highestProcess, process.number)
    try checkLanes()
    return process
  }

  private func checkLanes() throws {
    let lanes = (Int(highestProcess) + 1).multipliedReportingOverflow(by: judged.history.partitions.count + 10)
    guard !lanes.overflow, lanes.partialValue <= Self.mostLanes else {
      throw error(
        "\(highestProcess + 1) processes and \(judged.history.partitions.count) keys are too many together", "Judge parts of the history by themselves: \(Self.mostLanes) lanes at most")
    }
  }

  /// The offset of a record.
  mutating func offset(_ form: Form, of partition: PartitionNumber) throws -> Offset {
    let offset = try plainOffset(form)
    guard offset != .unknown, partition != .unknown else { return offset }
    let index = Int(partition.number)
    while spans.count <= index { spans.append(nil) }
    let span = spans[index] ?? offset.value...offset.value
    spans[index] = min(span.lowerBound, offset.value)...max(span.upperBound, offset.value)
    return offset
  }

  func plainOffset(_ form: Form) throws -> Offset {
    if form == .null { return .unknown }
    guard let number = form.number, number >= 0 else { throw error("\(form.excerpt) is not an offset", "Offsets are numbers from 0 on, or nil if unknown") }
    return Offset(number)
  }

  /// Logs are kept in memory from their first to their last offset, so their length is limited.
  func checkSpans() throws {
    let room = Self.freeOffsets.addingReportingOverflow(Self.sparseness.multipliedReportingOverflow(by: Int64(judged.history.entries.count)).partialValue).partialValue
    var total: Int64 = 0
    for (index, span) in spans.enumerated() {
      guard let span else { continue }
      total = total.addingReportingOverflow(span.upperBound - span.lowerBound).partialValue
      guard total <= room, total >= 0 else {
        throw error(
          "offsets \(span.lowerBound) to \(span.upperBound) of \(judged.history.partitions[index]) are too far apart for so few records", "Is an offset damaged?")
      }
    }
  }
}
