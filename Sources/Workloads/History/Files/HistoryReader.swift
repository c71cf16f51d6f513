import Client
import Primitives

/// Reads a history, operation by operation: one that this program wrote, or one of Jepsen's Kafka workload or of a tool that writes such.
///
/// Numbers of a file are nobody's bounds: partitions, values, transactions and, without a header, processes get numbers of their own in the order in which they come.
public struct HistoryReader {
  /// What a history may need for each process and each partition together.
  static let mostLanes = 20_000_000
  /// How many offsets may stand between the first and the last one of a partition for each record that is named, and how many whatever is named.
  private static let sparseness: Int64 = 64
  private static let freeOffsets: Int64 = 4_000_000

  private var reader: any FormReader
  private let isolation: IsolationLevel
  var judged = JudgedHistory(History())
  var hasHeader = false
  private var isFirst = true
  private var partitions: [FormKey: PartitionNumber] = [:]
  private var values: [ValueKey: RecordValue] = [:]
  /// What the file calls each value, where that is not its number.
  private var valueNames: [String] = []
  private var transactions: [Int64: TransactionNumber] = [:]
  private var processes: [Int64: ProcessNumber] = [:]
  private var nextTransaction: Int32 = 0
  private var lastTime = Instant.zero
  /// By partition: the lowest and the highest offset.
  private var spans: [ClosedRange<Int64>?] = []
  private var highestProcess: Int32 = -1
  /// What is under way of Jepsen's processes.
  var jepsen = JepsenState()

  /// A key of a history: a number or a text.
  private enum FormKey: Hashable {
    case number(Int64)
    case text(String)
  }

  private struct ValueKey: Hashable {
    /// Values of different partitions may bear one name in Jepsen's histories.
    let partition: Int32
    let name: FormKey
  }

  private init(_ syntax: HistorySyntax, _ isolation: IsolationLevel, _ refill: @escaping () throws -> [UInt8]) {
    reader = syntax.reader(refill)
    self.isolation = isolation
  }

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - isolation: what processes read of a file that does not say it.
  ///   - refill: the next piece of the file; empty at its end.
  /// - Throws: `HistoryFileError`, and what `refill` throws.
  public static func read(_ syntax: HistorySyntax, isolation: IsolationLevel = .readCommitted, _ refill: @escaping () throws -> [UInt8]) throws -> ReadHistory {
    var reader = HistoryReader(syntax, isolation, refill)
    return try reader.run()
  }

  private mutating func run() throws -> ReadHistory {
    while let form = try reader.next() { try take(form) }
    guard !isFirst else { throw error("the file holds no operation", "Write one with trial replay SCENARIO --history FILE") }
    try checkSpans()
    if !hasHeader { judged.isReadToTheEnd = jepsen.readsFromTheBeginning }
    return ReadHistory(judged: judged, valueNames: hasHeader ? [] : valueNames)
  }

  func error(_ problem: String, _ remedy: String) -> HistoryFileError { HistoryFileError(line: reader.line, problem, remedy: remedy) }

  // MARK: Operations

  private mutating func take(_ form: Form) throws {
    guard form.pairs != nil else { throw error("\(form.excerpt) is no operation", "Each operation is a map with type, f, process and value") }
    defer { isFirst = false }
    guard let process = form["process"], let number = process.number, number >= 0 else {
      // The nemesis, and whoever else is no client.
      guard form["f"]?.name == HistoryHeader.function else { return }
      guard isFirst else { throw error("a second line that begins a history", "One file holds one history: judge each by itself") }
      hasHeader = true
      return try HistoryHeaderReader(self).read(form["value"] ?? .null, into: &self)
    }
    guard let type = form["type"]?.name, let kind = History.Operation.Kind(word: type) else {
      throw error("the type \(form["type"]?.excerpt ?? "is missing")", "It is one of invoke, ok, fail and info")
    }
    guard let name = form["f"]?.name else { throw error("an operation without f", "f says what it is about, such as send or poll") }
    if let time = form["time"]?.number { lastTime = Instant(nanoseconds: time) }
    let client = try self.process(number)
    // Whoever says which transaction an operation is of, or what its values were made of, speaks as this program does.
    if hasHeader || !jepsen.isOfJepsen(name) || form["txn"] != nil || form["from"] != nil {
      try takeOwn(form, kind, name, client)
    } else {
      try takeJepsen(form, kind, name, client)
    }
  }

