import Glibc
import Host
import NIOConcurrencyHelpers
import Primitives
import Testing

@testable import Live

/// A host that is paused stands still as a process does that is stopped.
@Suite struct PauseTests {
  /// Counts a timer that it sets again and again.
  private final class Ticker: Node {
    let host: any NodeHost
    let ticks: NIOLockedValueBox<Int>

    init(_ host: any NodeHost, _ ticks: NIOLockedValueBox<Int>) {
      self.host = host
      self.ticks = ticks
    }

    func start() { host.after(.milliseconds(1), Timer(routine: 0, subject: 0)) }

    func handle(_ event: Event) {
      ticks.withLockedValue { $0 += 1 }
      start()
    }

    func shutdown() { host.exit() }
  }

  private let directory = TemporaryDirectory()
  private let ticks = NIOLockedValueBox(0)

  private func started() throws -> LiveHost {
    let host = try LiveHost(name: "ticker", directory: directory.path)
    let ticks = ticks
    host.start { Ticker($0, ticks) }
    Patience.wait { count > 0 }
    return host
  }

  private var count: Int { ticks.withLockedValue { $0 } }

  /// Paused, as soon as the node has heard of it.
  private func pause(_ host: LiveHost) {
    host.pause()
    // What it was doing comes to its end.
    var last: Int
    repeat {
      last = count
      usleep(10_000)
    } while count != last
  }

  @Test func `Nothing happens in a paused node, and afterwards it continues`() throws {
    let host = try started()
    pause(host)
    let before = count
    usleep(20_000)
    #expect(count == before)
    host.resume()
    Patience.wait { count > before }
    #expect(count > before)
    host.kill()
    try host.waitUntilEnded()
  }

  @Test func `A paused node that is killed does not resume`() throws {
    let host = try started()
    pause(host)
    let before = count
    host.kill()
    try host.waitUntilEnded()
    #expect(count == before)
  }

  @Test func `A node that is paused twice resumes once, and a killed node is not paused`() throws {
    let host = try started()
    pause(host)
    host.pause()
    host.resume()
    let before = count
    Patience.wait { count > before }
    #expect(count > before)
    host.kill()
    host.pause()
    try host.waitUntilEnded()
  }
}
