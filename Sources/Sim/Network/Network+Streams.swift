import Host
import Primitives

// Frames and signals on their way, and the gate at the end of it.

extension World {
  @inline(__always)
  func send(_ frame: Frame, on connection: ConnectionID, by machine: Machine) {
    guard let end = network.index(of: connection), network.ends[end].node == machine.index.value else { return }
    switch network.ends[end].status {
    case .open: transmit(frame, to: end ^ 1, leaving: leavingTime(of: machine))
    case .connecting: network.ends[end].unsent.append(UnsentFrame(frame: frame, origin: causality?.present ?? .none))
    case .vacant, .asked, .ended, .closed, .forgotten: break
    }
  }

  @inline(__always)
  func transmit(_ frame: Frame, to end: Int, leaving: Instant) {
    let size = frame.count
    if network.ends[end ^ 1].isWatched { network.ends[end ^ 1].unread += size }
    if let slow = network.links[network.linkIndex(to: end)].slowedBy { faults.hit(slow) }
    statistics.framesSent += 1
    statistics.bytesSent += UInt64(size)
    if options.measures { followDeparture(of: frame, to: end, leaving: leaving) }
    noteDeparture(to: end)
    agenda.insert(
      .arrival(frame, to: network.id(of: end)), at: network.arrivalTime(of: size, to: end, leaving: leaving, now: now))
  }

  // MARK: Send buffers

  /// The number of bytes that a connection buffers, each way, before it pushes back.
  public static var sendBuffer: Int { Network.sendBuffer }

  /// Whether an end has room for another frame in its send buffer. If not, its node is told when there is.
  func isWritable(_ connection: ConnectionID, by machine: Machine) -> Bool {
    guard let end = network.index(of: connection), network.ends[end].node == machine.index.value else { return true }
    network.ends[end].isWatched = true
    guard network.ends[end].unread > Network.sendBuffer else { return true }
    network.ends[end].wantsRoom = true
    return false
  }

  /// Accounts for a frame that was read at this end: it no longer takes room in the sender's buffer.
  @inline(__always)
  private func countAsRead(_ frame: Frame, at end: Int) {
    if network.ends[end ^ 1].isWatched { makeRoom(frame.count, inBufferOf: end ^ 1) }
  }

  private func makeRoom(_ bytes: Int, inBufferOf end: Int) {
    // A rule may deliver a frame twice, and nothing is counted before the node first asks.
    network.ends[end].unread = max(0, network.ends[end].unread - bytes)
    guard network.ends[end].wantsRoom, network.ends[end].unread <= Network.sendBuffer else { return }
    network.ends[end].wantsRoom = false
    if network.ends[end].status == .open { reply(.room, to: end) }
  }

  /// Delivers a frame that is next in order already, whatever waits behind it.
  func arrive(_ frame: Frame, inTurnAt end: Int) { take(frame, at: end, times: 1) }

  @inline(__always)
  func arrive(_ frame: Frame, at id: ConnectionID) {
    guard let end = network.index(of: id) else { return }
    noteArrival(at: end)
    let link = network.linkIndex(to: end)
    if network.ends[end].stalled.isEmpty && network.links[link].blockedBy == nil && !network.hasRules {
      take(frame, at: end, times: 1)
    } else {
      queue(StalledItem(content: .frame(frame)), at: end)
    }
  }

  func arrive(_ signal: Signal, at id: ConnectionID) {
    guard let end = network.index(of: id) else { return }
    noteArrival(at: end)
    if network.ends[end].stalled.isEmpty && network.links[network.linkIndex(to: end)].blockedBy == nil {
      take(signal, at: end)
    } else {
      queue(StalledItem(content: .signal(signal)), at: end)
    }
  }

  private func queue(_ item: StalledItem, at end: Int) {
    let isFirst = network.ends[end].stalled.isEmpty, blocked = network.links[network.linkIndex(to: end)].blockedBy
    network.ends[end].stalled.append(withOrigin(item, heldBy: blocked))
    if let blocked { faults.hit(blocked) }
    if isFirst { drain(end) }
    if !isFirst || !network.ends[end].stalled.isEmpty { reportStall(item, at: end) }
  }

  func unstall(_ id: ConnectionID) {
    guard let end = network.index(of: id) else { return }
    drain(end)
  }

