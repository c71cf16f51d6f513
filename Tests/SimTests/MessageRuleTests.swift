import Host
import Primitives
import Testing

@testable import Sim

/// Produce is 0 and Fetch is 1 among Kafka's API keys.
@Suite struct MessageRuleTests {
  private let produce: Int16 = 0
  private let fetch: Int16 = 1

  private func correlations(_ notes: Notes) -> [Int32] {
    notes.events.compactMap { if case .received(let frame, _) = $0.event { frame.joined.integer(at: 4, as: Int32.self) } else { nil } }
  }

  @Test func `A held request waits until it is released, and later messages wait behind it`() {
    let pair = Pair()
    let rule = pair.world.apply(MessageRule(.hold, .request, apiKey: fetch, times: 1), name: "hold")
    pair.request(api: produce, correlation: 1)
    pair.request(api: fetch, correlation: 2)
    pair.request(api: produce, correlation: 3)
    pair.world.run(for: .seconds(5))
    #expect(correlations(pair.serverNotes) == [1])
    #expect(pair.world.messagesHeld(by: rule) == 1)
    pair.world.release(rule)
    pair.world.run(for: .milliseconds(1))
    #expect(correlations(pair.serverNotes) == [1, 2, 3])
    #expect(pair.world.faults[rule].hits == 1)
  }

