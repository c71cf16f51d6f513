import Host
import Primitives

// Frames and signals on their way, and the gate at its end.

extension Network {
  @inline(__always)
  func send(_ frame: Frame, on connection: ConnectionID, by machine: Machine) {
    guard let end = index(of: connection), ends[end].node == machine.index.value else { return }
    switch ends[end].status {
    case .open: transmit(frame, to: end ^ 1, leaving: leavingTime(of: machine))
    case .connecting: ends[end].unsent.append(frame)
    case .vacant, .asked, .ended, .closed, .forgotten: break
    }
  }

  @inline(__always)
  func transmit(_ frame: Frame, to end: Int, leaving: Int64) {
    let size = frame.count
    if let slow = links[linkIndex(to: end)].slowedBy { world.faults.hit(slow) }
    world.statistics.framesSent += 1
    world.statistics.bytesSent += UInt64(size)
    world.agenda.insert(.arrival(frame, to: id(of: end)), at: arrivalTime(of: size, to: end, leaving: leaving))
  }

  @inline(__always)
  func arrive(_ frame: Frame, at id: ConnectionID) {
    guard let end = index(of: id) else { return }
    let link = linkIndex(to: end)
    if ends[end].stalled.isEmpty && links[link].blockedBy == nil && rules.isEmpty {
      take(frame, at: end, times: 1)
    } else {
      queue(StalledItem(content: .frame(frame)), at: end)
    }
  }

  func arrive(_ signal: Signal, at id: ConnectionID) {
    guard let end = index(of: id) else { return }
    if ends[end].stalled.isEmpty && links[linkIndex(to: end)].blockedBy == nil {
      take(signal, at: end)
    } else {
      queue(StalledItem(content: .signal(signal)), at: end)
    }
  }

  private func queue(_ item: StalledItem, at end: Int) {
    let isFirst = ends[end].stalled.isEmpty
    ends[end].stalled.append(item)
    if let blocked = links[linkIndex(to: end)].blockedBy { world.faults.hit(blocked) }
    if isFirst { drain(end) }
    if !isFirst || !ends[end].stalled.isEmpty { noteStall(item, at: end) }
  }

  func unstall(_ id: ConnectionID) {
    guard let end = index(of: id) else { return }
    drain(end)
  }

  /// Lets a stream pass up to the first item that may not.
  private func drain(_ end: Int) {
    while var item = ends[end].stalled.first {
      guard links[linkIndex(to: end)].blockedBy == nil, item.heldBy == nil, item.notBefore <= world.now.nanoseconds else { return }
      guard case .frame(let frame) = item.content else {
        guard case .signal(let signal) = item.content, take(stalled: signal, at: end) else { return }
        continue
      }
      if !item.isJudged {
        item.isJudged = true
        switch judge(frame, at: end) {
        case .pass: break
        case .drop:
          ends[end].stalled.removeFirst()
          notice(frame, at: end, .dropped)
          continue
        case .duplicate:
          ends[end].stalled.removeFirst()
          take(frame, at: end, times: 2)
          continue
        case .hold(let rule):
          item.heldBy = rule
          ends[end].stalled[0] = item
          return
        case .delay(let delay):
          item.notBefore = world.now.nanoseconds + delay.nanoseconds
          ends[end].stalled[0] = item
          world.agenda.insert(.unstall(id(of: end)), at: item.notBefore)
          return
        }
      }
      if waitsForPower(end) { return }
      ends[end].stalled.removeFirst()
      take(frame, at: end, times: 1)
    }
  }

  private func take(stalled signal: Signal, at end: Int) -> Bool {
    if waitsForPower(end) { return false }
    ends[end].stalled.removeFirst()
    take(signal, at: end)
    return true
  }

  /// Whether nobody answers at this end, not even an operating system: the sender's TCP goes on trying.
  @inline(__always)
  private func waitsForPower(_ end: Int) -> Bool { !world.machines[Int(ends[end].node)].hasPower }

  private func take(_ signal: Signal, at end: Int) {
    if waitsForPower(end) { return ends[end].stalled.append(StalledItem(content: .signal(signal))) }
    switch signal {
    case .synchronize: takeRequestToConnect(at: end)
    case .accept where ends[end].status == .forgotten: reply(.end, to: end ^ 1)
    case .accept: takeAcceptance(at: end)
    case .refuse, .end: takeEnd(at: end)
    }
  }

  /// Hands a frame to the node of this end.
  @inline(__always)
  private func take(_ frame: Frame, at end: Int, times: Int) {
    switch ends[end].status {
    case .open:
      let kind: MessageKind = end & 1 == 1 ? .request : .response
      let header = end & 1 == 1 ? noteRequest(frame, at: end) : requestAnswered(by: frame, at: end)
      world.statistics.countDelivery(kind, apiKey: header.apiKey)
      if world.onFrame != nil { notice(frame, header, at: end, times == 1 ? .delivered : .duplicated) }
      let machine = world.machines[Int(ends[end].node)]
      let id = id(of: end)
      for _ in 0..<times { world.deliver(.event(.received(frame, id)), to: machine) }
    case .forgotten:
      if waitsForPower(end) { return ends[end].stalled.append(StalledItem(content: .frame(frame), isJudged: true)) }
      // The machine knows nothing of the connection: it resets it.
      notice(frame, at: end, .lost)
      ends[end].stalled.removeAll()
      reply(.end, to: end ^ 1)
    case .ended, .closed:
      notice(frame, at: end, .lost)
      reply(.end, to: end ^ 1)
    case .vacant, .connecting, .asked:
      notice(frame, at: end, .lost)
    }
  }

  /// Whether the node still wants to hear of an event that may have waited for its processor; ends the connection with `.disconnected`.
  @inline(__always)
  func admits(_ event: Event) -> Bool {
    switch event {
    case .received(_, let id), .accepted(let id), .connected(let id):
      guard let end = index(of: id) else { return false }
      return ends[end].status == .open || ends[end].status == .ended
    case .disconnected(let id):
      guard let end = index(of: id), ends[end].status == .ended else { return false }
      ends[end].status = .closed
      ends[end].stalled.removeAll()
      dissolveIfUnused(end)
      return true
    case .timer, .disk:
      return true
    }
  }

  // MARK: Stalls

  /// Lets a stream go on: at once, or when TCP tries again.
  func scheduleUnstall(of end: Int, isRetransmission: Bool) {
    var time = world.now.nanoseconds
    if isRetransmission {
      let link = linkIndex(to: end)
      time += links[link].drawDelay()
      let timeout = links[link].retransmissionTimeout
      if timeout > 0 { time += links[link].random.below(timeout) }
    }
    world.agenda.insert(.unstall(id(of: end)), at: time)
  }

  private func noteStall(_ item: StalledItem, at end: Int) {
    guard case .frame(let frame) = item.content else { return }
    notice(frame, at: end, .stalled)
  }
}
