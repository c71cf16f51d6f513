import Host
import Primitives
import Testing

@testable import Sim

/// Sockets push back: whoever asks is told when the buffers of a connection are full, and when there is room again.
@Suite struct SendBufferTests {
  private static let chunk = String(repeating: "x", count: 1 << 20)

  /// A gigabit between two machines: a mebibyte takes some nine milliseconds.
  private func pair() -> Pair {
    var options = WorldOptions.ideal
    options.machine.network.bandwidth = 125_000_000
    return Pair(options: options)
  }

  private func isWritable(_ pair: Pair) -> Bool { pair.clientNotes.probe!.host.isWritable(pair.connection) }

  @Test func `A connection is not writable while more than its buffer waits, and its node is told once there is room`() {
    let pair = pair()
    #expect(isWritable(pair))
    for _ in 0..<4 { pair.sendFromClient(Self.chunk) }
    #expect(World.sendBuffer == 4 << 20)
    #expect(isWritable(pair))
    pair.sendFromClient("one more")
    #expect(!isWritable(pair))
    pair.world.run(for: .milliseconds(5))
    #expect(!pair.clientNotes.story.contains("writable"))
    pair.world.run(for: .milliseconds(10))
    #expect(pair.clientNotes.story.filter { $0 == "writable" }.count == 1)
    #expect(isWritable(pair))
    pair.world.run(for: .milliseconds(100))
    #expect(pair.clientNotes.story.filter { $0 == "writable" }.count == 1)
    #expect(pair.serverNotes.received.count == 5)
  }

  @Test func `A process that does not read leaves the buffer full`() {
    let pair = pair()
    #expect(isWritable(pair))
    pair.world.pause(pair.server)
    for _ in 0..<5 { pair.sendFromClient(Self.chunk) }
    pair.world.run(for: .seconds(1))
    #expect(!isWritable(pair))
    pair.world.resume(pair.server)
    pair.world.run(for: .milliseconds(1))
    #expect(isWritable(pair))
  }

  @Test func `A dropped frame leaves the buffer as well`() {
    let pair = pair()
    #expect(isWritable(pair))
    _ = pair.world.apply(MessageRule(.drop, .request, apiKey: nil), name: "drop")
    for _ in 0..<6 { pair.sendFromClient(Self.chunk) }
    #expect(!isWritable(pair))
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == [])
    #expect(isWritable(pair))
  }

  @Test func `Asking does not change what happens if no buffer fills`() {
    func trace(asking: Bool) -> UInt64 {
      let pair = Pair(echoing: true)
      for number in 0..<50 {
        if asking { _ = isWritable(pair) }
        pair.sendFromClient("frame \(number)")
        pair.world.run(for: .microseconds(30))
      }
      pair.world.run(for: .milliseconds(5))
      return pair.world.traceHash
    }
    #expect(trace(asking: true) == trace(asking: false))
  }
}
