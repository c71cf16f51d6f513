import Host
import Log
import Primitives
import Wire

extension ReplicaManager {
  /// Appends to partitions that this broker leads, and responds when `requiredAcks` is satisfied.
  ///
  /// - Parameters:
  ///   - requiredAcks: 0 or 1: once this leader has the records, and has synced them if `flush.messages` requires that. -1: once all in-sync replicas have
  ///     them, and there are at least `min.insync.replicas`; any other number is INVALID_REQUIRED_ACKS.
  ///   - transactionVersion: The version whose rules apply to markers.
  ///   - timeout: How long to wait for other replicas. After that, REQUEST_TIMED_OUT, although the records may still be replicated later.
  ///   - receiver: Is told of the outcomes, maybe before this call returns.
  public func append(
    requiredAcks: Int16, timeout: Duration, origin: AppendOrigin = .client, transactionVersion: Int16 = 0, entries: [AppendEntry],
    receiver: any AppendReceiver
  ) {
    guard (-1...1).contains(requiredAcks) else {
      return receiver.appended(entries.map { entry in
        var outcome = AppendOutcome(partition: entry.partition)
        outcome.fail(.invalidRequiredAcks)
        return outcome
      })
    }
    var outcomes: [AppendOutcome] = []
    swap(&outcomes, &roomForOutcomes)
    var waits: ContiguousArray<PendingAppend> = []
    swap(&waits, &roomForWaits)
    for index in entries.indices {
      var outcome = AppendOutcome(partition: entries[index].partition)
      if let wait = append(entries[index], requiredAcks: requiredAcks, origin: origin, transactionVersion: transactionVersion, into: &outcome) {
        waits.append(PendingAppend(partition: wait.partition, index: index, requiredOffset: wait.requiredOffset, isForSync: requiredAcks != -1))
      }
      outcomes.append(outcome)
    }
    if waits.isEmpty {
      receiver.appended(outcomes)
      takeRoom(of: &outcomes)
    } else {
      let delayed = produceDeadlines.takeSpare() ?? DelayedProduce(manager: self)
      delayed.begin(&outcomes, receiver)
      delayed.wait(for: waits)
      // A sync always ends, successfully or not; the timeout is for what other brokers have to do.
      if requiredAcks == -1 { produceDeadlines.insert(delayed, after: timeout) }
    }
    waits.empty()
    swap(&waits, &roomForWaits)
    wakeWaitingRequests()
  }

  /// The same, with a closure that gets one outcome for each entry, in the same order.
  public func append(
    requiredAcks: Int16, timeout: Duration, origin: AppendOrigin = .client, transactionVersion: Int16 = 0, entries: [AppendEntry],
    completion: @escaping ([AppendOutcome]) -> Void
  ) {
    append(
      requiredAcks: requiredAcks, timeout: timeout, origin: origin, transactionVersion: transactionVersion, entries: entries,
      receiver: AppendCompletion(completion))
  }

  /// Takes back the array of outcomes that were reported.
  func takeRoom(of outcomes: inout [AppendOutcome]) {
    outcomes.empty()
    swap(&outcomes, &roomForOutcomes)
  }

  /// Returns what must be waited for, if anything.
  private func append(
    _ entry: AppendEntry, requiredAcks: Int16, origin: AppendOrigin, transactionVersion: Int16, into outcome: inout AppendOutcome
  ) -> (partition: Partition, requiredOffset: Offset)? {
    guard let partition = replicas.table[entry.partition] else {
      mark(.appendToMissingReplica)
      outcome.fail(replicas.errorOfMissing(entry.partition))
      outcome.currentLeader = replicas.topics.leader(of: entry.partition)
      return nil
    }
    let result: AppendResult
    do {
      result = try partition.append(
        entry.records, requiredAcks: requiredAcks, origin: origin, verification: entry.verification, transactionVersion: transactionVersion)
    } catch {
      error.describe(in: &outcome)
      if case .log(let refusal) = error, refusal.namesLogStart, let log = partition.log { outcome.logStartOffset = log.logStartOffset }
      if outcome.error == .notLeaderOrFollower { outcome.currentLeader = (partition.leaderID, partition.leaderEpoch) }
      return nil
    }
    outcome.baseOffset = result.baseOffset
    outcome.logAppendTime = result.logAppendTime
    outcome.logStartOffset = result.logStartOffset
    let requiredOffset = result.lastOffset + 1
    guard requiredAcks == -1 else {
      guard let log = partition.log, log.durableEndOffset < requiredOffset else { return nil }
      return (partition, requiredOffset)
    }
    if partition.highWatermark < requiredOffset { return (partition, requiredOffset) }
    let verdict = partition.replicationVerdict
    if verdict != .none {
      mark(.appendBelowMinimumISR)
      outcome.fail(verdict)
    }
    return nil
  }
}
