import Client
import Primitives

/// Writes down what becomes of a member's partitions, and the values that it receives.
final class GroupListener: ConsumerDelegate {
  var log: [String] = []
  var received: [String] = []
  /// Keeps what is to be called, where a test wants to call it later.
  var holds = false
  var held: [() -> Void] = []

  private func add(_ what: String, _ partitions: [TopicPartition], _ done: @escaping () -> Void) {
    log.append("\(what) \(partitions.map(\.description).joined(separator: " "))")
    if holds { held.append(done) } else { done() }
  }

  func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition], done: @escaping () -> Void) { add("assigned", partitions, done) }
  func consumer(_ consumer: Consumer, revokes partitions: [TopicPartition], done: @escaping () -> Void) { add("revoked", partitions, done) }
  func consumer(_ consumer: Consumer, lost partitions: [TopicPartition], done: @escaping () -> Void) { add("lost", partitions, done) }

  func consumer(_ consumer: Consumer, received records: ConsumerRecords) {
    for slice in records.slices { received += (try? slice.records())?.map { $0.value?.text ?? "" } ?? [] }
  }
}
