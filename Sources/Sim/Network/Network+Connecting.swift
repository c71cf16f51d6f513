import Host
import Primitives

// The life of a connection: connecting, answered, closed, forgotten.

extension World {
  func connect(from machine: Machine, to address: Address) -> ConnectionID {
    let pair = network.makePair()
    let target = addressBook[address]
    network.ends[pair].status = .connecting
    network.ends[pair].node = machine.index.value
    if let causality { network.ends[pair].openedBy = causality.present }
    network.ends[pair + 1].status = .asked
    let other = target.map { self.machine($0.node) } ?? machine
    network.ends[pair + 1].node = other.index.value
    network.ends[pair + 1].listener = target?.number ?? 0
    network.ends[pair].link = link(from: other.index, to: machine.index)
    network.ends[pair + 1].link = link(from: machine.index, to: other.index)
    let leaving = leavingTime(of: machine)
    if target == nil {
      // No node has that name: the resolver says so immediately.
      schedule(.refuse, to: pair, at: leaving + .milliseconds(1))
    } else {
      schedule(.synchronize, to: pair + 1, at: network.arrivalTime(of: 0, to: pair + 1, leaving: leaving, now: now))
      agenda.insert(.connectTimeout(network.id(of: pair)), at: leaving + machine.profile.network.connectTimeout)
    }
    return network.id(of: pair)
  }

  /// The listener that a connection was opened to.
  func listener(of connection: ConnectionID) -> Int { network.index(of: connection).map { Int(network.ends[$0].listener) } ?? 0 }

  /// The operating system of the target machine answers.
  func takeRequestToConnect(at end: Int) {
    let target = machines[Int(network.ends[end].node)]
    guard network.ends[end].status == .asked else { return }
    if target.host != nil {
      network.ends[end].status = .open
      statistics.connectionsOpened += 1
      // The node may close the connection immediately; if the peer is gone too, there is no end left to reply to.
      reply(.accept, to: end ^ 1)
      deliver(.event(.accepted(network.id(of: end))), to: target)
    } else {
      network.ends[end].status = .closed
      reply(.refuse, to: end ^ 1)
    }
  }

  func takeAcceptance(at end: Int) {
    guard network.ends[end].status == .connecting else { return }
    network.ends[end].status = .open
    let machine = machines[Int(network.ends[end].node)]
    deliver(.event(.connected(network.id(of: end))), to: machine)
    while let unsent = network.ends[end].unsent.popFirst() {
      causality?.origin = EventOrigin(event: unsent.origin)
      transmit(unsent.frame, to: end ^ 1, leaving: now)
    }
  }

  /// The peer closed, refused or reset the connection.
  func takeEnd(at end: Int) {
    switch network.ends[end].status {
    case .open, .connecting:
      let machine = machines[Int(network.ends[end].node)]
      network.ends[end].status = .ended
      network.ends[end].unsent.removeAll()
      deliver(.event(.disconnected(network.id(of: end))), to: machine)
    case .asked:
      network.ends[end].status = .closed
      network.dissolveIfUnused(end)
    case .vacant, .ended, .closed, .forgotten:
      break
    }
  }

  func giveUpConnecting(_ end: ConnectionID) {
    guard let index = network.index(of: end), network.ends[index].status == .connecting else { return }
    if network.ends[index ^ 1].status == .asked { network.ends[index ^ 1].status = .closed }
    causality?.origin = EventOrigin(event: network.ends[index].openedBy)
    takeEnd(at: index)
  }

  func close(_ connection: ConnectionID, by machine: Machine) {
    guard let end = network.index(of: connection), network.ends[end].node == machine.index.value else { return }
    closeEnd(end, leaving: leavingTime(of: machine))
  }

  /// Closes the ends of a process that ends, in the order of their indices.
  func closeAll(of machine: Machine) {
    for end in network.ends.indices where network.ends[end].node == machine.index.value { closeEnd(end, leaving: leavingTime(of: machine)) }
  }

  private func closeEnd(_ end: Int, leaving: Instant) {
    switch network.ends[end].status {
    case .vacant, .asked, .closed, .forgotten: return
    case .connecting, .open, .ended: break
    }
    network.ends[end].status = .closed
    reportLostEnd(end)
    network.ends[end].unsent.removeAll()
    network.ends[end].stalled.removeAll()
    let peer = end ^ 1
    if isOverOrEnded(peer) { return network.dissolveIfUnused(end) }
    dropUnsent(to: peer)
    schedule(.end, to: peer, at: network.arrivalTime(of: 0, to: peer, leaving: leaving, now: now))
  }

  /// What a link that loses packets has not let through is not sent again: whoever sent it is gone.
  private func dropUnsent(to peer: Int) {
    if network.links[network.linkIndex(to: peer)].losesPackets { network.ends[peer].stalled.removeAll { isUnheldFrame($0) } }
  }

  private func isOverOrEnded(_ end: Int) -> Bool {
    switch network.ends[end].status {
    case .vacant, .closed, .forgotten: true
    // It closes itself once its node has handled that the peer's end is gone.
    case .ended: true
    case .connecting, .asked, .open: false
    }
  }

  private func isUnheldFrame(_ item: StalledItem) -> Bool {
    guard case .frame = item.content else { return false }
    return item.heldBy == nil
  }

  /// Makes the machine forget all its connections; no peer hears of it.
  func forgetAll(of machine: Machine) {
    for end in network.ends.indices where network.ends[end].node == machine.index.value {
      switch network.ends[end].status {
      case .vacant, .closed, .forgotten, .asked: continue
      case .connecting, .open, .ended: break
      }
      network.ends[end].status = .forgotten
      reportLostEnd(end)
      network.ends[end].unsent.removeAll()
      network.ends[end].stalled.removeAll()
      dropUnsent(to: end ^ 1)
      network.dissolveIfUnused(end)
    }
  }

  /// Makes a machine that is up again answer what reached it while it was down: it knows none of the connections.
  func powerOn(_ machine: Machine) {
    for end in network.ends.indices where network.ends[end].node == machine.index.value && !network.ends[end].stalled.isEmpty {
      scheduleUnstall(of: end, isRetransmission: true)
    }
  }

  func schedule(_ signal: Signal, to end: Int, at time: Instant) {
    noteDeparture(to: end)
    agenda.insert(.signal(signal, to: network.id(of: end)), at: time)
  }

  /// Sends a signal back immediately, behind everything already on the way there.
  func reply(_ signal: Signal, to end: Int) {
    schedule(signal, to: end, at: network.arrivalTime(of: 0, to: end, leaving: now, now: now))
  }

  /// When something sent now leaves the machine: after the time spent so far in this event.
  @inline(__always)
  func leavingTime(of machine: Machine) -> Instant { now + machine.elapsed }
}
