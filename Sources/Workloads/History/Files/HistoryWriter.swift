import Primitives

/// Writes a history: a header line, and then a line for each operation.
///
/// Operations are Jepsen's: `:type`, `:f`, `:process`, `:time` in nanoseconds, `:index` and `:value`, whose micro-operations are `[:send k [offset v]]` and
/// `[:poll {k [[offset v] ...]}]`. Keys are partition numbers, which the header maps to names. What Jepsen does not have gets names of its own: operations of groups and
/// transactions, and in operations `:txn` (the number of the transaction), `:from` (what a value was made from, as `[k offset]`), `:key`, `:tombstone`, `:posts` (account and
/// amount) and `:counts` (the partition and the key of a record, and its number among the records of that key).
///
/// A client may have several sends under way, so invocations and completions must be paired by their values.
public struct HistoryWriter {
  private let judged: JudgedHistory
  private let syntax: HistorySyntax
  private var history: History { judged.history }
  /// By value: where its sources, postings and counts begin; -1 if it has none.
  private let firstOrigins: ContiguousArray<Int32>
  private let firstPostings: ContiguousArray<Int32>
  private let firstCounts: ContiguousArray<Int32>
  private let isTombstone: ContiguousArray<Bool>
  /// By value: the partition that it went to, as far as known.
  private let partitions: ContiguousArray<PartitionNumber>

  public init(_ judged: JudgedHistory, as syntax: HistorySyntax) {
    self.judged = judged
    self.syntax = syntax
    let history = judged.history, count = history.valueCount
    var isTombstone = ContiguousArray(repeating: false, count: count)
    for value in history.tombstones { isTombstone[Int(value.number)] = true }
    var partitions = ContiguousArray(repeating: PartitionNumber.unknown, count: count)
    for operation in history.operations where operation.function == .send && operation.kind != .invoke {
      history.forEachEntry(of: operation) { if $0.value != .none { partitions[Int($0.value.number)] = $0.partition } }
    }
    firstOrigins = history.firstPlaces(in: history.origins, \.value)
    firstPostings = history.firstPlaces(in: history.postings, \.value)
    firstCounts = history.firstPlaces(in: history.counts, \.value)
    self.isTombstone = isTombstone
    self.partitions = partitions
  }

  /// Calls `write` with the text of each line, including its line end.
  public func write(_ write: (String) -> Void) {
    var index: Int64 = 0
    var line = ""
    func tell(_ form: Form) {
      line.removeAll(keepingCapacity: true)
      form.write(as: syntax, to: &line)
      line += "\n"
      write(line)
      index += 1
    }
    tell(header)
    for operation in history.operations { forEachForm(of: operation) { tell(.map([Form.Pair(.word("index"), .integer(index))] + $0)) } }
  }

  // MARK: The header

  private var header: Form {
    var value: [Form.Pair] = [
      pair("format", .integer(HistoryHeader.format)),
      pair(
        "keys",
        .list(
          zip(history.partitions, history.topicIDs).map { name, id in
            .list([.text(name.topic), .integer(Int64(name.partition)), id == .zero ? .null : .text(id.description)])
          })),
      pair("read-committed", .list(history.committedReaders.map { .integer(Int64($0.number)) })),
      pair("members", .list(history.members.map(member))),
      pair("read-to-end", .bool(judged.isReadToTheEnd)), pair("unreadable", list(judged.unreadable)),
    ]
    if let committed = judged.committed {
      value.append(
        pair(
          "committed-audit",
          .map([pair("process", .integer(Int64(committed.process.number))), pair("read-to-end", .bool(committed.isReadToTheEnd)), pair("unread", list(committed.unread))])))
    }
    value.append(pair("groups", .list(judged.groups.map(group))))
    var deletions: [Form] = []
    judged.deletions.forEach { deletions.append(.list([.integer(Int64($0.number)), .integer($1.value), .integer($2.nanoseconds), .text($3.words)])) }
    value.append(pair("deletions", .list(deletions)))
    return .map([
      pair("index", .integer(0)), pair("type", .word("info")), pair("f", .word(HistoryHeader.function)), pair("process", .word(HistoryHeader.process)),
      pair("time", .integer(0)), pair("value", .map(value)),
    ])
  }

  private func pair(_ name: String, _ value: Form) -> Form.Pair { Form.Pair(.word(name), value) }

  private func list(_ partitions: Set<PartitionNumber>) -> Form { .list(partitions.sorted().map { .integer(Int64($0.number)) }) }

  private func member(_ member: History.Member) -> Form {
    .map([
      pair("process", .integer(Int64(member.process.number))), pair("name", .text(member.name)), pair("group", .text(member.group)),
      pair("role", .word(member.role == .operator ? "operator" : "member")), pair("may-pass-over", .bool(member.mayPassOver)),
    ])
  }

