import Primitives
import Wire

/// The state of a broker, as the controller sees it (KIP-631).
enum BrokerStanding {
  /// Registered, but neither leading nor in an ISR. Becomes `unfenced` once it has caught up with the metadata and asks for it.
  case fenced
  /// Active. Can move to every other state.
  case unfenced
  /// Its leaderships are being moved; waits until it leads nothing and the other brokers know. Becomes `mayStop`.
  case controlledShutdown
  /// Fenced, and told that it may stop.
  case mayStop
}

extension ControllerState {
  /// Handles a broker's heartbeat: that it is alive, how far it has read, and what it wants.
  ///
  /// - Parameter nextOffset: The current end of the metadata log.
  public mutating func heartbeat(
    _ request: BrokerHeartbeatRequest, nextOffset: Offset, at now: Instant
  ) -> MetadataDecision<BrokerHeartbeatResponse> {
    var response = BrokerHeartbeatResponse()
    guard let broker = image.broker(NodeID(request.brokerId)) else {
      mark(.heartbeatOfUnknownBroker)
      response.errorCode = .brokerIdNotRegistered
      return MetadataDecision([], response)
    }
    guard broker.epoch.value == request.brokerEpoch || !switches.checkBrokerEpoch else {
      mark(.heartbeatOfFormerEpoch)
      response.errorCode = .staleBrokerEpoch
      return MetadataDecision([], response)
    }
    let isCaughtUp = request.currentMetadataOffset >= broker.epoch.value
    let current = standing(of: broker)
    let next = standing(after: current, broker, request, isCaughtUp: isCaughtUp)
    let isFenced = next == .fenced || next == .mayStop
    var records = records(moving: broker, from: current, to: next)
    mustHold(
      BrokerEpoch(request.brokerEpoch) == broker.epoch, "the heartbeat of broker \(broker.id) in broker epoch \(request.brokerEpoch) counts for its epoch \(broker.epoch)")
    mustHold(next != .mayStop || request.wantFence || !hasLeaderships(broker.id), "broker \(broker.id) may stop, and leads partitions")
    mustHold(
      next != .unfenced || current == .unfenced || !request.wantFence && request.currentMetadataOffset >= broker.epoch.value,
      "broker \(broker.id) is unfenced, which has read the metadata up to offset \(request.currentMetadataOffset), was registered at \(broker.epoch), and "
        + "\(request.wantFence ? "asks to be fenced" : "is ready")")
    mustHold(
      current != .controlledShutdown || next == .controlledShutdown || next == .mayStop, "broker \(broker.id) was shutting down, and is \(next) for the rest of its life")
    mustHold(
      next != .mayStop || current != .controlledShutdown || sessions.othersHaveSeenControlledShutdown(of: broker.id, image: image),
      "broker \(broker.id) may stop, and other brokers have yet to hear that it leads nothing")
    sessions.touch(broker.id, epoch: broker.epoch, isFenced: isFenced, isHeartbeat: next != .mayStop, metadataOffset: Offset(request.currentMetadataOffset), at: now)
    if next == .controlledShutdown {
      sessions.beginControlledShutdown(of: broker.id, at: nextOffset + Int64(records.count) - 1)
    }
    mustHold(
      isFenced || sessions.isFresh(broker.id, epoch: broker.epoch, isShuttingDown: next == .controlledShutdown, at: now),
      "broker \(broker.id) sends a heartbeat in epoch \(broker.epoch), is \(next), and its session does not begin anew")
    if !request.offlineLogDirs.isEmpty { records += takeOffline(request.offlineLogDirs, of: broker) }
    response.isCaughtUp = isCaughtUp
    response.isFenced = isFenced
    response.shouldShutDown = next == .mayStop
    return MetadataDecision(records, response)
  }

  private func standing(of broker: BrokerRegistration) -> BrokerStanding {
    if broker.isFenced { return .fenced }
    return broker.inControlledShutdown ? .controlledShutdown : .unfenced
  }

  private func standing(
    after current: BrokerStanding, _ broker: BrokerRegistration, _ request: BrokerHeartbeatRequest, isCaughtUp: Bool
  ) -> BrokerStanding {
    switch current {
    case .fenced, .mayStop:
      if request.wantShutDown {
        mark(.fencedBrokerStopped)
        return .mayStop
      }
      return !request.wantFence && isCaughtUp ? .unfenced : .fenced
    case .unfenced:
      if request.wantFence { return request.wantShutDown ? .mayStop : .fenced }
      guard request.wantShutDown else { return .unfenced }
      return hasLeaderships(broker.id) ? .controlledShutdown : .mayStop
    case .controlledShutdown:
      let isDone = !hasLeaderships(broker.id) && sessions.othersHaveSeenControlledShutdown(of: broker.id, image: image)
      if !isDone { mark(.controlledShutdownWaits) }
      return isDone ? .mayStop : .controlledShutdown
    }
  }

  private func records(moving broker: BrokerRegistration, from current: BrokerStanding, to next: BrokerStanding) -> [MetadataRecord] {
    guard next != current else { return [] }
    switch next {
    case .unfenced: return unfence(broker)
    case .controlledShutdown: return beginControlledShutdown(of: broker)
    case .fenced, .mayStop: return broker.isFenced ? [] : fence(broker)
    }
  }

  /// Fences the brokers that were not heard from during the session timeout.
  public mutating func fenceExpired(at now: Instant) -> [MetadataRecord] {
    guard let first = sessions.expired(at: now).first else { return [] }
    mark(.brokerSessionExpired)
    mustHold(
      !sessions.hasValidSession(first, epoch: image.broker(first)?.epoch ?? .unknown, at: now), "broker \(first) is fenced for its silence, and was heard from within the time of its session")
    sessions.end(first)
    // One at a time: the change for one broker is applied before the next one's partitions are examined.
    return image.broker(first).map { $0.isFenced ? [] : fence($0) } ?? []
  }
}
