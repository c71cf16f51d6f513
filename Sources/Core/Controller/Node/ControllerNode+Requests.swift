import Host
import Primitives
import Raft
import Transport
import Wire

extension ControllerRequest {
  fileprivate func respond<Request: RefusableRequest>(_ response: Request.Response, to message: Request) {
    respond(response, isInactive: Request.isFromInactiveController(response)) {
      message.refused(.unknownServerError, "the answer cannot be written at version \(version)")
    }
  }

  fileprivate func refuse<Request: RefusableRequest>(_ message: Request, _ code: ErrorCode, _ why: String) {
    respond(message.refused(code, why), to: message)
  }
}

extension ControllerNode {
  /// The APIs that this controller serves. Those that change voters are offered where they can be changed, or will be.
  var offeredApis: [OfferedApi] { Self.apis + (configuration.quorum.hasDirectories ? QuorumReplica.apisOfDynamicQuorum.map { OfferedApi($0, advertised: $0.validVersions) } : []) }

  /// The APIs that every controller serves.
  static let apis: [OfferedApi] = (QuorumReplica.apis + [
    .apiVersions, .createTopics, .deleteTopics, .alterConfigs, .createPartitions, .electLeaders, .incrementalAlterConfigs,
    .alterPartitionReassignments, .listPartitionReassignments, .describeQuorum, .alterPartition, .updateFeatures, .envelope,
    .brokerRegistration, .brokerHeartbeat, .unregisterBroker, .allocateProducerIds, .controllerRegistration, .assignReplicasToDirs,
  ]).map { (key: ApiKey) in OfferedApi(key, advertised: key.validVersions) }

  func take(_ incoming: IncomingRequest) {
    if quorum.handle(incoming) { return }
    guard incoming.apiKey == .envelope else { return handle(ControllerRequest(incoming)) }
    do {
      handle(try ControllerRequest(enveloped: try incoming.decode(), in: incoming))
    } catch {
      incoming.closeConnection()
    }
  }

  private func handle(_ request: ControllerRequest) {
    let now = reactor.now, version = request.version, nextOffset = quorum.logEndOffset
    switch request.apiKey {
    case .apiVersions: serve(request, ApiVersionsRequest.self) { _ in request.respond(apiVersions()) { ApiVersionsResponse() } }
    case .describeQuorum: serve(request, DescribeQuorumRequest.self) { request.respond(quorum.describe($0, version: version), to: $0) }
    case .listPartitionReassignments: read(request, ListPartitionReassignmentsRequest.self) { $0.listPartitionReassignments($1) }

    case .brokerRegistration: register(request, at: nextOffset, now)
    case .brokerHeartbeat: heartbeat(request, at: nextOffset, now)
    case .unregisterBroker: decide(request, UnregisterBrokerRequest.self) { $0.unregisterBroker($1) }
    case .controllerRegistration: decide(request, ControllerRegistrationRequest.self) { $0.registerController($1) }

    case .alterPartition: decide(request, AlterPartitionRequest.self) { $0.alterPartition($1, version: version) }
    case .electLeaders: decide(request, ElectLeadersRequest.self, maximumRecords: ControllerState.maximumUserRecords) { $0.electLeaders($1) }
    case .alterPartitionReassignments: decide(request, AlterPartitionReassignmentsRequest.self, maximumRecords: ControllerState.maximumUserRecords) { $0.alterPartitionReassignments($1) }
    case .assignReplicasToDirs: decide(request, AssignReplicasToDirsRequest.self) { $0.assignReplicasToDirectories($1) }

    case .createTopics: decide(request, CreateTopicsRequest.self) { $0.createTopics($1) }
    case .deleteTopics: decide(request, DeleteTopicsRequest.self, maximumRecords: ControllerState.maximumUserRecords) { $0.deleteTopics($1, version: version) }
    case .createPartitions: decide(request, CreatePartitionsRequest.self, maximumRecords: ControllerState.maximumUserRecords) { $0.createPartitions($1) }
    case .incrementalAlterConfigs: decide(request, IncrementalAlterConfigsRequest.self, maximumRecords: ControllerState.maximumUserRecords) { $0.incrementalAlterConfigs($1) }
    case .alterConfigs: decide(request, AlterConfigsRequest.self, maximumRecords: ControllerState.maximumUserRecords) { $0.alterConfigs($1) }
    case .updateFeatures: updateFeatures(request)
    case .allocateProducerIds: decide(request, AllocateProducerIdsRequest.self) { $0.allocateProducerIDs($1) }
    case .addRaftVoter: serve(request, AddRaftVoterRequest.self) { message in quorum.handleAddVoter(message) { request.respond($0, to: message) } }
    case .removeRaftVoter: serve(request, RemoveRaftVoterRequest.self) { message in quorum.handleRemoveVoter(message) { request.respond($0, to: message) } }
    default: request.reject()
    }
  }

  // MARK: Kinds of responses

  /// Serves a request that does not need the active controller.
  private func serve<Request: ApiRequest>(_ request: ControllerRequest, _ type: Request.Type, _ body: (Request) -> Void) {
    do {
      body(try request.decode(type))
    } catch {
      request.reject()
    }
  }

