import Host
import Primitives

// The life of a connection: asked for, answered, closed, forgotten.

extension Network {
  func connect(from machine: Machine, to address: Address) -> ConnectionID {
    let pair = makePair()
    let target = world.addressBook[address]
    ends[pair].status = .connecting
    ends[pair].node = machine.index.value
    ends[pair + 1].status = .asked
    ends[pair + 1].node = (target ?? machine.index).value
    let leaving = leavingTime(of: machine)
    if target == nil {
      // Nobody has that name: the resolver says so at once.
      schedule(.refuse, to: pair, at: leaving + 1_000_000)
    } else {
      schedule(.synchronize, to: pair + 1, at: arrivalTime(of: 0, to: pair + 1, leaving: leaving))
      world.agenda.insert(.connectTimeout(id(of: pair)), at: leaving + machine.profile.network.connectTimeout.nanoseconds)
    }
    return id(of: pair)
  }

  /// The operating system of the asked machine answers.
  func takeRequestToConnect(at end: Int) {
    let target = world.machines[Int(ends[end].node)]
    guard ends[end].status == .asked else { return }
    if target.host != nil {
      ends[end].status = .open
      world.statistics.connectionsOpened += 1
      world.deliver(.event(.accepted(id(of: end))), to: target)
      reply(.accept, to: end ^ 1)
    } else {
      ends[end].status = .closed
      reply(.refuse, to: end ^ 1)
    }
  }

  func takeAcceptance(at end: Int) {
    guard ends[end].status == .connecting else { return }
    ends[end].status = .open
    let machine = world.machines[Int(ends[end].node)]
    world.deliver(.event(.connected(id(of: end))), to: machine)
    while let frame = ends[end].unsent.popFirst() { transmit(frame, to: end ^ 1, leaving: world.now.nanoseconds) }
  }

  /// The peer closed, refused or reset.
  func takeEnd(at end: Int) {
    let machine = world.machines[Int(ends[end].node)]
    switch ends[end].status {
    case .open, .connecting:
      ends[end].status = .ended
      ends[end].unsent.removeAll()
      world.deliver(.event(.disconnected(id(of: end))), to: machine)
    case .asked:
      ends[end].status = .closed
      dissolveIfUnused(end)
    case .vacant, .ended, .closed, .forgotten:
      break
    }
  }

  func giveUpConnecting(_ end: ConnectionID) {
    guard let index = index(of: end), ends[index].status == .connecting else { return }
    if ends[index ^ 1].status == .asked { ends[index ^ 1].status = .closed }
    takeEnd(at: index)
  }

  func close(_ connection: ConnectionID, by machine: Machine) {
    guard let end = index(of: connection), ends[end].node == machine.index.value else { return }
    close(end, leaving: leavingTime(of: machine))
  }

  /// Closes the ends of a process that ends, in order of their indices.
  func closeAll(of machine: Machine) {
    for end in ends.indices where ends[end].node == machine.index.value { close(end, leaving: leavingTime(of: machine)) }
  }

  private func close(_ end: Int, leaving: Int64) {
    switch ends[end].status {
    case .vacant, .asked, .closed, .forgotten: return
    case .connecting, .open, .ended: break
    }
    ends[end].status = .closed
    ends[end].unsent.removeAll()
    ends[end].stalled.removeAll()
    let peer = end ^ 1
    if isOverOrEnded(peer) { return dissolveIfUnused(end) }
    if links[linkIndex(to: peer)].losesPackets { ends[peer].stalled.removeAll { isUnheldFrame($0) } }
    schedule(.end, to: peer, at: arrivalTime(of: 0, to: peer, leaving: leaving))
  }

  private func isOverOrEnded(_ end: Int) -> Bool {
    switch ends[end].status {
    case .vacant, .closed, .forgotten: true
    // It closes itself once its node has handled the end.
    case .ended: true
    case .connecting, .asked, .open: false
    }
  }

  private func isUnheldFrame(_ item: StalledItem) -> Bool {
    guard case .frame = item.content else { return false }
    return item.heldBy == nil
  }

  /// The machine loses its memory of all connections; nobody is told.
  func forgetAll(of machine: Machine) {
    for end in ends.indices where ends[end].node == machine.index.value {
      switch ends[end].status {
      case .vacant, .closed, .forgotten, .asked: continue
      case .connecting, .open, .ended: break
      }
      ends[end].status = .forgotten
      ends[end].unsent.removeAll()
      ends[end].stalled.removeAll()
      dissolveIfUnused(end)
    }
  }

  /// A machine that is up again answers what reached it while it was dark: it knows none of the connections.
  func powerOn(_ machine: Machine) {
    for end in ends.indices where ends[end].node == machine.index.value && !ends[end].stalled.isEmpty {
      scheduleUnstall(of: end, isRetransmission: true)
    }
  }

  func schedule(_ signal: Signal, to end: Int, at time: Int64) {
    world.agenda.insert(.signal(signal, to: id(of: end)), at: time)
  }

  /// Sends a signal back at once, behind whatever is on its way there.
  func reply(_ signal: Signal, to end: Int) {
    schedule(signal, to: end, at: arrivalTime(of: 0, to: end, leaving: world.now.nanoseconds))
  }
}
