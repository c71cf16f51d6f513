/// The operations that clients may request with descriptions (KIP-430). Without an authorizer everything is allowed.
enum AuthorizedOperations {
  /// The value for a client that did not ask.
  static let notAsked = Int32.min
  /// Read, write, create, delete, alter, describe, describe and alter configurations.
  static let topic = bits(3, 4, 5, 6, 7, 8, 10, 11)
  /// Create, alter, describe, cluster action, describe and alter configurations, idempotent write.
  static let cluster = bits(5, 7, 8, 9, 10, 11, 12)
  /// Read, delete, describe, describe and alter configurations.
  static let group = bits(3, 6, 8, 10, 11)

  private static func bits(_ operations: Int32...) -> Int32 { operations.reduce(0) { $0 | 1 << $1 } }
}
