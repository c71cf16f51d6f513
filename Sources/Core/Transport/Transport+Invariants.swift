import Host
import Primitives

extension RequestSender {
  /// Checks what must hold of the links between two events.
  public func checkInvariants(_ check: inout InvariantCheck) {
    check.require(links.count == allLinks.count, "\(clientID): there are \(allLinks.count) links, and \(links.count) are found by their addresses")
    check.each(of: allLinks) { link, check in
      check.require(links[link.address] === link, "\(clientID): the link to \(link.address) is not found by its address")
      checkState(of: link, &check)
      guard let earliest = link.pending.map(\.deadline).min() else { return }
      check.require(
        link.deadlineTimer.due.map { $0 <= earliest } ?? false,
        "\(clientID): a request to \(link.address) has to be answered at \(earliest), and no timer looks after it")
    }
  }

  /// Checks that whatever waits is on its way, or that something will send it.
  private func checkState(of link: PeerLink, _ check: inout InvariantCheck) {
    switch link.state {
    case .closed:
      check.require(
        link.pending.isEmpty && link.unsent.isEmpty, "\(clientID): \(link.pending.count) requests to \(link.address) wait, and there is no connection to come")
    case .waiting:
      check.require(link.connectTimer != nil, "\(clientID): the link to \(link.address) waits to connect, and no timer looks after it")
    case .connecting(let connection), .open(let connection):
      check.require(linksByConnection[connection] === link, "\(clientID): what comes on \(connection) is not for the link to \(link.address)")
      check.require(link.unsent.isEmpty, "\(clientID): \(link.unsent.count) requests to \(link.address) were not sent, and there is a connection")
    }
  }
}

extension RequestServer {
  /// Checks what must hold of the connections between two events.
  ///
  /// - Parameter words: The owner of the server.
  public func checkInvariants(_ check: inout InvariantCheck, _ words: @autoclosure () -> String) {
    check.each(of: channels.all) { channel, check in
      let connection = channel.connection
      check.require(!channel.isTaking, "\(words()), \(connection): a request is being taken, and no event is handled")
      check.require(
        channel.isBusy || channel.waiting.isEmpty, "\(words()), \(connection): \(channel.waiting.count) requests wait, and none is under way")
      check.require(channel.isOpen || channel.isBusy, "\(words()), \(connection): it has ended, nothing of it is under way, and it is kept")
      check.require(
        !channel.isOpen || channel.isMuted == channel.isBusy,
        "\(words()), \(connection): the peer is \(channel.isMuted ? "" : "not ")held back, and a request is \(channel.isBusy ? "" : "not ")under way")
    }
  }
}

extension RequestSender {
  /// Checks, when an answer comes, that something would have ended the wait for it.
  func requireTimer(of link: PeerLink) {
    guard let deadline = link.pending.first?.deadline else { return }
    mustHold(
      link.deadlineTimer.due.map { $0 <= deadline } ?? false, "\(clientID): a request to \(link.address) had to be answered at \(deadline), and no timer looked after it")
  }
}