  private mutating func takeOwn(_ form: Form, _ kind: History.Operation.Kind, _ name: String, _ process: ProcessNumber) throws {
    guard let function = History.Operation.Function(word: name) else {
      throw error("an operation of the name '\(name)'", "Known are \(History.Operation.Function.all.map(\.word).joined(separator: ", ")), and Jepsen's txn and subscribe")
    }
    let transaction = try form["txn"].map { try self.transaction($0) } ?? .none
    let key = form["key"]?.number.flatMap { Int32(exactly: $0) }.map { KeyNumber($0) } ?? .none
    var entries: [History.Entry] = []
    let elements = form["value"]?.elements ?? []
    switch function {
    case .send:
      for element in elements {
        let send = try self.send(element)
        entries.append(History.Entry(kind == .invoke ? .unknown : send.partition, send.value, at: send.offset, key: key, in: transaction))
        if kind == .invoke { try noteFacts(of: send.value, form) }
      }
    case .poll: for element in elements { try poll(element) { entries.append(History.Entry($0, $1, at: $2, key: key, in: transaction)) } }
    case .assign, .gain, .giveUp, .lose: for element in elements { entries.append(History.Entry(try partition(element), .none, in: transaction)) }
    case .work:
      for element in elements {
        guard let parts = element.elements, parts.count == 3 else { throw error("\(element.excerpt) is no record", "Write [key offset value]") }
        let partition = try self.partition(parts[0])
        let value = try self.value(parts[2], of: partition)
        entries.append(History.Entry(partition, value, at: try offset(parts[1], of: partition), key: key, in: transaction))
      }
    case .commit, .reset, .inspect:
      for element in elements {
        guard let parts = element.elements, parts.count == 2 else { throw error("\(element.excerpt) is no offset of a partition", "Write [key offset]") }
        let partition = try self.partition(parts[0])
        entries.append(History.Entry(partition, .none, at: try plainOffset(parts[1]), in: transaction))
      }
    case .begin, .commitTransaction, .abortTransaction:
      guard transaction != .none else { throw error("\(name) without txn", "txn is the number of the transaction") }
      entries = [History.Entry(.unknown, .none, in: transaction)]
    case .end: break
    }
    append(kind, function, by: process, entries)
  }

