import Coordination
import OrderedCollections
import Primitives
import Wire

extension ControllerState {
  /// Sets and deletes configurations, and changes lists in them (KIP-339).
  public func incrementalAlterConfigs(_ request: IncrementalAlterConfigsRequest) -> MetadataDecision<IncrementalAlterConfigsResponse> {
    var decision = MetadataDecision([], IncrementalAlterConfigsResponse())
    let repeated = request.resources.lazy.map { ResourceName(type: $0.resourceType, name: $0.resourceName) }.repeatedElements
    for resource in request.resources {
      var answer = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
      answer.resourceType = resource.resourceType
      answer.resourceName = resource.resourceName
      do throws(Refusal) {
        let target = try self.resource(resource.resourceType, resource.resourceName, repeated)
        var configs = image.config(of: target)
        for change in resource.configs { try apply(change, to: &configs, of: target) }
        decision.records += try records(setting: configs, of: target)
      } catch {
        answer.errorCode = error.code
        answer.errorMessage = error.message
      }
      decision.response.responses.append(answer)
    }
    if request.validateOnly { decision.records = [] }
    return decision
  }

  /// Sets the configurations of resources to exactly the given ones: all others go back to their defaults.
  public func alterConfigs(_ request: AlterConfigsRequest) -> MetadataDecision<AlterConfigsResponse> {
    var decision = MetadataDecision([], AlterConfigsResponse())
    let repeated = request.resources.lazy.map { ResourceName(type: $0.resourceType, name: $0.resourceName) }.repeatedElements
    for resource in request.resources {
      var answer = AlterConfigsResponse.AlterConfigsResourceResponse()
      answer.resourceType = resource.resourceType
      answer.resourceName = resource.resourceName
      do throws(Refusal) {
        let target = try self.resource(resource.resourceType, resource.resourceName, repeated)
        var configs: OrderedDictionary<String, String> = [:]
        for config in resource.configs {
          guard let value = config.value else { throw Refusal(.invalidConfig, "null value not supported for \(config.name)") }
          configs[config.name] = value
        }
        decision.records += try records(setting: configs, of: target)
      } catch {
        answer.errorCode = error.code
        answer.errorMessage = error.message
      }
      decision.response.responses.append(answer)
    }
    if request.validateOnly { decision.records = [] }
    return decision
  }

  /// Validates a resource in a request, as `ControllerApis` and `ControllerConfigurationValidator` do.
  private func resource(_ number: Int8, _ name: String, _ repeated: Set<ResourceName>) throws(Refusal) -> ConfigResource {
    guard let kind = ConfigResource.Kind(rawValue: number) else { throw Refusal(.unsupportedVersion, "unknown resource type \(number)") }
    if repeated.contains(ResourceName(type: number, name: name)) {
      throw Refusal(.invalidRequest, "the request names \(kind) '\(name)' more than once")
    }
    switch kind {
    case .topic:
      if name.isEmpty { throw Refusal(.invalidRequest, "default topic resources are not allowed") }
      try TopicName.check(name)
      guard image.topic(named: name) != nil else { throw Refusal(.unknownTopicOrPartition, "topic \(name) does not exist") }
    case .broker:
      guard name.isEmpty || Int32(name).map({ $0 >= 0 }) == true else {
        throw Refusal(.invalidRequest, "'\(name)' is no broker id; the empty name stands for all brokers")
      }
    case .brokerLogger: throw Refusal(.invalidRequest, "loggers are changed at the broker itself")
    case .clientMetrics, .group:
      guard !name.isEmpty else { throw Refusal(.invalidRequest, "a \(kind) resource needs a name") }
    }
    return ConfigResource(kind, name)
  }

  private func apply(
    _ change: IncrementalAlterConfigsRequest.AlterableConfig, to configs: inout OrderedDictionary<String, String>, of resource: ConfigResource
  ) throws(Refusal) {
    func value() throws(Refusal) -> String {
      guard let value = change.value else { throw Refusal(.invalidConfig, "null value not supported for \(change.name)") }
      return value
    }
    switch change.configOperation {
    case 0: configs[change.name] = try value()
    case 1: configs.removeValue(forKey: change.name)
    case 2, 3:
      guard let defaultOfList = rules.defaultOfList(resource.kind, change.name) else {
        throw Refusal(.invalidConfig, "\(change.name) is no list: it cannot be appended to or subtracted from")
      }
      var members = list(configs[change.name] ?? defaultOfList)
      let changed = list(try value())
      if change.configOperation == 2 { members.formUnion(changed) } else { members.subtract(changed) }
      configs[change.name] = members.joined(separator: ",")
    default: throw Refusal(.invalidRequest, "unknown operation \(change.configOperation) on \(change.name)")
    }
  }

  private func list(_ text: String) -> OrderedSet<String> { OrderedSet(text.split(separator: ",").lazy.map(String.init)) }

  private func records(setting configs: OrderedDictionary<String, String>, of resource: ConfigResource) throws(Refusal) -> [MetadataRecord] {
    if let refusal = rules.refusal(resource, configs) { throw refusal }
    let present = image.config(of: resource)
    var records: [MetadataRecord] = []
    for (name, value) in configs where present[name] != value { records.append(.config(ConfigRecord(resource, name, value))) }
    for name in present.keys where configs[name] == nil { records.append(.config(ConfigRecord(resource, name, nil))) }
    try checkMinInSyncReplicas(resource, records)
    return records + clearedEligibleLeaderReplicas(after: records)
  }

  /// With ELR, `min.insync.replicas` must be set for the cluster or a topic: brokers with different values would disagree about which replicas are
  /// eligible (KIP-966).
  private func checkMinInSyncReplicas(_ resource: ConfigResource, _ records: [MetadataRecord]) throws(Refusal) {
    guard image.features.hasEligibleLeaderReplicas, resource.kind == .broker else { return }
    for case .config(let record) in records where record.name == ConfigName.minInSyncReplicas {
      if !resource.name.isEmpty { throw Refusal(.invalidConfig, "\(record.name) of one broker cannot be set while eligible leader replicas are enabled") }
      if record.value == nil { throw Refusal(.invalidConfig, "\(record.name) of the cluster cannot be removed while eligible leader replicas are enabled") }
    }
  }

  /// After a change of `min.insync.replicas`, ELR members may lack what was acknowledged under the old value (KAFKA-16540).
  private func clearedEligibleLeaderReplicas(after records: [MetadataRecord]) -> [MetadataRecord] {
    guard image.features.hasEligibleLeaderReplicas, switches.clearEligibleLeaderReplicasOnMinISRChange else { return [] }
    return records.compactMap { change in
      guard case .config(let config) = change, config.name == ConfigName.minInSyncReplicas else { return nil }
      var record = ClearElrRecord()
      switch ConfigResource.Kind(rawValue: config.resourceType) {
      case .topic: record.topicName = config.resourceName
      case .broker: record.topicName = ""
      default: return nil
      }
      return .clearElr(record)
    }
  }
}

/// A resource as named in a request; its type may be invalid.
private struct ResourceName: Hashable {
  let type: Int8
  let name: String
}
