import Primitives

/// The type of a control record (the second half of its key). Values unknown to this build are kept and skipped.
public struct ControlRecordType: RawRepresentable, Hashable, Sendable {
  public let rawValue: Int16
  @inlinable public init(rawValue: Int16) { self.rawValue = rawValue }

  public static let abort = ControlRecordType(rawValue: 0)
  public static let commit = ControlRecordType(rawValue: 1)
  public static let leaderChange = ControlRecordType(rawValue: 2)
  public static let snapshotHeader = ControlRecordType(rawValue: 3)
  public static let snapshotFooter = ControlRecordType(rawValue: 4)
  public static let kraftVersion = ControlRecordType(rawValue: 5)
  public static let kraftVoters = ControlRecordType(rawValue: 6)
}

/// One record of a control batch: markers that end transactions (KIP-98), and KRaft's own records (KIP-595, KIP-630, KIP-853).
public struct ControlRecord: Hashable, Sendable {
  public var type: ControlRecordType
  /// Encoded by the type's schema at version 0; for transaction markers, the version precedes it.
  public var value: Bytes

  public init(_ type: ControlRecordType, value: Bytes) {
    self.type = type
    self.value = value
  }

  /// Reads a record of a control batch as a control record.
  public init(_ record: RecordView) throws(WireError) {
    guard let key = record.key, key.count >= 4 else {
      throw .record(.endOfInput(needed: 4, available: max(record.keyLength, 0)), "controlRecordKey", at: record.keyStart)
    }
    let version: Int16 = key.integer(at: 0)
    guard version >= 0 else { throw .record(.unsupportedVersion(Int(version)), "controlRecordKey", at: record.keyStart) }
    guard let value = record.value else { throw .record(.unexpectedNull, "controlRecordValue", at: record.valueStart) }
    self.init(ControlRecordType(rawValue: key.integer(at: 2)), value: value)
  }

  /// The version, 0, then the type.
  var key: Bytes {
    var writer = ByteWriter(capacity: 4)
    writer.append(Int16(0))
    writer.append(type.rawValue)
    return writer.bytes
  }
}

/// How a transaction ended on one partition.
public struct EndTransactionMarker: Hashable, Sendable {
  public var isCommit: Bool
  public var coordinatorEpoch: Int32

  public init(isCommit: Bool, coordinatorEpoch: Int32) {
    self.isCommit = isCommit
    self.coordinatorEpoch = coordinatorEpoch
  }

  /// Reads a control record as a marker; nil if it is another kind of control record.
  public init?(_ record: ControlRecord) throws(WireError) {
    guard record.type == .commit || record.type == .abort else { return nil }
    guard record.value.count >= 6 else {
      throw .record(.endOfInput(needed: 6, available: record.value.count), "endTxnMarker", at: 0)
    }
    self.init(isCommit: record.type == .commit, coordinatorEpoch: record.value.integer(at: 2))
  }

  /// Encoded by the schema EndTxnMarker at version 0, preceded by the version.
  public var record: ControlRecord {
    var writer = ByteWriter(capacity: 6)
    writer.append(Int16(0))
    writer.append(coordinatorEpoch)
    return ControlRecord(isCommit ? .commit : .abort, value: writer.bytes)
  }
}
