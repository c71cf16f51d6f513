import Primitives

/// Identifies a fault of a world once it has been applied.
public struct FaultID: Hashable, Comparable, Sendable {
  let index: Int32
  public static func < (left: FaultID, right: FaultID) -> Bool { left.index < right.index }
}

/// A fault that was applied, and what it hit.
public struct FaultRecord: Sendable, Equatable {
  /// The name that the caller gave it. It also keys the fault's random stream.
  public let name: String
  public let applied: Instant
  public internal(set) var lifted: Instant?
  /// The number of frames, disk calls and so on that it touched. A fault with none was not exercised.
  public internal(set) var hits: Int
}

/// All faults of a world, in the order of application.
public struct FaultLedger: Sendable {
  public private(set) var records: [FaultRecord] = []

  public subscript(fault: FaultID) -> FaultRecord { records[Int(fault.index)] }

  mutating func open(_ name: String, at now: Instant) -> FaultID {
    records.append(FaultRecord(name: name, applied: now, hits: 0))
    return FaultID(index: Int32(records.count - 1))
  }

  mutating func close(_ fault: FaultID, at now: Instant) {
    if records[Int(fault.index)].lifted == nil { records[Int(fault.index)].lifted = now }
  }

  mutating func hit(_ fault: FaultID, times: Int = 1) { records[Int(fault.index)].hits += times }
}
