import Host
import Primitives

/// Appends and syncs repeatedly, and records how long each sync took until the node heard of it.
final class SyncProbe: Node {
  private let host: any NodeHost
  private let count: Int
  private let block = Bytes(repeatElement(7, count: 64 << 10))
  private var file: FileID?
  private var begun = Instant.zero
  private(set) var times: [Double] = []

  init(host: any NodeHost, count: Int) {
    self.host = host
    self.count = count
  }

  var isDone: Bool { times.count == count }

  func start() {
    file = try? host.disk.open("syncs", creating: true)
    begin()
  }

  private func begin() {
    guard let file, !isDone else { return }
    try? host.disk.append(block, to: file)
    begun = host.now
    _ = host.disk.sync(file)
  }

  func handle(_ event: Event) {
    guard case .disk = event else { return }
    times.append(Double((host.now - begun).nanoseconds))
    begin()
  }

  func shutdown() { host.exit() }
}

/// Sends back what it receives.
final class EchoProbe: Node {
  private let host: any NodeHost

  init(host: any NodeHost) { self.host = host }

  func start() {}

  func handle(_ event: Event) {
    if case .received(let frame, let connection) = event { host.send(frame, on: connection) }
  }

  func shutdown() { host.exit() }
}

/// Repeatedly sends a frame, waits for its echo, and records how long that took.
final class PingProbe: Node {
  private let host: any NodeHost
  private let address: Address
  private let count: Int
  private let frame: Frame
  private var sentAt = Instant.zero
  private(set) var times: [Double] = []

  init(host: any NodeHost, to address: Address, bytes: Int, count: Int) {
    self.host = host
    self.address = address
    self.count = count
    frame = Frame(Bytes(repeatElement(1, count: bytes)))
  }

  var isDone: Bool { times.count == count }

  func start() { _ = host.connect(to: address) }

  func handle(_ event: Event) {
    switch event {
    case .connected(let connection): send(on: connection)
    case .received(_, let connection):
      times.append(Double((host.now - sentAt).nanoseconds))
      if !isDone { send(on: connection) }
    default: break
    }
  }

  private func send(on connection: ConnectionID) {
    sentAt = host.now
    host.send(frame, on: connection)
  }

  func shutdown() { host.exit() }
}
