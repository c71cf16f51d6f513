import Client
import Primitives

/// Reads a history, operation by operation: one that this program wrote, or one of Jepsen's Kafka workload or of a compatible tool.
///
/// The numbers in a file are not used as indexes: partitions, values, transactions and, without a header, processes are renumbered in the order in which they appear.
public struct HistoryReader {
  private var reader: any FormReader
  private var assembly: HistoryAssembly
  private var jepsen = JepsenOperations()
  private var isFirst = true

  private init(_ syntax: HistorySyntax, _ isolation: IsolationLevel, _ refill: @escaping () throws -> [UInt8]) {
    reader =
      switch syntax {
      case .edn: EdnReader(refill)
      case .jsonLines: JSONReader(refill)
      }
    assembly = HistoryAssembly(isolation)
  }

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - isolation: the isolation level of processes if the file does not say it.
  ///   - refill: returns the next chunk of the file; empty at its end.
  /// - Throws: `HistoryFileError`, and what `refill` throws.
  public static func read(_ syntax: HistorySyntax, isolation: IsolationLevel = .readCommitted, _ refill: @escaping () throws -> [UInt8]) throws -> ReadHistory {
    var reader = HistoryReader(syntax, isolation, refill)
    return try reader.run()
  }

  private mutating func run() throws -> ReadHistory {
    while let form = try reader.next() {
      assembly.line = reader.line
      try take(form)
    }
    assembly.line = reader.line
    guard !isFirst else { throw assembly.error("the file holds no operation", "Write one with trial replay SCENARIO --history FILE") }
    try assembly.checkSpans()
    if !assembly.hasHeader { assembly.judged.isReadToTheEnd = jepsen.readsFromTheBeginning }
    return ReadHistory(judged: assembly.judged, valueNames: assembly.valueNames)
  }

  // MARK: Operations

  private mutating func take(_ form: Form) throws {
    guard form.pairs != nil else { throw assembly.error("\(form.excerpt) is not an operation", "Each operation is a map with type, f, process and value") }
    defer { isFirst = false }
    guard let process = form["process"], let number = process.number, number >= 0 else {
      // Skip the nemesis, and anything else that is not a client.
      guard form["f"]?.name == HistoryHeader.function else { return }
      guard isFirst else { throw assembly.error("a second header line", "One file holds one history: judge each by itself") }
      return try assembly.readHeader(form["value"] ?? .null)
    }
    guard let type = form["type"]?.name, let kind = History.Operation.Kind(word: type) else {
      throw assembly.error("the type \(form["type"]?.excerpt ?? "is missing")", "It is one of invoke, ok, fail and info")
    }
    guard let name = form["f"]?.name else { throw assembly.error("an operation without f", "f names the operation, such as send or poll") }
    if let time = form["time"]?.number { assembly.lastTime = Instant(nanoseconds: time) }
    let client = try assembly.process(number)
    // An operation that names its transaction, or the sources of its values, uses this program's format.
    if assembly.hasHeader || !JepsenOperations.has(name) || form["txn"] != nil || form["from"] != nil {
      try takeOwn(form, kind, name, client)
    } else {
      try jepsen.take(form, kind, name, client, into: &assembly)
    }
  }

