import Primitives
import Testing

@testable import Wire

/// What is written topic by topic is what the description of the whole message writes.
@Suite struct FetchResponseWriterTests {
  private func written(_ response: FetchResponse, version: Int16, in room: inout FrameRoom) throws -> Frame {
    var head = response
    head.responses = []
    head.nodeEndpoints = []
    var writer = try FetchResponseWriter(head, version: version, correlationID: 9, topicCount: response.responses.count, in: &room)
    for var topic in response.responses {
      try writer.begin(&topic, partitionCount: topic.partitions.count)
      for index in topic.partitions.indices { try writer.add(&topic.partitions[index]) }
      writer.endTopic()
    }
    return try writer.finish(nodeEndpoints: response.nodeEndpoints)
  }

  @Test(arguments: FetchResponse.validVersions)
  func `A response in pieces is the same as the message in one`(version: Int16) throws {
    var random = RandomStream(seed: 3, purpose: "fetch responses", Int64(version))
    var room = FrameRoom()
    for _ in 0..<200 {
      let response = GeneratedMessages.fetchResponse(version: version, &random)
      let whole = try Frame.response(response, version: version, correlationID: 9)
      let frame = try written(response, version: version, in: &room)
      #expect(frame.joined == whole.joined)
      #expect(frame.pieceCount == whole.pieceCount)
    }
  }

  @Test func `What a version has no field for is refused`() throws {
    var response = FetchResponse()
    var topic = FetchResponse.FetchableTopicResponse()
    topic.partitions = [.init { $0.preferredReadReplica = 2 }]
    response.responses = [topic]
    var room = FrameRoom()
    #expect(throws: WireError.self) { try written(response, version: 10, in: &room) }
    #expect(throws: Never.self) { try written(response, version: 11, in: &room) }
  }
}
