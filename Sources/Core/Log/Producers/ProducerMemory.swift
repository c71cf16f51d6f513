import Primitives

/// How much of its producers a log remembers when it reads them back.
struct ProducerMemory {
  /// Producers of a snapshot that wrote last at or before it are forgotten, unless a transaction of theirs is open; nil for none.
  var expiry: Timestamp?
  /// Batches of each producer.
  var keptBatches = Int(LogSwitches().dedupWindow)
  /// Also the transactions whose markers are not below the high watermark.
  var keepsUnreplicated = LogSwitches().keepUnreplicatedTransactions
}

extension ProducerMemory {
  /// - Parameter expiration: `producer.id.expiration.ms`.
  init(expiration: Duration, _ switches: LogSwitches, at now: Timestamp) {
    self.init(
      expiry: expiration == .forever ? nil : now - expiration, keptBatches: Int(switches.dedupWindow), keepsUnreplicated: switches.keepUnreplicatedTransactions)
  }
}
