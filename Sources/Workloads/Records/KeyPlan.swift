/// Which keys the records of a workload entry have.
public enum KeyPlan: Sendable, Equatable {
  case none
  /// One of so many, each as likely as the others.
  case uniform(Int)
  /// One of so many, the k-th of them in proportion to 1 / k^exponent.
  case zipf(Int, exponent: Double)
  /// Always this one.
  case single(String)
  /// One of so many after the other, by the numbers of the records of a client.
  case sequence(Int)

  /// More keys cannot have a distribution of their own: each takes eight bytes of a table.
  public static let zipfLimit = 1_000_000
}
