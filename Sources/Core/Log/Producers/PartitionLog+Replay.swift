import Host
import Primitives

extension PartitionLog {
  /// Checks that what the log knows of producers and their transactions matches its newest snapshot and the records after it. Rereads them: slow.
  ///
  /// The log may know more of a producer's batches than a snapshot keeps, and may have forgotten an expired producer.
  public func checkProducerReplay(_ check: inout InvariantCheck) {
    guard failure == nil, !isClosed, !producers.isEmpty || !snapshots.isEmpty else { return }
    var snapshots = snapshots, loader = producerLoader
    loader.removesUnreadable = false
    guard let replayed = try? loader.load(&snapshots) else { return }
    check.require(
      producers.ongoing == replayed.ongoing,
      "\(directory): \(producers.ongoing.count) transactions are open, from \((producers.ongoing.first?.firstOffset).words), and \(replayed.ongoing.count) by the log, from "
        + (replayed.ongoing.first?.firstOffset).words)
    for said in replayed.producers.values {
      guard let known = producers[said.producerID] else {
        check.require(
          said.transactionStart == nil && said.lastTimestamp <= producersExpiredUntil,
          "\(directory): nothing is known of producer \(said.producerID), and the log says \(said.summary)")
        continue
      }
      check.require(
        known.summary == said.summary, "\(directory): producer \(said.producerID) is known with \(known.summary), and the log says \(said.summary)")
    }
  }
}

extension ProducerState {
  /// The part that survives a restart.
  fileprivate var summary: String {
    let last = lastBatch.map { "sequence \($0.lastSequence) at offset \($0.lastOffset)" } ?? "no batch"
    return "epoch \(epoch), \(last), coordinator epoch \(coordinatorEpoch), transaction from \(transactionStart.words)"
  }
}

extension Offset? {
  fileprivate var words: String { map { "\($0)" } ?? "none" }
}
