import Primitives
import Testing
import Wire

@Suite struct TopicRoomTests {
  private func request(_ room: inout TopicRoom<FetchRequest.FetchTopic>, partitions: [Int]) -> FetchRequest {
    var request = FetchRequest()
    request.topics = room.takeTopics()
    for count in partitions {
      var topic = FetchRequest.FetchTopic()
      topic.partitions = room.takePartitions()
      topic.partitions.append(contentsOf: (0..<count).map { _ in FetchRequest.FetchPartition() })
      request.topics.append(topic)
    }
    return request
  }

  @Test func `The memory of a message is reused for the next one, with nothing of the old contents`() {
    var room = TopicRoom<FetchRequest.FetchTopic>()
    var first = request(&room, partitions: [40, 7])
    room.takeBack(&first.topics)
    #expect(first.topics.isEmpty)
    let topics = room.takeTopics(), partitions = [room.takePartitions(), room.takePartitions(), room.takePartitions()]
    #expect(topics.isEmpty && topics.capacity >= 2)
    #expect(partitions.allSatisfy { $0.isEmpty } && partitions[0].capacity >= 40 && partitions[1].capacity >= 7 && partitions[2].capacity == 0)
  }

  @Test func `A message that is written while another is under way gets its own memory`() {
    var room = TopicRoom<FetchRequest.FetchTopic>()
    var outer = request(&room, partitions: [2])
    var inner = request(&room, partitions: [3])
    #expect(outer.topics.map(\.partitions.count) == [2] && inner.topics.map(\.partitions.count) == [3])
    room.takeBack(&inner.topics)
    room.takeBack(&outer.topics)
    #expect(room.takePartitions().isEmpty && room.takePartitions().isEmpty)
  }
}
