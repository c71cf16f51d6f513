import Wire

/// One element of a request or a response about partitions: a topic, and the partitions in it.
public protocol TopicGroup {
  associatedtype Partition
  var partitions: [Partition] { get set }
}

extension FetchRequest.FetchTopic: TopicGroup {}
extension FetchResponse.FetchableTopicResponse: TopicGroup {}
extension ProduceResponse.TopicProduceResponse: TopicGroup {
  public var partitions: [ProduceResponse.PartitionProduceResponse] {
    get { partitionResponses }
    set { partitionResponses = newValue }
  }
}

/// Room for the topics of a message and their partitions. Messages of a kind are written one after the other: they hand it on, and allocate none.
public struct TopicRoom<Topic: TopicGroup> {
  private var topics: [Topic] = []
  private var partitions: ContiguousArray<[Topic.Partition]> = []

  public init() {}

  /// Empty, with room.
  public mutating func takeTopics() -> [Topic] {
    var taken: [Topic] = []
    swap(&taken, &topics)
    return taken
  }

  /// Empty, with room, for one topic.
  public mutating func takePartitions() -> [Topic.Partition] { partitions.popLast() ?? [] }

  /// Takes the room of a message back that was written.
  public mutating func takeBack(_ given: inout [Topic]) {
    while var topic = given.popLast() {
      var room: [Topic.Partition] = []
      swap(&room, &topic.partitions)
      room.empty()
      partitions.append(room)
    }
    swap(&given, &topics)
  }
}