  @Test func `The request of a client that gave up is handled once it is released`() {
    let pair = Pair()
    let rule = pair.world.apply(MessageRule(.hold, .request, apiKey: produce), name: "hold")
    pair.request(api: produce, correlation: 1)
    pair.world.run(for: .seconds(1))
    pair.clientNotes.probe!.host.close(pair.connection)
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.story == ["accepted"])
    pair.world.release(rule)
    pair.world.run(for: .milliseconds(1))
    #expect(correlations(pair.serverNotes) == [1])
    #expect(pair.serverNotes.story.last == "disconnected")
  }

  @Test func `A rule acts from the nth message on, as often as it says`() {
    let pair = Pair()
    pair.world.apply(MessageRule(.drop, .request, apiKey: fetch, nth: 2, times: 2), name: "drop")
    for correlation in 1...5 as ClosedRange<Int32> { pair.request(api: fetch, correlation: correlation) }
    pair.world.run(for: .seconds(1))
    #expect(correlations(pair.serverNotes) == [1, 4, 5])
    #expect(pair.clientNotes.story == ["connected"])
  }

  @Test func `A response is matched with the request it answers`() {
    let pair = Pair()
    pair.serverNotes.onEvent = { probe, event in
      guard case .received(let frame, let connection) = event else { return }
      var writer = ByteWriter()
      writer.append(frame.joined.integer(at: 4, as: Int32.self))
      writer.append(Int32(0))
      probe.host.send(Frame(writer.bytes), on: connection)
    }
    pair.world.apply(MessageRule(.drop, .response, apiKey: fetch), name: "drop")
    pair.request(api: produce, correlation: 1)
    pair.request(api: fetch, correlation: 2)
    pair.request(api: produce, correlation: 3)
    pair.world.run(for: .seconds(1))
    let answered = pair.clientNotes.events.compactMap {
      if case .received(let frame, _) = $0.event { frame.joined.integer(at: 0, as: Int32.self) } else { nil }
    }
    #expect(answered == [1, 3])
    #expect(pair.world.statistics.requests(ofApi: fetch) == 1)
    #expect(pair.world.statistics.responses(ofApi: fetch) == 0)
    #expect(pair.world.statistics.responses(ofApi: produce) == 2)
  }

  @Test func `A delayed message comes later by the delay`() {
    let pair = Pair()
    pair.world.apply(MessageRule(.delay(.milliseconds(40)), .request, apiKey: fetch, times: 1), name: "delay")
    let before = pair.world.now
    pair.request(api: fetch, correlation: 1)
    pair.request(api: fetch, correlation: 2)
    pair.world.run(for: .seconds(1))
    #expect(correlations(pair.serverNotes) == [1, 2])
    let took = pair.serverNotes.events[1].time - before
    #expect(took >= .microseconds(40_050) && took < .microseconds(40_060))
  }

  @Test func `A duplicated message is handled twice`() {
    let pair = Pair()
    pair.world.apply(MessageRule(.duplicate, .request, apiKey: produce, times: 1), name: "duplicate")
    pair.request(api: produce, correlation: 1)
    pair.request(api: produce, correlation: 2)
    pair.world.run(for: .seconds(1))
    #expect(correlations(pair.serverNotes) == [1, 1, 2])
  }

  private func answered(_ notes: Notes) -> [[Int32]] {
    notes.events.compactMap {
      guard case .received(let frame, _) = $0.event else { return nil }
      return [frame.joined.integer(at: 0, as: Int32.self), frame.joined.integer(at: 4, as: Int32.self)]
    }
  }

  private func response(to frame: Frame, saying number: Int32) -> Frame {
    var writer = ByteWriter()
    writer.append(frame.joined.integer(at: 4, as: Int32.self))
    writer.append(number)
    return Frame(writer.bytes)
  }

  /// A request that a rule answers is not for the server; its answer has its turn behind those to earlier requests, and before those to later ones.
  @Test func `An answer by a rule comes in order`() {
    let pair = Pair()
    var open: [(Frame, ConnectionID)] = []
    pair.serverNotes.onEvent = { _, event in
      if case .received(let frame, let connection) = event { open.append((frame, connection)) }
    }
    let rule = pair.world.apply(MessageRule(.answer, .request, apiKey: fetch, nth: 2, times: 2, answer: { response(to: $0, saying: 7) }), name: "answer")
    for correlation in 1...5 as ClosedRange<Int32> { pair.request(api: fetch, correlation: correlation) }
    pair.world.run(for: .seconds(1))
    #expect(correlations(pair.serverNotes) == [1, 4, 5])
    #expect(answered(pair.clientNotes) == [])
    for (frame, connection) in open { pair.serverNotes.probe!.host.send(response(to: frame, saying: 0), on: connection) }
    pair.world.run(for: .seconds(1))
    #expect(answered(pair.clientNotes) == [[1, 0], [2, 7], [3, 7], [4, 0], [5, 0]])
    #expect(pair.world.faults[rule].hits == 2)
  }

  @Test func `An answer by a rule comes immediately if no earlier request waits, and none comes if none is expected`() {
    let pair = Pair()
    pair.world.apply(MessageRule(.answer, .request, apiKey: fetch, answer: { response(to: $0, saying: 7) }), name: "answer")
    pair.world.apply(MessageRule(.answer, .request, apiKey: produce, answer: { _ in nil }), name: "silence")
    pair.request(api: produce, correlation: 1)
    pair.request(api: fetch, correlation: 2)
    pair.world.run(for: .milliseconds(1))
    #expect(correlations(pair.serverNotes) == [])
    #expect(answered(pair.clientNotes) == [[2, 7]])
  }

  @Test func `An answer whose connection ends before its turn is dropped`() {
    let pair = Pair()
    pair.world.apply(MessageRule(.answer, .request, apiKey: fetch, nth: 2, answer: { response(to: $0, saying: 7) }), name: "answer")
    pair.request(api: fetch, correlation: 1)
    pair.request(api: fetch, correlation: 2)
    pair.world.run(for: .milliseconds(1))
    pair.world.kill(pair.server)
    pair.world.run(for: .seconds(1))
    #expect(answered(pair.clientNotes) == [])
    #expect(pair.clientNotes.story.last == "disconnected")
  }

  @Test func `A rule may look at the message and at its ends`() {
    let pair = Pair()
    pair.world.apply(
      MessageRule(.drop, .request, apiKey: nil, from: [pair.client], to: [pair.server], where: { frame, _ in frame.joined.integer(at: 4, as: Int32.self) == 2 }),
      name: "by field")
    pair.world.apply(MessageRule(.drop, .request, apiKey: nil, from: [pair.server]), name: "other way")
    for correlation in 1...3 as ClosedRange<Int32> { pair.request(api: produce, correlation: correlation) }
    pair.world.run(for: .seconds(1))
    #expect(correlations(pair.serverNotes) == [1, 3])
  }

  @Test func `The first rule that does not let a message pass wins`() {
    let pair = Pair()
    let first = pair.world.apply(MessageRule(.drop, .request, apiKey: fetch, times: 1), name: "first")
    let second = pair.world.apply(MessageRule(.hold, .request, apiKey: fetch, times: 1), name: "second")
    pair.request(api: fetch, correlation: 1)
    pair.request(api: fetch, correlation: 2)
    pair.world.run(for: .seconds(1))
    #expect(correlations(pair.serverNotes) == [])
    #expect(pair.world.faults[first].hits == 1)
    #expect(pair.world.messagesHeld(by: second) == 1)
  }

  @Test func `The frame observer learns what became of each message`() {
    let pair = Pair()
    var fates: [String] = []
    pair.world.onFrame = { fates.append("\($0.kind) \($0.header.apiKey) \($0.header.correlationID) \($0.fate)") }
    let drop = pair.world.apply(MessageRule(.drop, .request, apiKey: fetch, times: 1), name: "drop")
    pair.world.apply(MessageRule(.hold, .request, apiKey: fetch, times: 1), name: "hold")
    for correlation in 1...2 as ClosedRange<Int32> { pair.request(api: fetch, correlation: correlation) }
    pair.world.run(for: .seconds(1))
    pair.world.liftAllFaults()
    pair.world.run(for: .seconds(1))
    #expect(fates == ["request 1 1 dropped", "request 1 2 stalled", "request 1 2 delivered"])
    #expect(pair.world.faults[drop].lifted != nil)
  }
}