  /// Serves a request that needs the active controller and changes nothing, from the committed state.
  private func read<Request: RefusableRequest>(
    _ request: ControllerRequest, _ type: Request.Type, _ body: (MetadataImage, Request) -> Request.Response
  ) {
    serve(request, type) { message in
      guard state != nil else { return request.refuse(message, .notController, Self.notActive) }
      request.respond(body(image, message), to: message)
    }
  }

  /// Makes a decision, appends it, and responds when it is committed.
  ///
  /// - Parameter prepare: runs before the decision is appended.
  private func decide<Request: RefusableRequest>(
    _ request: ControllerRequest, _ type: Request.Type, maximumRecords: Int = .max,
    _ body: (inout ControllerState, Request) -> MetadataDecision<Request.Response>, prepare: () -> Void = {}
  ) {
    serve(request, type) { message in
      guard state != nil else {
        mark(.requestAtStandbyController)
        return request.refuse(message, .notController, Self.notActive)
      }
      let decision = body(&state!, message)
      guard decision.records.count <= maximumRecords else {
        mark(.decisionTooLarge)
        return request.refuse(message, .policyViolation, "unable to perform excessively large batch operation: it needs more than \(maximumRecords) records, the most that are written at a time")
      }
      prepare()
      answer(request, message, with: decision)
    }
  }

  private func answer<Request: RefusableRequest>(
    _ request: ControllerRequest, _ message: Request, with decision: MetadataDecision<Request.Response>
  ) {
    let switches = configuration.switches
    guard switches.replyAfterCommit, switches.replyAfterProducerIDsCommit || request.apiKey != .allocateProducerIds else {
      mustHold(
        !switches.replyAfterCommit || !switches.replyAfterProducerIDsCommit, "controller \(configuration.nodeID): \(request.apiKey) is answered before its records are committed")
      commit(decision.records) { _ in }
      return request.respond(decision.response, to: message)
    }
    commit(decision.records) { result in
      switch result {
      case .success: request.respond(decision.response, to: message)
      case .failure:
        mark(.decisionLostWithLeadership)
        request.refuse(message, .notController, Self.notActive)
      }
    }
  }

  private static let notActive = "this is not the active controller"

  // MARK: Features

  /// The quorum writes the new level of kraft.version itself, before the records of the decision.
  private func updateFeatures(_ request: ControllerRequest) {
    let present = quorum.kraftVersion
    var feature = QuorumFeature(level: present, objectionToUpgrade: quorum.objectionToUpgrade)
    decide(request, UpdateFeaturesRequest.self) { state, message in
      state.updateFeatures(message, version: request.version, quorum: &feature)
    } prepare: {
      if feature.level > present { quorum.upgradeKRaftVersion() }
    }
  }

  // MARK: Brokers

  private func register(_ request: ControllerRequest, at nextOffset: Offset, _ now: Instant) {
    decide(request, BrokerRegistrationRequest.self) { state, message in
      let existing = state.image.broker(NodeID(message.brokerId))
      let decision = state.registerBroker(message, nextOffset: nextOffset, at: now)
      if let existing, existing.incarnationID != message.incarnationId, !decision.records.isEmpty {
        if existing.epoch.value != message.previousBrokerEpoch { uncleanRegistrations.insert(BrokerEpoch(decision.response.brokerEpoch)) }
        if !existing.isFenced { fencingReasons[existing.id] = .newIncarnation }
      }
      return decision
    }
  }

  private func heartbeat(_ request: ControllerRequest, at nextOffset: Offset, _ now: Instant) {
    decide(request, BrokerHeartbeatRequest.self) { state, message in
      if message.wantShutDown || message.wantFence {
        fencingReasons[NodeID(message.brokerId)] = message.wantShutDown ? .controlledShutdown : .requested
      }
      return state.heartbeat(message, nextOffset: nextOffset, at: now)
    }
    watchSessions()
    requireTimer()
  }

  // MARK: ApiVersions

  private func apiVersions() -> ApiVersionsResponse {
    var response = ApiVersionsResponse()
    response.apiKeys = server.offered.map { api in
      var version = ApiVersionsResponse.ApiVersion()
      (version.apiKey, version.minVersion, version.maxVersion) = (api.key.rawValue, api.advertised.lowerBound, api.advertised.upperBound)
      return version
    }
    response.supportedFeatures = FeatureLevels.supported.map {
      var feature = ApiVersionsResponse.SupportedFeatureKey()
      (feature.name, feature.minVersion, feature.maxVersion) = ($0.name, $0.levels.lowerBound, $0.levels.upperBound)
      return feature
    }
    response.finalizedFeaturesEpoch = image.lastOffset.value
    response.finalizedFeatures = image.features.with(kraftVersion: quorum.kraftVersion).levels.map { name, level in
      var feature = ApiVersionsResponse.FinalizedFeatureKey()
      (feature.name, feature.minVersionLevel, feature.maxVersionLevel) = (name, level, level)
      return feature
    }
    return response
  }
}
