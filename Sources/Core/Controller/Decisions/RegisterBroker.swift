import Coordination
import Host
import Primitives
import Wire

extension ControllerState {
  /// Registers a broker.
  ///
  /// - Parameter nextOffset: The offset of the registration record, which becomes the broker's epoch.
  public mutating func registerBroker(
    _ request: BrokerRegistrationRequest, nextOffset: Offset, at now: Instant
  ) -> MetadataDecision<BrokerRegistrationResponse> {
    do throws(Refusal) {
      return try registerBrokerOrRefuse(request, nextOffset: nextOffset, at: now)
    } catch {
      var response = BrokerRegistrationResponse()
      response.errorCode = error.code
      return MetadataDecision([], response)
    }
  }

  private mutating func registerBrokerOrRefuse(
    _ request: BrokerRegistrationRequest, nextOffset: Offset, at now: Instant
  ) throws(Refusal) -> MetadataDecision<BrokerRegistrationResponse> {
    guard request.clusterId == image.clusterID else {
      throw Refusal(.inconsistentClusterId, "this is cluster \(image.clusterID), not \(request.clusterId)")
    }
    let id = NodeID(request.brokerId)
    let existing = image.broker(id)
    let isSameIncarnation = existing?.incarnationID == request.incarnationId
    if let existing, !isSameIncarnation, !existing.inControlledShutdown, switches.refuseSecondIncarnation,
      sessions.hasValidSession(id, epoch: existing.epoch, at: now) || switches.protectFencedBrokers && sessions.isRecent(id, epoch: existing.epoch, at: now)
    {
      mark(.secondIncarnationRefused)
      throw Refusal(.duplicateBrokerRegistration, "broker \(id) is registered and alive")
    }
    try checkDirectories(of: request)
    try checkFeatures(of: request)

    var records: [MetadataRecord] = []
    if !isSameIncarnation, switches.removeFormerLifeFromISR, let existing {
      mark(.brokerRegisteredAgain)
      records += endOfFormerLife(of: existing, previousEpoch: BrokerEpoch(request.previousBrokerEpoch))
    }
    mustHold(
      isSameIncarnation || existing.map { $0.isFenced || $0.inControlledShutdown || !sessions.hasValidSession(id, epoch: $0.epoch, at: now) } ?? true,
      "broker \(id) is registered anew, and its former process is alive")
    let epoch = isSameIncarnation ? existing!.epoch : BrokerEpoch(nextOffset.value)
    let record = RegisterBrokerRecord(request, epoch: epoch, continuing: isSameIncarnation ? existing : nil)
    records.append(.registerBroker(record))
    sessions.touch(id, epoch: epoch, isFenced: record.fenced, isHeartbeat: false, metadataOffset: .unknown, at: now)

    var response = BrokerRegistrationResponse()
    response.brokerEpoch = epoch.value
    return MetadataDecision(records, response)
  }

  /// Ends the previous life of a broker when a new one starts: it leaves every ISR, and the ELR too unless it ended with a clean shutdown, which the
  /// previous epoch on the broker's disk proves (KIP-966, KAFKA-18635).
  private func endOfFormerLife(of broker: BrokerRegistration, previousEpoch: BrokerEpoch) -> [MetadataRecord] {
    let isClean = previousEpoch == broker.epoch || !switches.detectUncleanShutdown || !image.features.hasEligibleLeaderReplicas
    if isClean { return leaderAndISRUpdates(BrokerChange(removed: [broker.id])) { $0.isr.contains(broker.id) } }
    mark(.uncleanShutdownDetected)
    return leaderAndISRUpdates(BrokerChange(uncleanShutdown: broker.id)) {
      $0.isr.contains(broker.id) || $0.eligibleLeaderReplicas.contains(broker.id)
    }
  }

