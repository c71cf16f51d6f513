import Primitives

/// One element of a request or a response about partitions: a topic and its partitions.
public protocol TopicGroup {
  associatedtype Partition
  var partitions: [Partition] { get set }
}

extension FetchRequest.FetchTopic: TopicGroup {}
extension ProduceRequest.TopicProduceData: TopicGroup {
  public var partitions: [ProduceRequest.PartitionProduceData] {
    get { partitionData }
    set { partitionData = newValue }
  }
}
extension ProduceResponse.TopicProduceResponse: TopicGroup {
  public var partitions: [ProduceResponse.PartitionProduceResponse] {
    get { partitionResponses }
    set { partitionResponses = newValue }
  }
}

/// Reusable arrays for the topics and partitions of a message. Messages of a kind are written one at a time: they pass the arrays on, and allocate
/// none.
public struct TopicRoom<Topic: TopicGroup> {
  private var topics: [Topic] = []
  private var partitions: ContiguousArray<[Topic.Partition]> = []

  public init() {}

  /// An empty array with reserved capacity.
  public mutating func takeTopics() -> [Topic] {
    var taken: [Topic] = []
    swap(&taken, &topics)
    return taken
  }

  /// An empty array with reserved capacity, for one topic.
  public mutating func takePartitions() -> [Topic.Partition] { partitions.popLast() ?? [] }

  /// Takes back the arrays of a message that was written.
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
