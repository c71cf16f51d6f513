import Log
import Primitives
import Wire

extension ReplicaManager {
  /// Appends what a coordinator of this broker decided to a partition that it leads, and does not wait for the others: `PartitionListener` tells what is
  /// committed. Whoever waits for the records is woken by `coordinatorAppended`, when the coordinator is ready for that.
  ///
  /// - Parameters:
  ///   - epoch: the leadership in which the coordinator loaded its state. NOT_LEADER_OR_FOLLOWER in any other.
  ///   - requiredAcks: with -1 the batch is refused while too few replicas are in sync, with 1 it is taken.
  ///   - verification: what records that begin a transaction have to show.
  ///   - transactionVersion: by which a marker is judged.
  /// - Returns: the offset behind the batch.
  /// - Source: Kafka's `CoordinatorPartitionWriter.append`, which asks for acks=1, and `TransactionLog.EnforcedRequiredAcks`, which is -1.
  public func append(
    _ batch: Bytes, fromCoordinatorOf name: TopicPartition, in epoch: LeaderEpoch, requiredAcks: Int16 = 1,
    verification: TransactionVerification = .notRequired, transactionVersion: Int16 = 0
  ) throws(ErrorCode) -> Offset {
    guard let partition = replicas.table[name], partition.isLeader, partition.leaderEpoch == epoch else { throw .notLeaderOrFollower }
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

  /// A producer's transaction would begin on a partition that this broker leads: see `PartitionLog.startVerification`. nil where it has begun.
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

  /// Wakes the requests that what coordinators appended may satisfy.
  public func coordinatorAppended() { wakeWaitingRequests() }
}
