import Primitives
import Testing

@testable import Wire

/// A message that is read over a former one is what it would be if it were read by itself.
@Suite struct MessageRoomTests {
  private func expectSame<M: ApiMessage>(_ type: M.Type, _ name: StaticString, _ make: (Int16, inout RandomStream) -> M) throws {
    let room = MessageRoom<M>()
    for version in M.validVersions {
      var random = RandomStream(seed: 5, purpose: name, Int64(version))
      for _ in 0..<200 {
        let bytes = try make(version, &random).encoded(version: version), alone = try M(bytes, version: version)
        room.use(for: version) { message in
          var reader = FrameReader(bytes)
          #expect(throws: Never.self) { try message.read(from: &reader, version: version) }
          #expect(message == alone)
          withExtendedLifetime(reader) {}
        }
      }
    }
  }

  @Test func `A Fetch request is read over another`() throws { try expectSame(FetchRequest.self, "fetch requests", GeneratedMessages.fetchRequest) }
  @Test func `A Fetch response is read over another`() throws { try expectSame(FetchResponse.self, "fetch responses", GeneratedMessages.fetchResponse) }
  @Test func `A Produce request is read over another`() throws { try expectSame(ProduceRequest.self, "produce requests", GeneratedMessages.produceRequest) }

  @Test func `What a request that cannot be read left behind is not seen in the next one`() throws {
    var random = RandomStream(seed: 6, purpose: "cut requests")
    let room = MessageRoom<FetchRequest>()
    for _ in 0..<200 {
      let bytes = try GeneratedMessages.fetchRequest(version: 18, &random).encoded(version: 18)
      for cut in [Int(random.below(Int64(bytes.count))), bytes.count] {
        let whole = try FetchRequest(bytes, version: 18)
        room.use(for: 18) { request in
          var reader = FrameReader(bytes[..<cut])
          let isRead = (try? request.read(from: &reader, version: 18)) != nil
          #expect(isRead == (cut == bytes.count))
          if isRead { #expect(request == whole) }
          withExtendedLifetime(reader) {}
        }
      }
    }
  }

  @Test func `A message of another version is not read over it`() throws {
    let room = MessageRoom<FetchRequest>()
    room.use(for: 12) { $0.topics = [.init { $0.topic = "t" }] }
    #expect(room.use(for: 12) { $0.topics.first?.topic } == "t")
    #expect(room.use(for: 18) { $0.topics.isEmpty })
  }

  @Test func `Whoever reads a message while he deals with another one gets a new one`() {
    let room = MessageRoom<FetchRequest>()
    room.use(for: 12) { outer in
      outer.topics = [.init { $0.topic = "t" }]
      #expect(room.use(for: 12) { $0.topics.isEmpty })
      #expect(outer.topics.count == 1)
    }
    #expect(room.use(for: 12) { $0.topics.count } == 1)
  }

  @Test func `Of another request of the same client the client id stays, and of another client it is read`() throws {
    var header = RequestHeader()
    for (id, client) in [("first", "one"), ("second", "one"), ("third", "another")] {
      let frame = try Frame.request(MetadataRequest(), version: 12, correlationID: Int32(id.count), clientID: client)
      var reader = FrameReader(frame)
      try header.readNext(from: &reader)
      #expect(header.clientId == client)
      #expect(header.correlationId == Int32(id.count))
      withExtendedLifetime(frame) {}
    }
  }

  @Test func `Messages that let go of their records keep everything else`() throws {
    var random = RandomStream(seed: 7, purpose: "records")
    var response = GeneratedMessages.fetchResponse(version: 18, &random)
    while response.responses.allSatisfy({ $0.partitions.allSatisfy { $0.records == nil } }) { response = GeneratedMessages.fetchResponse(version: 18, &random) }
    let former = response
    response.forgetRecords()
    for (topic, formerTopic) in zip(response.responses, former.responses) {
      for (partition, var formerPartition) in zip(topic.partitions, formerTopic.partitions) {
        #expect(partition.records == nil)
        formerPartition.records = nil
        #expect(partition == formerPartition)
      }
    }
  }
}
