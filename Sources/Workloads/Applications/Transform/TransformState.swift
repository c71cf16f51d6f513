import Client
import Host
import OrderedCollections
import Primitives

/// The work of a process with its state, which it restores as of the committed offsets of its group.
final class TransformState {
  private let plan: TransformPlan
  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let consumer: Consumer
  private var transformation: Transformation
  private var restoration: StateRestoration?
  private var isCancelled = false

  init(_ plan: TransformPlan, _ reactor: Reactor, _ recorder: HistoryRecorder, _ consumer: Consumer) {
    self.plan = plan
    self.reactor = reactor
    self.recorder = recorder
    self.consumer = consumer
    transformation = Transformation(plan.work, to: plan.outputs)
  }

  /// The outputs for an input record.
  func outputs(of input: TransformInput) -> [TransformOutput] { transformation.outputs(of: input) }

  func forget(_ partitions: [TopicPartition]) {
    for partition in partitions { transformation.forget(partition.partition) }
  }

  /// Asks until the coordinator has returned the committed offsets of these partitions, and of those of all inputs that share state with any of them.
  func findCommitted(with partitions: [TopicPartition], _ then: @escaping ([(partition: TopicPartition, offset: CommittedOffset?)]) -> Void) {
    findCommitted(coPartitions(of: partitions), then)
  }

  private func findCommitted(_ partitions: [TopicPartition], _ then: @escaping ([(partition: TopicPartition, offset: CommittedOffset?)]) -> Void) {
    consumer.committed(partitions) { [weak self] result in
      guard let self, !isCancelled else { return }
      if case .success(let found) = result { return then(found) }
      reactor.after(consumer.configuration.connection.retryBackoff) { [weak self] in
        guard let self, !isCancelled else { return }
        findCommitted(partitions, then)
      }
    }
  }

  private func coPartitions(of partitions: [TopicPartition]) -> [TopicPartition] {
    guard plan.work.otherInput != nil else { return partitions }
    return OrderedSet(partitions.map(\.partition)).sorted().flatMap { number in plan.inputs.map { TopicPartition($0, number) } }
  }

  /// Restores the state of partitions that are consumed from these offsets on.
  func restore(_ committed: [(partition: TopicPartition, offset: CommittedOffset?)], _ then: @escaping () -> Void) {
    let numbers = OrderedSet(committed.map(\.partition.partition)).sorted()
    let topic: String, ends: [TopicPartition: Offset]?
    switch plan.work {
    case .map, .filter, .fanOut: return then()
    case .aggregate(let state): (topic, ends) = (state, nil)
    case .join(let other):
      topic = other
      ends = Dictionary(committed.map { ($0.partition, $0.offset?.offset ?? 0) }, uniquingKeysWith: { first, _ in first })
    }
    for number in numbers { transformation.forget(number) }
    restoration?.cancel()
    let restoration = StateRestoration(reactor, consumer.configuration, recorder)
    self.restoration = restoration
    restoration.run(numbers.map { TopicPartition(topic, $0) }, upTo: ends) { [weak self] partition, record, source in
      self?.transformation.restore(record.key, record.value, from: source, in: partition.partition)
    } then: { [weak self] in
      guard let self, !isCancelled else { return }
      self.restoration = nil
      then()
    }
  }

  /// Cancels everything under way: none of the pending continuations is called.
  func cancel() {
    isCancelled = true
    restoration?.cancel()
  }
}
