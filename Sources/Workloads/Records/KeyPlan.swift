/// Which keys the records of a workload entry have.
public enum KeyPlan: Sendable, Equatable {
  case none
  /// One of this many keys, all equally likely.
  case uniform(Int)
  /// One of this many keys, the k-th with a probability in proportion to 1 / k^exponent.
  case zipf(Int, exponent: Double)
  /// Always this key.
  case single(String)
  /// This many keys in rotation, by the numbers of a client's records.
  case sequence(Int)

  /// The most keys with a distribution: each takes eight bytes of a table.
  public static let zipfLimit = 1_000_000
}
