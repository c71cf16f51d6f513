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
        known.summary == said.summary || isOnlyForgotten(said, known), "\(directory): producer \(said.producerID) is known with \(known.summary), and the log says \(said.summary)")
    }
  }

  /// Whether what the log says of a producer was forgotten when it expired, and a marker has made it known again since, which says nothing of its batches.
  private func isOnlyForgotten(_ said: ProducerState, _ known: ProducerState) -> Bool {
    guard let last = said.lastBatch, isForgotten(last.timestamp, known) else { return false }
    return known.epoch == said.epoch && known.coordinatorEpoch == said.coordinatorEpoch && known.transactionStart == said.transactionStart
  }

  /// Whether the last batch of a producer that the log holds was forgotten when the producer expired, which is known again.
  func isForgotten(_ last: Timestamp, _ known: ProducerState) -> Bool { known.lastBatch == nil && last <= producersExpiredUntil }
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