  private mutating func takeOwn(_ form: Form, _ kind: History.Operation.Kind, _ name: String, _ process: ProcessNumber) throws {
    guard let function = History.Operation.Function(word: name) else {
      throw assembly.error("an operation of the name '\(name)'", "Known are \(History.Operation.Function.allCases.map(\.word).joined(separator: ", ")), and Jepsen's txn and subscribe")
    }
    let transaction = try form["txn"].map { try assembly.transaction($0) } ?? .none
    let key = form["key"]?.number.flatMap { Int32(exactly: $0) }.map { KeyNumber($0) } ?? .none
    var entries: [History.Entry] = []
    let elements = form["value"]?.elements ?? []
    switch function {
    case .send:
      for element in elements {
        let send = try assembly.send(element)
        entries.append(History.Entry(kind == .invoke ? .unknown : send.partition, send.value, at: send.offset, key: key, in: transaction))
        if kind == .invoke { try readFacts(of: send.value, form) }
      }
    case .poll: for element in elements { try assembly.poll(element) { entries.append(History.Entry($0, $1, at: $2, key: key, in: transaction)) } }
    case .assign, .gain, .giveUp, .lose: for element in elements { entries.append(History.Entry(try assembly.partition(element), .none, in: transaction)) }
    case .work:
      for element in elements {
        guard let parts = element.elements, parts.count == 3 else { throw assembly.error("\(element.excerpt) is not a record", "Write [key offset value]") }
        let partition = try assembly.partition(parts[0])
        let value = try assembly.value(parts[2], of: partition)
        entries.append(History.Entry(partition, value, at: try assembly.offset(parts[1], of: partition), key: key, in: transaction))
      }
    case .commit, .reset, .inspect:
      for element in elements {
        guard let parts = element.elements, parts.count == 2 else { throw assembly.error("\(element.excerpt) is not an offset of a partition", "Write [key offset]") }
        let partition = try assembly.partition(parts[0])
        entries.append(History.Entry(partition, .none, at: try assembly.plainOffset(parts[1]), in: transaction))
      }
    case .begin, .commitTransaction, .abortTransaction:
      guard transaction != .none else { throw assembly.error("\(name) without txn", "txn is the number of the transaction") }
      entries = [History.Entry(.unknown, .none, in: transaction)]
    case .end: break
    }
    assembly.append(kind, function, by: process, entries)
  }

  private mutating func readFacts(of value: RecordValue, _ form: Form) throws {
    if form["tombstone"]?.isTrue == true { assembly.judged.history.addTombstone(value) }
    for source in form["from"]?.elements ?? [] {
      guard let parts = source.elements, parts.count == 2 else { throw assembly.error("\(source.excerpt) is not a record that a value was made from", "Write [key offset]") }
      let partition = try assembly.partition(parts[0])
      assembly.judged.history.addSources([History.Source(partition, at: try assembly.plainOffset(parts[1]))], of: value)
    }
    for posting in form["posts"]?.elements ?? [] {
      guard let parts = posting.elements, parts.count == 2, let account = parts[0].number.flatMap({ Int32(exactly: $0) }), let amount = parts[1].number else {
        throw assembly.error("\(posting.excerpt) is nothing that is posted", "Write [account amount]")
      }
      assembly.judged.history.add(History.Posting(value, to: account, amount))
    }
    for count in form["counts"]?.elements ?? [] {
      guard let parts = count.elements, parts.count == 3, let key = parts[1].number.flatMap({ Int32(exactly: $0) }), let number = parts[2].number else {
        throw assembly.error("\(count.excerpt) counts nothing", "Write [key of-record number]")
      }
      assembly.judged.history.add(History.Count(value, of: KeyNumber(key), in: try assembly.partition(parts[0]), number))
    }
  }
}

/// What was read from a file.
public struct ReadHistory {
  public var judged: JudgedHistory
  /// The file's name for each value, by number; empty if that is its number.
  public var valueNames: [String]

  /// All verdicts that need only client data, with the names from the file.
  public func verdicts() -> (verdicts: [Verdict], transactions: TransactionCounts?) {
    let (verdicts, transactions) = judged.verdicts()
    guard !valueNames.isEmpty else { return (verdicts, transactions) }
    let renamed = verdicts.map { verdict in
      Verdict(verdict.guarantee, examined: verdict.examined, cases: verdict.cases.map(inWordsOfFile), caseCount: verdict.caseCount)
    }
    return (renamed, transactions)
  }

  /// Replaces numbers in `value 17` and in lists such as `values 17, 18` by the names from the file.
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
