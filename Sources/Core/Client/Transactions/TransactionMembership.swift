/// Whether a partition is part of a transaction.
enum TransactionMembership {
  case outside
  /// The coordinator must be told, or is being told: nothing is sent yet (TV0).
  case adding
  case added
}
