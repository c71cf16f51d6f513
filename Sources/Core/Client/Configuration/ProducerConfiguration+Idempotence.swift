import Primitives

/// What idempotence and transactions require of other settings (`ProducerConfig.postProcessAndValidateIdempotenceConfigs`).
extension ProducerConfiguration {
  /// The most requests in flight to a broker that certainly remembers every batch.
  static let mostInFlightWhenIdempotent = 5

  /// Turns off idempotence that was not explicitly requested if acks or retries do not permit it. Too many requests in flight are refused anyway, as
  /// by Kafka 4.0 and later.
  mutating func adjustIdempotence(given: Set<String>) {
    guard isIdempotent, !given.contains("enable.idempotence") else { return }
    let reason: String
    if acks != .all {
      reason = "acks=\(acks.rawValue)"
    } else if retries == 0 {
      reason = "retries=0"
    } else {
      return
    }
    isIdempotent = false
    connection.adjustments.append("enable.idempotence was not set and is false, as it does not go with \(reason)")
  }

  func validateIdempotence() throws(ConfigurationError) {
    if transactionalID != nil, !isIdempotent {
      throw .contradiction(
        names: ["transactional.id", "enable.idempotence"],
        explanation: "transactions need idempotence, which needs acks=all and retries: set the second to true, or leave the first out")
    }
    if isTwoPhaseCommit, transactionTimeout != ProducerConfiguration().transactionTimeout {
      throw .contradiction(
        names: ["transaction.timeout.ms", "transaction.two.phase.commit.enable"], explanation: "with the second, transactions do not time out: leave the first out")
    }
    guard isIdempotent else { return }
    if retries == 0 {
      throw .contradiction(
        names: ["enable.idempotence", "retries"], explanation: "an idempotent producer must be able to retry: leave the second out, or set the first to false")
    }
    if acks != .all {
      throw .contradiction(
        names: ["enable.idempotence", "acks"], explanation: "idempotence is only possible with acks=all: set the second to all, or the first to false")
    }
    if switches.inflightLimit, maxInFlightRequestsPerConnection > Self.mostInFlightWhenIdempotent {
      throw .contradiction(
        names: ["enable.idempotence", "max.in.flight.requests.per.connection"],
        explanation: "brokers remember the last five batches of a producer: the second must be at most 5, or the first false")
    }
  }
}
