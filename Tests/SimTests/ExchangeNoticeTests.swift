import Host
import Primitives
import Testing

@testable import Sim

@Suite struct ExchangeNoticeTests {
  /// Every event takes 10 µs, a record 1 µs; a way takes 50 µs. The server takes 5 µs for a request, and answers it.
  private func pair() -> Pair {
    var options = StationTests.options(cores: 1, threads: 1)
    options.machine.processor.record = .microseconds(1)
    let pair = Pair(options: options)
    pair.serverNotes.onEvent = { probe, event in
      guard case .received(let frame, let connection) = event else { return }
      let correlation = frame.pieces[0].integer(at: 4, as: Int32.self)
      probe.host.report(.takenUp(correlationID: correlation), on: connection)
      probe.host.spend(.records(5))
      var writer = ByteWriter()
      writer.append(correlation)
      probe.host.send(Frame(writer.bytes), on: connection)
    }
    return pair
  }

  /// The steps with their microseconds since an instant.
  private func steps(of pair: Pair, _ body: () -> Void) -> [String] {
    let begin = pair.world.now
    var steps: [String] = []
    pair.world.onExchange = { notice in
      let step =
        switch notice.step {
        case .asked(let header, let frame): "asked api \(header.apiKey) of \(frame.count) bytes"
        case .askedWithoutResponse: "asked without response"
        case .takenUp(let arrived): "taken up, arrived \((arrived - begin).nanoseconds / 1000)"
        case .answered: "answered"
        case .answerTaken: "answer taken"
        }
      #expect(notice.requester == pair.client && notice.responder == pair.server && notice.connection == pair.connection)
      steps.append("\((notice.time - begin).nanoseconds / 1000) \(notice.correlationID) \(step)")
    }
    pair.world.onLostEnd = { steps.append("\((pair.world.now - begin).nanoseconds / 1000) \($0.isRequester ? "requester" : "responder") lost its end") }
    body()
    return steps
  }

  @Test func `Each step of a request and its response is reported with the time at which it happens`() {
    let pair = pair()
    let steps = steps(of: pair) {
      pair.request(api: 3, correlation: 7)
      pair.world.run(for: .milliseconds(10))
    }
    #expect(steps == ["0 7 asked api 3 of 8 bytes", "50 7 taken up, arrived 50", "65 7 answered", "115 7 answer taken"])
  }

  @Test func `A request without a response says so after it was sent`() {
    let pair = pair()
    let steps = steps(of: pair) {
      pair.request(api: 0, correlation: 9)
      pair.clientNotes.probe!.host.report(.sentWithoutResponse(correlationID: 9), on: pair.connection)
    }
    #expect(steps == ["0 9 asked api 0 of 8 bytes", "0 9 asked without response"])
  }

  @Test func `Each end of a connection is reported lost once, when its node closes it or hears that the other end is closed`() {
    let pair = pair()
    let steps = steps(of: pair) {
      pair.clientNotes.probe!.host.close(pair.connection)
      pair.world.run(for: .milliseconds(1))
      pair.world.kill(pair.server)
    }
    #expect(steps == ["0 requester lost its end", "50 responder lost its end"])
  }

  @Test func `A killed node loses its ends at once, and the other node when it hears of it`() {
    let pair = pair()
    let steps = steps(of: pair) {
      pair.world.kill(pair.server)
      pair.world.run(for: .milliseconds(1))
    }
    #expect(steps == ["0 responder lost its end", "50 requester lost its end"])
  }

  @Test func `Nothing is reported of exchanges in a world that does not measure`() {
    let pair = Pair(echoing: true)
    #expect(steps(of: pair) { pair.request(api: 0, correlation: 1); pair.world.run(for: .milliseconds(10)) }.isEmpty)
  }

  @Test func `Operations of a disk are reported when they begin and when they end`() throws {
    let bench = DiskBench(), begin = bench.world.now
    var steps: [String] = []
    bench.world.onDiskOperation = { notice in
      let step =
        switch notice.step {
        case .begun(let kind, let path, let bytes): "\(kind) of \(path), \(bytes) bytes"
        case .ended(let error): error.map { "ended: \($0)" } ?? "ended"
        }
      steps.append("\((notice.time - begin).nanoseconds / 1000) \(notice.operation.value) \(step)")
    }
    let file = try bench.disk.open("log", creating: true)
    try bench.disk.append(Bytes("abc"), to: file)
    bench.await(bench.disk.sync(file))
    bench.await(bench.disk.replace("meta", with: Bytes("x")))
    #expect(steps == ["0 1 sync of log, 3 bytes", "200 1 ended", "200 2 replacement of meta, 1 bytes", "600 2 ended"])
  }
}
