/// How far a partition is part of a transaction.
enum TransactionMembership {
  case outside
  /// The coordinator is to be told, or being told: nothing is sent (TV0).
  case adding
  case added
}
