import Host
import Primitives
import Testing

@testable import Sim

@Suite struct ExchangeTests {
  /// Every event takes 10 µs, a record 1 µs; a way takes 50 µs.
  private func pair(threads: Int = 1) -> Pair {
    var options = StationTests.options(cores: threads, threads: threads)
    options.machine.processor.record = .microseconds(1)
    return Pair(options: options)
  }

  private func correlationID(_ frame: Frame) -> Int32 { frame.pieces[0].integer(at: 4, as: Int32.self) }

  private func response(to correlation: Int32) -> Frame {
    var writer = ByteWriter()
    writer.append(correlation)
    return Frame(writer.bytes)
  }

  @Test func `The times of an exchange are in order, and show where each part of it was spent`() throws {
    let pair = pair()
    let begin = pair.world.now
    pair.serverNotes.onEvent = { probe, event in
      guard case .received(let frame, let connection) = event else { return }
      probe.host.report(.takenUp(correlationID: correlationID(frame)), on: connection)
      probe.host.spend(.records(5))
      probe.host.send(response(to: correlationID(frame)), on: connection)
      probe.host.spend(.records(100))
    }
    var seen: [ExchangeTimes] = []
    pair.clientNotes.onEvent = { probe, event in
      switch event {
      case .timer:
        #expect(probe.host.exchange == nil)
        probe.host.spend(.records(20))
        probe.host.send(Pair.request(api: 0, correlation: 1), on: pair.connection)
        probe.host.send(Pair.request(api: 0, correlation: 2), on: pair.connection)
      case .received: if let exchange = probe.host.exchange { seen.append(exchange) }
      default: break
      }
    }
    pair.clientNotes.probe!.host.after(.zero, Timer(routine: 1))
    pair.world.run(for: .milliseconds(10))
    try #require(seen.count == 2)
    func micros(_ times: ExchangeTimes) -> [Int64] {
      [times.asked, times.left, times.arrived, times.begun, times.worked, times.answered, times.answerLeft, times.answerArrived, times.answerBegun]
        .map { ($0 - begin).nanoseconds / 1_000 }
    }
    #expect(micros(seen[0]) == [0, 30, 80, 80, 95, 95, 95, 145, 145])
    // The second one waits for the work that went on behind the first one's answer.
    #expect(micros(seen[1]) == [0, 30, 80, 195, 210, 210, 210, 260, 260])
  }

  @Test func `A request that waits for another begins when the node starts it, and one that is answered later says since when`() throws {
    let pair = pair()
    let begin = pair.world.now
    pair.serverNotes.onEvent = { probe, event in
      switch event {
      case .received(let frame, let connection):
        if correlationID(frame) == 1 {
          probe.host.report(.takenUp(correlationID: 1), on: connection)
          probe.host.after(.microseconds(500), Timer(routine: 1, subject: UInt64(connection.value)))
        }
      case .timer(let timer):
        let connection = ConnectionID(UInt32(timer.subject))
        probe.host.spend(.records(7))
        probe.host.send(response(to: 1), on: connection)
        probe.host.report(.takenUp(correlationID: 2), on: connection)
        probe.host.spend(.records(3))
        probe.host.send(response(to: 2), on: connection)
      default: break
      }
    }
    var seen: [ExchangeTimes] = []
    pair.clientNotes.onEvent = { probe, event in if let exchange = probe.host.exchange { seen.append(exchange) } }
    pair.request(api: 0, correlation: 1)
    pair.request(api: 0, correlation: 2)
    pair.world.run(for: .milliseconds(10))
    try #require(seen.count == 2)
    func micros(_ instants: Instant...) -> [Int64] { instants.map { ($0 - begin).nanoseconds / 1_000 } }
    #expect(micros(seen[0].arrived, seen[0].begun, seen[0].worked, seen[0].answered, seen[0].answerLeft) == [50, 50, 60, 560, 577])
    #expect(micros(seen[1].arrived, seen[1].begun, seen[1].worked, seen[1].answered, seen[1].answerLeft) == [50, 560, 580, 580, 580])
  }

  @Test func `The exchange of a request without a response is completed after it was returned`() throws {
    let pair = pair()
    let begin = pair.world.now
    pair.serverNotes.onEvent = { probe, event in
      guard case .received(let frame, let connection) = event else { return }
      probe.host.report(.takenUp(correlationID: correlationID(frame)), on: connection)
      probe.host.spend(.records(5))
    }
    var given: ExchangeTimes?
    pair.clientNotes.onEvent = { probe, _ in
      probe.host.send(Pair.request(api: 0, correlation: 9), on: pair.connection)
      #expect(probe.host.exchange == nil)
      probe.host.report(.sentWithoutResponse(correlationID: 9), on: pair.connection)
      given = probe.host.exchange
      #expect(given?.arrived == .distantFuture)
    }
    pair.clientNotes.probe!.host.after(.zero, Timer(routine: 1))
    pair.world.run(for: .milliseconds(10))
    let times = try #require(given)
    #expect(times.worked - begin == .microseconds(75))
    #expect(times.answered == .distantFuture)
  }

  @Test func `Nothing is followed in a world that does not measure`() {
    let pair = Pair(echoing: true)
    var seen: [ExchangeTimes] = []
    pair.clientNotes.onEvent = { probe, _ in if let exchange = probe.host.exchange { seen.append(exchange) } }
    pair.request(api: 0, correlation: 1)
    pair.world.run(for: .milliseconds(10))
    #expect(pair.clientNotes.received.count == 1 && seen.isEmpty)
  }
}