  private mutating func noteFacts(of value: RecordValue, _ form: Form) throws {
    if form["tombstone"]?.isTrue == true { judged.history.noteTombstone(value) }
    for source in form["from"]?.elements ?? [] {
      guard let parts = source.elements, parts.count == 2 else { throw error("\(source.excerpt) is no record that a value was made of", "Write [key offset]") }
      let partition = try self.partition(parts[0])
      judged.history.note([History.Source(partition, at: try plainOffset(parts[1]))], of: value)
    }
    for posting in form["posts"]?.elements ?? [] {
      guard let parts = posting.elements, parts.count == 2, let account = parts[0].number.flatMap({ Int32(exactly: $0) }), let amount = parts[1].number else {
        throw error("\(posting.excerpt) is nothing that is posted", "Write [account amount]")
      }
      judged.history.note(History.Posting(value, to: account, amount))
    }
    for count in form["counts"]?.elements ?? [] {
      guard let parts = count.elements, parts.count == 3, let key = parts[1].number.flatMap({ Int32(exactly: $0) }), let number = parts[2].number else {
        throw error("\(count.excerpt) counts nothing", "Write [key of-record number]")
      }
      judged.history.note(History.Count(value, of: KeyNumber(key), in: try self.partition(parts[0]), number))
    }
  }

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
    // Before the partitioner has chosen there is no key.
    let partition = parts[1] == .null ? .unknown : try self.partition(parts[1])
    let pair = parts[2].elements ?? [.null, parts[2]]
    guard pair.count == 2 else { throw error("\(element.excerpt) is no send", "When it is completed it is [:send key [offset value]]") }
    let value = try self.value(pair[1], of: partition)
    guard value != .none else { throw error("\(element.excerpt) sends nothing", "Each send needs a value that no other one of its key has") }
    guard partition != .unknown || pair[0] == .null else { throw error("\(element.excerpt) has an offset and no key", "Write the key that it went to") }
    return (partition, value, try offset(pair[0], of: partition))
  }

  /// `[:poll {k [[offset v] ...]}]`; `[:poll]` gave nothing.
  mutating func poll(_ element: Form, _ body: (PartitionNumber, RecordValue, Offset) -> Void) throws {
    guard let parts = element.elements, let name = parts.first?.name, name == "poll", parts.count <= 2 else {
      throw error("\(element.excerpt) is no poll", "Write [:poll {key [[offset value] ...]}]")
    }
    guard parts.count == 2, parts[1] != .null else { return }
    guard let pairs = parts[1].pairs else { throw error("\(element.excerpt) is no poll", "Write [:poll {key [[offset value] ...]}]") }
    for pair in pairs {
      let partition = try self.partition(pair.key)
      guard let records = pair.value.elements else { throw error("\(pair.value.excerpt) are no records", "Write [[offset value] ...]") }
      for record in records {
        guard let parts = record.elements, parts.count == 2 else { throw error("\(record.excerpt) is no record", "Write [offset value]") }
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
        throw error("the key \(form.excerpt) is none of the first line's", "The first line of the file names all keys")
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

  private mutating func transaction(_ form: Form) throws -> TransactionNumber {
    guard let number = form.number else { throw error("\(form.excerpt) is no transaction", "txn is a number") }
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
      judged.history.note(process, reads: isolation)
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

  /// An offset at which a record stands.
  mutating func offset(_ form: Form, of partition: PartitionNumber) throws -> Offset {
    let offset = try plainOffset(form)
    guard offset != .unknown, partition != .unknown else { return offset }
    let index = Int(partition.number)
    while spans.count <= index { spans.append(nil) }
    let span = spans[index] ?? offset.value...offset.value
    spans[index] = min(span.lowerBound, offset.value)...max(span.upperBound, offset.value)
    return offset
  }

  private func plainOffset(_ form: Form) throws -> Offset {
    if form == .null { return .unknown }
    guard let number = form.number, number >= 0 else { throw error("\(form.excerpt) is no offset", "Offsets are numbers from 0 on, or nil where nobody knows") }
    return Offset(number)
  }

  /// Logs are kept in memory from their first to their last offset.
  private func checkSpans() throws {
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

/// What was read from a file.
public struct ReadHistory {
  public var judged: JudgedHistory
  /// What the file calls each value, by number; empty where that is its number.
  public var valueNames: [String]

  /// Everything that clients alone can be judged on, in the words of the file.
  public func verdicts() -> (verdicts: [Verdict], transactions: TransactionCounts?) {
    let (verdicts, transactions) = judged.verdicts()
    guard !valueNames.isEmpty else { return (verdicts, transactions) }
    let renamed = verdicts.map { verdict in
      Verdict(verdict.guarantee, examined: verdict.examined, cases: verdict.cases.map(inWordsOfFile), caseCount: verdict.caseCount)
    }
    return (renamed, transactions)
  }

  /// `value 17`, and lists such as `values 17, 18`, with the names of the file in place of the numbers.
  private func inWordsOfFile(_ text: String) -> String {
    var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    var isList = false
    for place in words.indices.dropFirst() {
      let before = words[place - 1]
      guard before == "value" || before == "(value" || before == "values" || isList && before.hasSuffix(",") else {
        isList = false
        continue
      }
      let digits = words[place].prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), valueNames.indices.contains(number) else { continue }
      isList = before == "values" || isList
      words[place] = valueNames[number] + words[place].dropFirst(digits.count)
    }
    return words.joined(separator: " ")
  }
}
