import Primitives

/// A completion that is recorded a second time (KAFKA-10080).
struct RepeatedCompletion: Sendable {
  let id: String
  let metadata: TransactionMetadata
  let due: Instant
}