  /// Each directory belongs to a single broker: if two name the same one, it was copied (KIP-858).
  private func checkDirectories(of request: BrokerRegistrationRequest) throws(Refusal) {
    guard !request.logDirs.isEmpty else { throw Refusal(.invalidRegistration, "a broker needs at least one log directory") }
    guard !request.logDirs.contains(where: DirectoryID.isReserved) else {
      throw Refusal(.invalidRegistration, "broker \(request.brokerId) names a directory id that means something else")
    }
    let directories = request.logDirs.sorted()
    guard zip(directories, directories.dropFirst()).allSatisfy({ $0 != $1 }) else {
      throw Refusal(.invalidRegistration, "broker \(request.brokerId) names a directory twice")
    }
    for broker in image.brokers where broker.id.value != request.brokerId && broker.logDirectories.contains(where: directories.contains) {
      throw Refusal(.invalidRegistration, "broker \(broker.id) is registered with a directory of broker \(request.brokerId)")
    }
  }

  /// Refuses a broker that does not support the level of a finalized feature.
  private func checkFeatures(of request: BrokerRegistrationRequest) throws(Refusal) {
    for (name, level) in image.features.levels {
      guard let offered = request.features.first(where: { $0.name == name }) else {
        // A broker that does not list a feature supports only level 0.
        throw Refusal(.unsupportedVersion, "broker \(request.brokerId) does not know \(name), which is at level \(level)")
      }
      guard offered.minSupportedVersion <= level, level <= offered.maxSupportedVersion else {
        throw Refusal(.unsupportedVersion, "broker \(request.brokerId) supports \(name) from \(offered.minSupportedVersion) to \(offered.maxSupportedVersion), not \(level)")
      }
    }
  }

  /// Removes a broker from the cluster, for an operator.
  public mutating func unregisterBroker(_ request: UnregisterBrokerRequest) -> MetadataDecision<UnregisterBrokerResponse> {
    var response = UnregisterBrokerResponse()
    guard let broker = image.broker(NodeID(request.brokerId)) else {
      response.errorCode = .brokerIdNotRegistered
      response.errorMessage = "broker \(request.brokerId) is not registered"
      return MetadataDecision([], response)
    }
    var record = UnregisterBrokerRecord()
    record.brokerId = broker.id.value
    record.brokerEpoch = broker.epoch.value
    sessions.remove(broker.id)
    return MetadataDecision(leaderAndISRUpdates(BrokerChange(removed: [broker.id])) { $0.isr.contains(broker.id) } + [.unregisterBroker(record)], response)
  }

  /// Registers another controller (KIP-919).
  public func registerController(_ request: ControllerRegistrationRequest) -> MetadataDecision<ControllerRegistrationResponse> {
    var record = RegisterControllerRecord()
    record.controllerId = request.controllerId
    record.incarnationId = request.incarnationId
    record.zkMigrationReady = request.zkMigrationReady
    record.endPoints = request.listeners.map {
      var endpoint = RegisterControllerRecord.ControllerEndpoint()
      (endpoint.name, endpoint.host, endpoint.port, endpoint.securityProtocol) = ($0.name, $0.host, $0.port, $0.securityProtocol)
      return endpoint
    }
    record.features = request.features.map {
      var feature = RegisterControllerRecord.ControllerFeature()
      (feature.name, feature.minSupportedVersion, feature.maxSupportedVersion) = ($0.name, $0.minSupportedVersion, $0.maxSupportedVersion)
      return feature
    }
    return MetadataDecision([.registerController(record)], ControllerRegistrationResponse())
  }
}

extension RegisterBrokerRecord {
  fileprivate init(_ request: BrokerRegistrationRequest, epoch: BrokerEpoch, continuing existing: BrokerRegistration?) {
    self.init()
    brokerId = request.brokerId
    incarnationId = request.incarnationId
    brokerEpoch = epoch.value
    endPoints = request.listeners.map {
      var endpoint = BrokerEndpoint()
      (endpoint.name, endpoint.host, endpoint.port, endpoint.securityProtocol) = ($0.name, $0.host, $0.port, $0.securityProtocol)
      return endpoint
    }
    features = request.features.map {
      var feature = BrokerFeature()
      (feature.name, feature.minSupportedVersion, feature.maxSupportedVersion) = ($0.name, $0.minSupportedVersion, $0.maxSupportedVersion)
      return feature
    }
    rack = request.rack
    logDirs = request.logDirs.sorted()
    fenced = existing?.isFenced ?? true
    inControlledShutdown = existing?.inControlledShutdown ?? false
  }
}
