import Client
import Host
import Primitives

/// The transactions of one life of a transactional producer, one after another, each noted in the history from its begin to its end.
///
/// What fails is told apart as Kafka asks applications to: of a transaction that can only be aborted it is aborted here, a call that takes longer than `max.block.ms` is made
/// again, since it goes on, and where nothing helps but another producer, whoever owns this makes one.
final class TransactionLoop {
  /// What became of a transaction that was to be ended.
  enum Outcome {
    case committed
    /// The producer goes on; the failure is why it was not committed, nil where that was not wanted.
    case aborted(TransactionFailure?)
    /// The producer is of no use any more.
    case fatal(TransactionFailure)
  }

  let output: NotedProducer
  /// The one that is open; none between two.
  private(set) var transaction = TransactionNumber.none
  /// When the open one began.
  private(set) var begun = Instant.zero
  /// Records that were sent in the open one.
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

  /// Takes the transactional id over. What a former life left open is ended by that.
  func prepare(_ then: @escaping (TransactionFailure?) -> Void) { insist({ [producer] in producer.initTransactions($0) }, then) }

  func begin() throws(TransactionFailure) {
    try producer.beginTransaction()
    transaction = recorder.beginTransaction(by: output.process, at: reactor.now)
    begun = reactor.now
    sent = 0
  }

  /// Sends a record in the open transaction. For its parameters see `NotedProducer.send`.
  @discardableResult
  func send(
    to topic: String, partition: Int32? = nil, key: Bytes?, intended: Instant? = nil, from sources: [History.Source] = [], _ bytes: ((RecordValue) -> Bytes)?
  ) -> RecordValue {
    sent += 1
    return output.send(to: topic, partition: partition, key: key, intended: intended, in: transaction, from: sources, bytes)
  }

  // MARK: The end

  /// Commits the open transaction, with the offsets of a group where there are any, or aborts it where it cannot be.
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
      // One that goes on is given up with the transaction.
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
    // Of a commit that nobody knows the end of it is not known either what an abort behind it found.
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

  /// Ends the producer: what is not answered is given up.
  func close(_ then: @escaping () -> Void) {
    isClosed = true
    transaction = .none
    output.close(then)
  }

  /// Makes a call, and makes it again where it took longer than `max.block.ms`: the same call waits for the same end.
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

/// What was consumed within a transaction, and in whose name.
struct ConsumedOffsets {
  /// In ascending order.
  var offsets: [(partition: TopicPartition, offset: CommittedOffset)]
  var group: ConsumerGroupMetadata
  /// The same as histories have it.
  var noted: [(partition: PartitionNumber, offset: Offset)]
}

extension TransactionFailure? {
  /// How a call that ended so stands in a history.
  fileprivate var completion: History.Operation.Kind {
    guard let self else { return .ok }
    return self.outcome == .notCommitted ? .fail : .info
  }
}
