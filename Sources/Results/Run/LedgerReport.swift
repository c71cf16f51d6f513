import Primitives
import Workloads

/// What became of the records that a group makes others of, as a result keeps it: bounded, and with the records first that are missing or double.
public struct LedgerReport: Codable, Sendable, Equatable {
  /// From one offset to another one, both of them included.
  public struct OffsetRange: Codable, Sendable, Equatable {
    public var first: Int64
    public var last: Int64

    public init(_ range: ClosedRange<Int64>) {
      first = range.lowerBound
      last = range.upperBound
    }
  }

  public struct Output: Codable, Sendable, Equatable {
    public var partition: String
    /// Where they stand as far as anybody knows, in ascending order; of many ranges the last one has gaps.
    public var offsets: [OffsetRange]
    public var present: Int
    public var absent: Int
    public var unknown: Int

    public init(_ partition: String, offsets: [OffsetRange], present: Int, absent: Int = 0, unknown: Int = 0) {
      self.partition = partition
      self.offsets = offsets
      self.present = present
      self.absent = absent
      self.unknown = unknown
    }
  }

  /// One try to make something of the records of a row.
  public struct Attempt: Codable, Sendable, Equatable {
    /// The number that evidence calls the transaction by; nil outside of transactions.
    public var transaction: Int?
    public var client: String
    /// What became of the transaction; nil outside of transactions.
    public var fate: String?
    /// On the scenario's clock.
    public var seconds: Double
    /// The offset of the input partition that the transaction committed; nil where it committed none.
    public var committedOffset: Int64?
    public var outputs: [Output]

    public init(transaction: Int?, client: String, fate: String?, seconds: Double, committedOffset: Int64?, outputs: [Output]) {
      self.transaction = transaction
      self.client = client
      self.fate = fate
      self.seconds = seconds
      self.committedOffset = committedOffset
      self.outputs = outputs
    }
  }

  /// Records of one partition that follow each other and of which the same is to be said.
  public struct Row: Codable, Sendable, Equatable {
    public var partition: String
    public var offsets: OffsetRange
    public var records: Int
    /// nil where each record has its effect once.
    public var fault: LedgerRows.Fault?
    /// What the group has committed of the partition in the end; nil where that is nothing.
    public var committedOffset: Int64?
    /// How many records are to be made of each; nil where nobody tried to.
    public var expected: Int?
    /// The first ones.
    public var attempts: [Attempt]
    public var attemptCount: Int

    public init(
      _ partition: String, offsets: ClosedRange<Int64>, records: Int, fault: LedgerRows.Fault?, committedOffset: Int64?, expected: Int?, attempts: [Attempt], attemptCount: Int
    ) {
      self.partition = partition
      self.offsets = OffsetRange(offsets)
      self.records = records
      self.fault = fault
      self.committedOffset = committedOffset
      self.expected = expected
      self.attempts = attempts
      self.attemptCount = attemptCount
    }
  }

  /// Records that could be judged, and how many of them are not as they should be, by what is wrong.
  public var records: Int
  public var missing: Int
  public var partial: Int
  public var double: Int
  public var uncommitted: Int
  /// How many rows there are with a fault, and the first of them.
  public var faultyRows: Int
  public var faulty: [Row]
  /// How many rows there are without one, and a sample of them.
  public var soundRows: Int
  public var sound: [Row]

  public init(
    records: Int, missing: Int = 0, partial: Int = 0, double: Int = 0, uncommitted: Int = 0, faultyRows: Int? = nil, faulty: [Row], soundRows: Int? = nil, sound: [Row]
  ) {
    self.records = records
    self.missing = missing
    self.partial = partial
    self.double = double
    self.uncommitted = uncommitted
    self.faultyRows = faultyRows ?? faulty.count
    self.faulty = faulty
    self.soundRows = soundRows ?? sound.count
    self.sound = sound
  }

  /// - Parameter origin: zero of the scenario's clock.
  public init(_ rows: LedgerRows, origin: Instant) {
    func count(_ fault: LedgerRows.Fault) -> Int { rows.faults.first { $0.fault == fault }?.records ?? 0 }
    self.init(
      records: rows.records, missing: count(.missing), partial: count(.partial), double: count(.double), uncommitted: count(.uncommitted),
      faultyRows: rows.faultyCount, faulty: rows.faulty.map { Row($0, origin: origin) }, soundRows: rows.soundCount, sound: rows.sound.map { Row($0, origin: origin) })
  }

  /// How many records are not as they should be.
  public var faultyRecords: Int { missing.saturatingAdding(partial).saturatingAdding(double).saturatingAdding(uncommitted) }
}

extension LedgerReport.Row {
  fileprivate init(_ row: LedgerRows.Row, origin: Instant) {
    self.init(
      row.partition.description, offsets: row.offsets.lowerBound.value...row.offsets.upperBound.value, records: row.records, fault: row.fault,
      committedOffset: row.committed?.value, expected: row.expected, attempts: row.attempts.map { LedgerReport.Attempt($0, origin: origin) }, attemptCount: row.attemptCount)
  }
}

extension LedgerReport.Attempt {
  fileprivate init(_ attempt: LedgerRows.Attempt, origin: Instant) {
    self.init(
      transaction: attempt.transaction.map { Int($0.number) }, client: attempt.process, fate: attempt.fate, seconds: (attempt.time - origin).seconds,
      committedOffset: attempt.offset?.value,
      outputs: attempt.outputs.map { output in
        LedgerReport.Output(
          output.partition.description, offsets: output.offsets.map { LedgerReport.OffsetRange($0.lowerBound.value...$0.upperBound.value) }, present: output.present,
          absent: output.absent, unknown: output.unknown)
      })
  }
}
