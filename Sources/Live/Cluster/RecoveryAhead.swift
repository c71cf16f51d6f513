/// Announces that a broker will recover its logs before it serves.
enum RecoveryAhead {
  static let words = "the former run did not end in good order: the logs are looked through before anything is served"
}
