import Testing
import Wire

struct TopicGroupsTests {
  private typealias Topic = ListOffsetsRequest.ListOffsetsTopic

  @Test func `A topic has one element, at its first place`() {
    var topics: [Topic] = []
    let places = ["a", "b", "a", "b", "c"].map { name in topics.group(where: { $0.name == name }, or: .init { $0.name = name }) }
    #expect(places == [0, 1, 0, 1, 2])
    #expect(topics.map(\.name) == ["a", "b", "c"])
  }

  @Test func `If the order counts, a topic that comes again gets another element`() {
    var topics: [Topic] = []
    let places = ["a", "a", "b", "a"].map { name in topics.lastGroup(where: { $0.name == name }, or: .init { $0.name = name }) }
    #expect(places == [0, 0, 1, 2])
    #expect(topics.map(\.name) == ["a", "b", "a"])
  }
}
