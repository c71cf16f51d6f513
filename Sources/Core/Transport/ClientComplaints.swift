import Host
import Primitives

/// Reports for operators of client requests that were refused: a line for each client at once, then at most one a minute.
///
/// Client ids come from outside, so neither their length nor their number is trusted.
final class ClientComplaints {
  private struct Client {
    let words: String
    var told: Instant
    /// The distinct complaints since the last line, in order.
    var kept: [String] = []
    /// How many further complaints, new or repeated, were not kept.
    var others = 0
  }

  private static let interval = Duration.seconds(60)
  private static let mostLettersOfClient = 64
  private static let mostClients = 100
  private static let mostKept = 5

  private let reactor: Reactor
  private var clients: [Client] = []
  private var timer: ScheduledTimer?

  init(reactor: Reactor) { self.reactor = reactor }

  deinit { reactor.cancel(timer) }

  /// - Parameter words: The text that follows the client's name.
  func tell(_ words: String, of clientID: String?, at address: String) {
    let name = String(String.UnicodeScalarView((clientID ?? "").unicodeScalars.prefix(Self.mostLettersOfClient).map { $0.isControl ? "?" : $0 }))
    let client = "client '\(name)' at \(address)"
    if let index = clients.firstIndex(where: { $0.words == client }) {
      if reactor.now - clients[index].told < Self.interval { return keep(words, of: index) }
      clients.remove(at: index)
    }
    if clients.count == Self.mostClients { clients.removeAll { reactor.now - $0.told >= Self.interval && $0.kept.isEmpty && $0.others == 0 } }
    guard clients.count < Self.mostClients else { return }
    clients.append(Client(words: client, told: reactor.now))
    reactor.report(.warning("\(client) \(words)"))
  }

  private func keep(_ words: String, of index: Int) {
    if clients[index].kept.count < Self.mostKept, !clients[index].kept.contains(words) {
      clients[index].kept.append(words)
    } else {
      clients[index].others = clients[index].others.saturatingAdding(1)
    }
    // If no one watches clients, no timer wakes the node for them.
    guard timer == nil, reactor.host.watchesClients else { return }
    timer = reactor.after(Self.interval) { [weak self] in self?.tellKept() }
  }

  private func tellKept() {
    timer = nil
    for index in clients.indices where !clients[index].kept.isEmpty || clients[index].others > 0 {
      let client = clients[index]
      let more = client.others == 0 ? [] : ["\(client.others) more"]
      reactor.report(.warning("\(client.words) in the last minute: \((client.kept + more).joined(separator: "; "))"))
      clients[index] = Client(words: client.words, told: reactor.now)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { value < 0x20 || (0x7f...0x9f).contains(value) || (0x202a...0x202e).contains(value) || (0x2066...0x2069).contains(value) }
}
