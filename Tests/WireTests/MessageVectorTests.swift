import Primitives
import Testing
import Wire

@Suite struct MessageVectorTests {
  @Test(arguments: Fixtures.messageFiles)
  func `Every message reads and writes the same bytes as Kafka's own code`(file: String) throws {
    let vectors = try Fixtures.messages(file)
    #expect(!vectors.isEmpty)
    for vector in vectors { try expectRoundTrip(vector, of: vector.type) }
  }

  private func expectRoundTrip<M: Message>(_ vector: MessageVector, of type: M.Type) throws {
    do {
      let message = try M(vector.bytes, version: vector.version)
      #expect(try message.encoded(version: vector.version) == vector.bytes, "\(vector)")
      #expect(try message.encodedSize(version: vector.version) == vector.bytes.count, "\(vector)")
      #expect(try Json(message.text(version: vector.version)).canonicalText == vector.value, "\(vector)")
    } catch {
      Issue.record("\(vector): \(error)")
    }
  }

  @Test func `Every message except one of Kafka Streams has vectors`() {
    let covered = Set(Fixtures.allMessageVectors.map { $0.type.name })
    #expect(allMessages.count == 273)
    #expect(allMessages.map { $0.name }.filter { !covered.contains($0) } == ["SubscriptionInfoData"])
  }

  @Test func `Every message split over two pieces reads the same`() throws {
    for vector in Fixtures.allMessageVectors where vector.id.hasSuffix("full") {
      try expectSplitReading(vector, of: vector.type)
    }
  }

  private func expectSplitReading<M: Message>(_ vector: MessageVector, of type: M.Type) throws {
    let whole = try M(vector.bytes, version: vector.version)
    let third = vector.bytes.count / 3
    for cut in [1, third, 2 * third, vector.bytes.count - 1] where cut > 0 && cut < vector.bytes.count {
      var reader = FrameReader(Frame([vector.bytes[..<cut], .empty, vector.bytes[cut...]]))
      #expect(try M(from: &reader, version: vector.version) == whole, "\(vector) cut at \(cut)")
    }
  }
}
