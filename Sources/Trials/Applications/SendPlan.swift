import Primitives
import Scenarios
import Workloads

/// The records that the clients of an entry generate, and when they send them.
struct SendPlan: Sendable {
  /// The load; its rates are totals over all clients of the entry.
  var load: LoadShape
  var value: ValuePlan
  var keys: KeyPlan
  /// The fraction of the records that are tombstones of their keys.
  var tombstones: Double
  /// The number of records after which each client ends.
  var records: Int?

  /// Reads the keys `rate`, `outstanding` or `load`, `value`, `keys`, `tombstones` and `records`.
  /// - Parameter file: the scenario file, which paths are relative to.
  init(_ map: inout MapReader, file: String) throws {
    load = try LoadShape(&map)
    value = try map.optional("value") { try ValuePlan($0, file: file) } ?? ValuePlan()
    keys = try map.optional("keys", KeyPlan.init) ?? .none
    tombstones = try map.optional("tombstones") { [keys] value in
      let part = try value.decimal(in: 0...1)
      guard part == 0 || keys != .none else { throw value.error("a tombstone deletes a key, and these records have none", remedy: "Add keys: 20, or leave tombstones out.") }
      return part
    } ?? 0
    records = try map.optional("records") { Int(try $0.integer(in: 1...1_000_000_000)) }
  }

  /// The records that the clients of one thread may share.
  func pool(seed: UInt64) -> RecordPool { RecordPool(values: value, keys: keys, tombstones: tombstones, seed: seed) }

  /// The number of times the rate of its load changes.
  func rateChanges(within duration: Duration) -> Int128 {
    switch load {
    case .burst(_, _, let every, _): 2 * Int128(duration.nanoseconds) / Int128(every.nanoseconds)
    case .diurnal(_, _, let period): 1_000 * Int128(duration.nanoseconds) / Int128(period.nanoseconds)
    case .constant, .poisson, .steps, .ramp, .closed, .saturating: 0
    }
  }

  /// The number of records that each client of a closed loop has outstanding at any time.
  var outstanding: Int {
    guard case .closed(let outstanding) = load else { return 0 }
    return outstanding
  }
}