  /// Lets a stream pass up to the first item that must wait.
  private func drain(_ end: Int) {
    while var item = network.ends[end].stalled.first {
      guard network.links[network.linkIndex(to: end)].blockedBy == nil, item.heldBy == nil, item.notBefore <= now else { return }
      causality?.origin = item.origin
      guard case .frame(let frame) = item.content else {
        guard case .signal(let signal) = item.content, take(stalled: signal, at: end) else { return }
        continue
      }
      if !item.isJudged {
        item.isJudged = true
        switch judge(frame, at: end) {
        case .pass: break
        case .drop:
          network.ends[end].stalled.removeFirst()
          countAsRead(frame, at: end)
          notice(frame, at: end, .dropped)
          continue
        case .answer(let response):
          network.ends[end].stalled.removeFirst()
          countAsRead(frame, at: end)
          notice(frame, at: end, .answered)
          if let response { answer(frame, with: response, at: end) }
          continue
        case .duplicate:
          network.ends[end].stalled.removeFirst()
          take(frame, at: end, times: 2)
          continue
        case .hold(let rule):
          item.heldBy = rule
          item.origin.heldBy = rule
          network.ends[end].stalled[0] = item
          return
        case .delay(let delay, let rule):
          item.notBefore = now + delay
          item.origin.heldBy = rule
          network.ends[end].stalled[0] = item
          agenda.insert(.unstall(network.id(of: end)), at: item.notBefore)
          return
        }
      }
      if waitsForPower(end) { return }
      network.ends[end].stalled.removeFirst()
      take(frame, at: end, times: 1)
    }
  }

  private func take(stalled signal: Signal, at end: Int) -> Bool {
    if waitsForPower(end) { return false }
    network.ends[end].stalled.removeFirst()
    take(signal, at: end)
    return true
  }

  /// Whether nothing answers at this end, not even an operating system: the sender's TCP keeps trying.
  @inline(__always)
  private func waitsForPower(_ end: Int) -> Bool { !machines[Int(network.ends[end].node)].hasPower }

  private func take(_ signal: Signal, at end: Int) {
    if waitsForPower(end) { return network.ends[end].stalled.append(withOrigin(StalledItem(content: .signal(signal)))) }
    switch signal {
    case .synchronize: takeRequestToConnect(at: end)
    case .accept where network.ends[end].status == .forgotten: reply(.end, to: end ^ 1)
    case .accept: takeAcceptance(at: end)
    case .refuse, .end: takeEnd(at: end)
    case .room:
      guard network.ends[end].status == .open else { return }
      deliver(.event(.writable(network.id(of: end))), to: machines[Int(network.ends[end].node)])
    }
  }

  /// Delivers a frame to the node of this end.
  @inline(__always)
  private func take(_ frame: Frame, at end: Int, times: Int) {
    switch network.ends[end].status {
    case .open:
      let kind: MessageKind = end & 1 == 1 ? .request : .response
      if !network.answers.isEmpty, kind == .response { giveAnswers(before: frame, at: end) }
      let header = end & 1 == 1 ? rememberRequest(frame, at: end) : requestAnswered(by: frame, at: end)
      statistics.countDelivery(kind, apiKey: header.apiKey)
      if onFrame != nil { notice(frame, header, at: end, times == 1 ? .delivered : .duplicated) }
      if options.measures { followArrival(of: frame, at: end, header) }
      causality?.origin.apiKey = header.apiKey
      let id = network.id(of: end)
      Uncounted(machines[Int(network.ends[end].node)]).with { machine in
        for _ in 0..<times { deliver(.event(.received(frame, id)), to: machine) }
      }
      if !network.answers.isEmpty, kind == .response { giveAnswers(at: end) }
    case .forgotten:
      if waitsForPower(end) { return network.ends[end].stalled.append(withOrigin(StalledItem(content: .frame(frame), isJudged: true))) }
      // The machine does not know the connection and resets it.
      notice(frame, at: end, .lost)
      network.ends[end].stalled.removeAll()
      reply(.end, to: end ^ 1)
    case .ended, .closed:
      notice(frame, at: end, .lost)
      reply(.end, to: end ^ 1)
    case .vacant, .connecting, .asked:
      notice(frame, at: end, .lost)
    }
  }

  /// Whether the node still wants an event that may have waited for its processor; ends the connection if that event is `.disconnected`.
  @inline(__always)
  func admits(_ event: Event) -> Bool {
    switch event {
    case .received(let frame, let id):
      guard let end = network.index(of: id) else { return false }
      countAsRead(frame, at: end)
      return network.ends[end].status == .open || network.ends[end].status == .ended
    case .accepted(let id), .connected(let id), .writable(let id):
      guard let end = network.index(of: id) else { return false }
      return network.ends[end].status == .open || network.ends[end].status == .ended
    case .disconnected(let id):
      guard let end = network.index(of: id), network.ends[end].status == .ended else { return false }
      network.ends[end].status = .closed
      reportLostEnd(end)
      network.ends[end].stalled.removeAll()
      network.dissolveIfUnused(end)
      return true
    case .timer, .disk:
      return true
    }
  }

  // MARK: Stalls

  /// Lets a stream continue: immediately, or when TCP retransmits.
  func scheduleUnstall(of end: Int, isRetransmission: Bool) {
    var time = now
    if isRetransmission {
      let link = network.linkIndex(to: end)
      time += network.links[link].drawDelay()
      let timeout = network.links[link].retransmissionTimeout
      if timeout > .zero { time += .nanoseconds(network.links[link].random.below(timeout.nanoseconds)) }
    }
    agenda.insert(.unstall(network.id(of: end)), at: time)
  }

  private func reportStall(_ item: StalledItem, at end: Int) {
    guard case .frame(let frame) = item.content else { return }
    notice(frame, at: end, .stalled)
  }
}
