import Log
import Primitives
import Wire

extension ReplicaManager {
  /// Appends a decision of a coordinator on this broker to a partition that it leads, without waiting for other replicas: `PartitionListener` reports
  /// what is committed. `coordinatorAppended` wakes requests that wait for the records, once the coordinator is ready for that.
  ///
  /// - Parameters:
  ///   - epoch: The leader epoch in which the coordinator loaded its state. NOT_LEADER_OR_FOLLOWER in any other.
  ///   - requiredAcks: -1 refuses the batch while too few replicas are in sync, 1 accepts it.
  ///   - verification: What records that start a transaction have to present.
  ///   - transactionVersion: The version whose rules apply to a marker.
  /// - Returns: The offset after the batch.
  /// - Source: Kafka's `CoordinatorPartitionWriter.append`, which uses acks=1, and `TransactionLog.EnforcedRequiredAcks`, which is -1.
  public func append(
    _ batch: Bytes, fromCoordinatorOf name: TopicPartition, in epoch: LeaderEpoch, requiredAcks: Int16 = 1,
    verification: TransactionVerification = .notRequired, transactionVersion: Int16 = 0
  ) throws(ErrorCode) -> Offset {
    guard let partition = replicas.table[name], partition.isLeader, partition.leaderEpoch == epoch else {
      mark(.coordinatorAppendTooLate)
      throw .notLeaderOrFollower
    }
    do {
      let result = try partition.append(
        batch, requiredAcks: requiredAcks, origin: .coordinator, verification: verification, transactionVersion: transactionVersion)
      return result.lastOffset + 1
    } catch {
      switch error {
      case .replication(let code): throw code
      case .log(let refusal): throw refusal.errorCode
      }
    }
  }

  /// Starts to verify a producer's transaction on a partition that this broker leads: see `PartitionLog.startVerification`. Nil if it has already
  /// started.
  public func startVerification(
    of producerID: Int64, epoch: Int16, sequence: Int32, supportsEpochBump: Bool, on name: TopicPartition
  ) throws(ErrorCode) -> VerificationGuard? {
    let partition = try replicas.existing(name)
    let log = try partition.log(inEpoch: .unknown, onlyLeader: true)
    do {
      return try log.startVerification(of: producerID, epoch: epoch, sequence: sequence, supportsEpochBump: supportsEpochBump)
    } catch {
      throw error.errorCode
    }
  }

  /// Wakes the requests that the coordinators' appends may satisfy.
  public func coordinatorAppended() { wakeWaitingRequests() }
}
