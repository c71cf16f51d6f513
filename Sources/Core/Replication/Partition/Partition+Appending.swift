import Host
import Log
import Primitives
import Wire

extension Partition {
  /// Appends as the leader. The high watermark moves at once if no other replica counts.
  ///
  /// - Parameters:
  ///   - verification: What a batch that starts a transaction has to present.
  ///   - transactionVersion: The version whose rules apply to a marker.
  func append(
    _ records: Bytes, requiredAcks: Int16, origin: AppendOrigin, verification: TransactionVerification = .notRequired, transactionVersion: Int16 = 0
  ) throws(RefusedAppend) -> AppendResult {
    guard role != .offline, let log else {
      mark(.appendWhileOffline)
      throw .replication(.kafkaStorageError)
    }
    guard role == .leader else {
      mark(.appendAtFollower)
      throw .replication(.notLeaderOrFollower)
    }
    if requiredAcks == -1, isUnderMinimumISR {
      mark(.appendRefusedForISR)
      throw .replication(.notEnoughReplicas)
    }
    let end = log.logEndOffset
    let result: AppendResult
    do {
      result = try log.append(
        asLeader: records, epoch: leaderEpoch, origin: origin, verification: verification, transactionVersion: transactionVersion)
    } catch {
      if case .log(let failure) = error { throw .replication(manager.failed(with: failure)) }
      throw .log(error)
    }
    mustHold(
      requiredAcks != -1 || isr.count >= minimumISRSize,
      "\(topicPartition): broker \(manager.localID) took records that \(minimumISRSize) replicas are to have, and the ISR is \(isr)")
    mustHold(
      result.isDuplicate ? log.logEndOffset == end : result.baseOffset == end && result.lastOffset + 1 == log.logEndOffset && log.latestEpoch == leaderEpoch,
      "\(topicPartition): broker \(manager.localID) wrote offsets \(result.baseOffset) to \(result.lastOffset) in epoch \(leaderEpoch); its log ended at \(end), and ends at "
        + "\(log.logEndOffset) in epoch \(log.latestEpoch ?? .unknown)")
    if !result.isDuplicate {
      markMoved(.logEnd)
      advanceHighWatermark(at: manager.reactor.now)
    }
    return result
  }
}

/// Why a leader did not append.
enum RefusedAppend: Error {
  case replication(ErrorCode)
  case log(AppendError)

  func describe(in outcome: inout AppendOutcome) {
    switch self {
    case .replication(let error):
      outcome.fail(error)
    case .log(let error):
      outcome.fail(error.errorCode, error.message)
      outcome.recordErrors = error.records.map { AppendOutcome.RecordError(batchIndex: Int32($0.batchIndex), message: $0.message) }
    }
  }
}
