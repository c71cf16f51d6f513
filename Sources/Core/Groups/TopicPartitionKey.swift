import Primitives

/// A partition as the key of a table.
struct TopicPartitionKey: Hashable, Sendable {
  let topic: Uuid
  let partition: Int32

  init(_ topic: Uuid, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}