  private func group(_ group: GroupFindings) -> Form {
    var pairs = [
      pair("group", .text(group.group)), pair("guarantees", .list(Guarantee.allCases.filter(group.guarantees.contains).map { .text($0.rawValue) })),
      pair("partitions", .list(group.partitions.map { .list([.text($0.topic), .integer(Int64($0.partition))]) })),
      pair("running", .list(group.running.sorted().map { .integer(Int64($0.number)) })),
      pair("working", .list(group.working.sorted().map { .integer(Int64($0.number)) })),
    ]
    if let committed = group.committed {
      pairs.append(
        pair(
          "committed",
          .list(committed.keys.sorted().map { .list([.text($0.topic), .integer(Int64($0.partition)), .integer(committed[$0]?.value ?? 0)]) })))
    }
    if let settling = group.settling {
      pairs.append(
        pair("settling", .list([settling.taken.map { .integer($0.nanoseconds) } ?? .null, .integer(settling.bound.nanoseconds)])))
    }
    if let wait = group.wait { pairs.append(pair("wait", .text(wait))) }
    return .map(pairs)
  }

  // MARK: Operations

  /// An operation is one line, unless its entries differ in fields that belong to the line.
  private func forEachForm(of operation: History.Operation, _ body: ([Form.Pair]) -> Void) {
    let entries = history.entries(of: operation)
    guard !entries.isEmpty else { return body(form(of: operation, entries)) }
    var begin = entries.startIndex
    for place in entries.indices where place + 1 == entries.endIndex || isApart(entries[place], entries[place + 1], operation) {
      body(form(of: operation, entries[begin...place]))
      begin = place + 1
    }
  }

  private func isApart(_ left: History.Entry, _ right: History.Entry, _ operation: History.Operation) -> Bool {
    left.transaction != right.transaction || left.key != right.key || operation.function == .send && operation.kind == .invoke
  }

  private func form(of operation: History.Operation, _ entries: History.Entries) -> [Form.Pair] {
    var pairs = [
      pair("type", .word(operation.kind.word)), pair("f", .word(operation.function.word)), pair("process", .integer(Int64(operation.process.number))),
      pair("time", .integer(operation.time.nanoseconds)), pair("value", value(of: operation, entries)),
    ]
    guard let first = entries.first else { return pairs }
    if first.transaction != .none { pairs.append(pair("txn", .integer(Int64(first.transaction.number)))) }
    if first.key != .none { pairs.append(pair("key", .integer(Int64(first.key.number)))) }
    if operation.function == .send, operation.kind == .invoke, first.value != .none { pairs += facts(of: first.value) }
    return pairs
  }

  private func facts(of value: RecordValue) -> [Form.Pair] {
    var pairs: [Form.Pair] = []
    if isTombstone[Int(value.number)] { pairs.append(pair("tombstone", .bool(true))) }
    let origin = Int(firstOrigins[Int(value.number)]), posting = Int(firstPostings[Int(value.number)]), count = Int(firstCounts[Int(value.number)])
    if origin >= 0 {
      let sources = history.origins[origin...].prefix { $0.value == value }
      pairs.append(pair("from", .list(sources.map { .list([key($0.source.partition), offset($0.source.offset)]) })))
    }
    if posting >= 0 {
      let postings = history.postings[posting...].prefix { $0.value == value }
      pairs.append(pair("posts", .list(postings.map { .list([.integer(Int64($0.account)), .integer($0.amount)]) })))
    }
    if count >= 0 {
      let counts = history.counts[count...].prefix { $0.value == value }
      pairs.append(pair("counts", .list(counts.map { .list([key($0.partition), .integer(Int64($0.key.number)), .integer($0.number)]) })))
    }
    return pairs
  }

  private func key(_ partition: PartitionNumber) -> Form { partition == .unknown ? .null : .integer(Int64(partition.number)) }
  private func offset(_ offset: Offset) -> Form { offset == .unknown ? .null : .integer(offset.value) }
  private func number(_ value: RecordValue) -> Form { value == .none ? .null : .integer(Int64(value.number)) }

  private func value(of operation: History.Operation, _ entries: History.Entries) -> Form {
    switch operation.function {
    case .send:
      return .list(
        entries.map { entry in
          let partition = entry.partition == .unknown && entry.value != .none ? partitions[Int(entry.value.number)] : entry.partition
          return .list([
            .word("send"), key(partition),
            operation.kind == .invoke ? number(entry.value) : .list([offset(entry.offset), number(entry.value)]),
          ])
        })
    case .poll: return .list(polls(entries))
    case .assign where entries.isEmpty: return .null
    case .assign, .gain, .giveUp, .lose: return .list(entries.map { key($0.partition) })
    case .work: return .list(entries.map { .list([key($0.partition), offset($0.offset), number($0.value)]) })
    case .commit, .reset, .inspect: return .list(entries.map { .list([key($0.partition), offset($0.offset)]) })
    case .end, .begin, .commitTransaction, .abortTransaction: return .null
    }
  }

  /// Starts a new micro-operation whenever a partition comes again: a map has each key only once.
  private func polls(_ entries: History.Entries) -> [Form] {
    var polls: [Form] = []
    var pairs: [Form.Pair] = []
    var present = PartitionNumber.unknown
    var records: [Form] = []
    func close() {
      if !records.isEmpty { pairs.append(Form.Pair(key(present), .list(records))) }
      records = []
    }
    for entry in entries {
      if entry.partition != present {
        close()
        present = entry.partition
        if pairs.contains(where: { $0.key == key(present) }) {
          polls.append(.list([.word("poll"), .map(pairs)]))
          pairs = []
        }
      }
      records.append(.list([offset(entry.offset), number(entry.value)]))
    }
    close()
    polls.append(.list([.word("poll"), .map(pairs)]))
    return polls
  }
}
