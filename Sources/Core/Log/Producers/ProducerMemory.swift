import Primitives

/// How much a log restores about its producers when it is loaded.
struct ProducerMemory {
  /// Producers of a snapshot whose last write is not after this time are forgotten, unless they have an open transaction; nil keeps all.
  var expiry: Timestamp?
  /// The number of batches kept for each producer.
  var keptBatches = Int(LogSwitches().dedupWindow)
  /// Whether to keep also the transactions whose markers are not below the high watermark.
  var keepsUnreplicated = LogSwitches().keepUnreplicatedTransactions
}

extension ProducerMemory {
  /// - Parameter expiration: `producer.id.expiration.ms`.
  init(expiration: Duration, _ switches: LogSwitches, at now: Timestamp) {
    self.init(
      expiry: expiration == .forever ? nil : now - expiration, keptBatches: Int(switches.dedupWindow), keepsUnreplicated: switches.keepUnreplicatedTransactions)
  }
}
