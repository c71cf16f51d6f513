import Primitives
import Scenarios
import Workloads

/// The records that the clients of an entry make up, and when they send them.
struct SendPlan: Sendable {
  /// Rates are those of all clients of the entry together.
  var load: LoadShape
  var value: ValuePlan
  var keys: KeyPlan
  /// Ends after this many records of each client.
  var records: Int?

  /// Keys `rate`, `outstanding` or `load`, `value`, `keys` and `records`.
  /// - Parameter file: the scenario file, for paths that it names.
  init(_ map: inout MapReader, file: String) throws {
    load = try LoadShape(&map)
    value = try map.optional("value") { try ValuePlan($0, file: file) } ?? ValuePlan()
    keys = try map.optional("keys", KeyPlan.init) ?? .none
    records = try map.optional("records") { Int(try $0.integer(in: 1...1_000_000_000)) }
  }

  /// What the clients of one thread may share.
  func pool(seed: UInt64) -> RecordPool { RecordPool(values: value, keys: keys, seed: seed) }

  /// How many times the rate of its load changes.
  func rateChanges(within duration: Duration) -> Int128 {
    switch load {
    case .burst(_, _, let every, _): 2 * Int128(duration.nanoseconds) / Int128(every.nanoseconds)
    case .diurnal(_, _, let period): 1_000 * Int128(duration.nanoseconds) / Int128(period.nanoseconds)
    case .constant, .poisson, .steps, .ramp, .closed, .saturating: 0
    }
  }

  /// Records of each client that are under way at any time, of a closed loop.
  var outstanding: Int {
    guard case .closed(let outstanding) = load else { return 0 }
    return outstanding
  }
}
