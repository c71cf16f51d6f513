import Primitives

/// A completion that is recorded once more (KAFKA-10080).
struct RepeatedCompletion: Sendable {
  let id: String
  let metadata: TransactionMetadata
  let due: Instant
}
