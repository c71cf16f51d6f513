import Wire

/// One element of a request or a response about partitions: a topic, and the partitions in it.
protocol TopicGroup {
  associatedtype Partition
  var partitions: [Partition] { get set }
}

extension FetchRequest.FetchTopic: TopicGroup {}
extension FetchResponse.FetchableTopicResponse: TopicGroup {}

/// Room for the topics of a message and their partitions. Messages of a kind are written one after the other: they hand it on, and allocate none.
struct TopicRoom<Topic: TopicGroup> {
  private var topics: [Topic] = []
  private var partitions: ContiguousArray<[Topic.Partition]> = []

  /// Empty, with room.
  mutating func takeTopics() -> [Topic] {
    var taken: [Topic] = []
    swap(&taken, &topics)
    return taken
  }

  /// Empty, with room, for one topic.
  mutating func takePartitions() -> [Topic.Partition] { partitions.popLast() ?? [] }

  /// Takes the room of a message back that was written.
  mutating func takeBack(_ given: inout [Topic]) {
    while var topic = given.popLast() {
      var room: [Topic.Partition] = []
      swap(&room, &topic.partitions)
      room.empty()
      partitions.append(room)
    }
    swap(&given, &topics)
  }
}
