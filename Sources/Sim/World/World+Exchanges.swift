import Host
import Primitives

// Follows exchanges on their way, while the world measures.

extension World {
  /// Records that a frame leaves a node.
  func followDeparture(of frame: Frame, to end: Int, leaving: Instant) {
    let machine = machines[Int(network.ends[end ^ 1].node)]
    if StreamEnd.takesRequests(end) {
      let header = MessageHeader(request: frame)
      guard header.apiKey >= 0 else { return }
      let times = ExchangeTimes()
      times.asked = now
      times.left = leaving
      network.ends[end].exchanges.append(times, correlationID: header.correlationID)
      machine.followed.sentLast = times
    } else if let correlationID = frame.leadingCorrelationID, let times = network.ends[end ^ 1].exchanges[correlationID] {
      machine.followed.answer(times, started: now, elapsed: machine.elapsed, waited: machine.waited)
    }
  }

  /// Records that a frame passes the gate at the end of its way.
  func followArrival(of frame: Frame, at end: Int, _ header: MessageHeader) {
    if StreamEnd.takesRequests(end) {
      guard header.apiKey >= 0, let times = network.ends[end].exchanges[header.correlationID] else { return }
      if times.arrived == .distantFuture { times.arrived = now }
    } else if let correlationID = frame.leadingCorrelationID, let times = network.ends[end ^ 1].exchanges[correlationID] {
      if times.answerArrived == .distantFuture { times.answerArrived = now }
    }
  }

  /// Records that a node starts to handle an event.
  func follow(_ event: Event, on machine: Machine) {
    guard case .received(let frame, let connection) = event, let end = network.index(of: connection), !StreamEnd.takesRequests(end),
      let correlationID = frame.leadingCorrelationID, let times = network.ends[end ^ 1].exchanges.remove(correlationID)
    else { return }
    times.answerBegun = now
    machine.followed.exchange = times
  }

  func observe(_ step: ExchangeStep, on connection: ConnectionID, by machine: Machine) {
    switch step {
    case .takenUp(let correlationID):
      guard let end = network.index(of: connection), let times = network.ends[end].exchanges[correlationID] else { return }
      machine.followed.takeUp(times, started: now, elapsed: machine.elapsed, waited: machine.waited)
    case .sentWithoutResponse:
      machine.followed.exchange = machine.followed.sentLast
    }
  }
}

extension Frame {
  /// The correlation id at the start of a response.
  fileprivate var leadingCorrelationID: Int32? {
    guard first.count >= 4 else { return nil }
    return first.integer(at: 0, as: Int32.self)
  }
}
