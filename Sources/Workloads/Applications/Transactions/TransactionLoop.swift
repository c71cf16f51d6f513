import Client
import Host
import Primitives

/// The transactions of one life of a transactional producer, one after another, each recorded in the history from its start to its end.
///
/// Failures are handled as Kafka asks applications to: a transaction that can only be aborted is aborted here; a call that takes longer than `max.block.ms` is repeated,
/// since it continues in the background; and if only another producer helps, the owner has to make one.
final class TransactionLoop {
  /// How the end of a transaction turned out.
  enum Outcome {
    case committed
    /// The transaction was aborted and the producer goes on; the failure is why it was not committed, nil if no commit was requested.
    case aborted(TransactionFailure?)
    /// The producer cannot be used any more.
    case fatal(TransactionFailure)
  }

  let output: NotedProducer
  /// The open transaction; none between two.
  private(set) var transaction = TransactionNumber.none
  /// When the open transaction began.
  private(set) var begun = Instant.zero
  /// The number of records sent by `send` in the open transaction.
  private(set) var sent = 0
  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private var isClosed = false

  init(_ output: NotedProducer, _ reactor: Reactor, _ recorder: HistoryRecorder) {
    self.output = output
    self.reactor = reactor
    self.recorder = recorder
  }

  private var producer: Producer { output.producer }
  var isOpen: Bool { transaction != .none }

  /// Calls `initTransactions`, which also ends what an earlier life left open.
  func prepare(_ then: @escaping (TransactionFailure?) -> Void) { insist({ [producer] in producer.initTransactions($0) }, then) }

  func begin() throws(TransactionFailure) {
    try producer.beginTransaction()
    transaction = recorder.beginTransaction(by: output.process, at: reactor.now)
    begun = reactor.now
    sent = 0
  }

  /// Sends a record in the open transaction. For its parameters see `NotedProducer.send`.
  func send(to topic: String, partition: Int32?, key: Bytes?, intended: Instant, _ bytes: ((RecordValue) -> Bytes)?) {
    sent += 1
    output.send(to: topic, partition: partition, key: key, intended: intended, in: transaction, bytes)
  }

  // MARK: The end

  /// Commits the open transaction, with the offsets of a group if there are any, or aborts it if it cannot be committed.
  func commit(_ consumed: ConsumedOffsets? = nil, _ then: @escaping (Outcome) -> Void) {
    guard let consumed, !consumed.offsets.isEmpty else { return commitRecords(then) }
    let transaction = transaction, noted = consumed.noted
    recorder.commit(.invoke, noted, in: transaction, by: output.process, at: reactor.now)
    let offsets = consumed.offsets.map { partition, next in
      (partition: partition, offset: next.offset, leaderEpoch: next.leaderEpoch == .unknown ? nil : Optional(next.leaderEpoch), metadata: next.metadata)
    }
    producer.sendOffsets(offsets, of: consumed.group) { [weak self] failure in
      guard let self, !isClosed else { return }
      recorder.commit(failure.completion, noted, in: transaction, by: output.process, at: reactor.now)
      guard let failure else { return commitRecords(then) }
      // A commit that is still under way is given up with the transaction.
      if failure.kind == .fatal { end(.fatal(failure), then) } else { giveUp(because: failure, then) }
    }
  }

  private func commitRecords(_ then: @escaping (Outcome) -> Void) {
    let transaction = transaction
    recorder.endTransaction(.invoke, transaction, commits: true, by: output.process, at: reactor.now)
    insist({ [producer] in producer.commitTransaction($0) }) { [weak self] failure in
      guard let self else { return }
      recorder.endTransaction(failure.completion, transaction, commits: true, by: output.process, at: reactor.now)
      switch failure?.kind {
      case nil: end(.committed, then)
      case .fatal: end(.fatal(failure!), then)
      case .abortable, .retriable: giveUp(because: failure, then)
      }
    }
  }

  /// Aborts the open transaction because the application wants to.
  func abort(_ then: @escaping (Outcome) -> Void) { giveUp(because: nil, then) }

  private func giveUp(because failure: TransactionFailure?, _ then: @escaping (Outcome) -> Void) {
    let transaction = transaction
    // If the outcome of a commit is unknown, so is what a later abort did.
    let isSure = failure?.outcome != .unknown
    if isSure { recorder.endTransaction(.invoke, transaction, commits: false, by: output.process, at: reactor.now) }
    insist({ [producer] in producer.abortTransaction($0) }) { [weak self] problem in
      guard let self else { return }
      if isSure { recorder.endTransaction(problem == nil ? .ok : .info, transaction, commits: false, by: output.process, at: reactor.now) }
      end(problem.map { .fatal($0) } ?? .aborted(failure), then)
    }
  }

  private func end(_ outcome: Outcome, _ then: (Outcome) -> Void) {
    transaction = .none
    then(outcome)
  }

  /// Closes the producer and gives up unanswered records.
  func close(_ then: @escaping () -> Void) {
    isClosed = true
    transaction = .none
    output.close(then)
  }

  /// Makes a call, and repeats it if it took longer than `max.block.ms`: the repeated call waits for the same result.
  private func insist(_ call: @escaping (_ completion: @escaping (TransactionFailure?) -> Void) -> Void, _ then: @escaping (TransactionFailure?) -> Void) {
    call { [weak self] failure in
      guard let self, !isClosed else { return }
      guard failure?.kind == .retriable else { return then(failure) }
      reactor.after(producer.configuration.connection.retryBackoff) { [weak self] in
        guard let self, !isClosed else { return }
        insist(call, then)
      }
    }
  }
}

/// What was consumed within a transaction, and by which member.
struct ConsumedOffsets {
  /// The offsets to commit, in ascending order of the partitions.
  var offsets: [(partition: TopicPartition, offset: CommittedOffset)]
  var group: ConsumerGroupMetadata
  /// The same offsets as the history has them.
  var noted: [(partition: PartitionNumber, offset: Offset)]
}

extension TransactionFailure? {
  /// The kind of history entry for a call that ended like this.
  fileprivate var completion: History.Operation.Kind {
    guard let self else { return .ok }
    return self.outcome == .notCommitted ? .fail : .info
  }
}
