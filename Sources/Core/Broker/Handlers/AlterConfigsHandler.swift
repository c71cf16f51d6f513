import Controller
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// AlterConfigs, which replaces all values of a resource: looked at here as far as it concerns this broker, decided by the controller.
  func handleAlterConfigs(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(AlterConfigsRequest.self) else { return }
    let resources = request.resources
    let objections = resources.map { resource in
      objection(
        to: resource.resourceType, resource.resourceName, isRepeated: resources.count { $0.isSame(resource.resourceType, resource.resourceName) } > 1,
        resource.configs.map { ConfigChange(name: $0.name, value: $0.value, isDeletion: false) })
    }
    request.resources = zip(resources, objections).filter { $1 == nil }.map(\.0)
    forwardUnlessEmpty(request, request.resources.isEmpty, incoming.version) { answered in
      var response = answered
      let refused = zip(resources, objections).compactMap { resource, objection in
        objection.map { AlterConfigsResponse.AlterConfigsResourceResponse($0, resource.resourceType, resource.resourceName) }
      }
      response.responses += refused
      incoming.respond(response)
    }
  }

  /// IncrementalAlterConfigs (KIP-339), in the same way.
  func handleIncrementalAlterConfigs(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(IncrementalAlterConfigsRequest.self) else { return }
    let resources = request.resources
    let objections = resources.map { resource in
      objection(
        to: resource.resourceType, resource.resourceName, isRepeated: resources.count { $0.isSame(resource.resourceType, resource.resourceName) } > 1,
        resource.configs.map { ConfigChange(name: $0.name, value: $0.value, isDeletion: $0.configOperation == 1) })
    }
    request.resources = zip(resources, objections).filter { $1 == nil }.map(\.0)
    forwardUnlessEmpty(request, request.resources.isEmpty, incoming.version) { answered in
      var response = answered
      let refused = zip(resources, objections).compactMap { resource, objection in
        objection.map { IncrementalAlterConfigsResponse.AlterConfigsResourceResponse($0, resource.resourceType, resource.resourceName) }
      }
      response.responses += refused
      incoming.respond(response)
    }
  }

  private func forwardUnlessEmpty<Request: ForwardedRequest>(
    _ request: Request, _ isEmpty: Bool, _ version: Int16, _ completion: @escaping (Request.Response) -> Void
  ) {
    if isEmpty { completion(request.refusal(.none)) } else { forwarder.forward(request, version: version, completion) }
  }

  /// What a broker objects to before it asks the controller (Kafka's `ConfigAdminManager.preprocess`); nil where it has no objection.
  private func objection(to type: Int8, _ name: String, isRepeated: Bool, _ changes: [ConfigChange]) -> ConfigObjection? {
    if isRepeated { return ConfigObjection(.invalidRequest, "Each resource must appear at most once.") }
    if Set(changes.lazy.map(\.name)).count < changes.count { return ConfigObjection(.invalidRequest, "Error due to duplicate config keys") }
    let withoutValue = changes.filter { $0.value == nil && !$0.isDeletion }.map(\.name)
    if !withoutValue.isEmpty { return ConfigObjection(.invalidRequest, "Null value not supported for : \(withoutValue.joined(separator: ","))") }
    switch ConfigResource.Kind(rawValue: type) {
    case .topic, .group, .clientMetrics: return nil
    case .broker: return objection(toBroker: name, changes)
    case .brokerLogger: return ConfigObjection(.invalidRequest, "This broker has no loggers to configure.")
    case nil: return ConfigObjection(.invalidRequest, "Unknown resource type \(type)")
    }
  }

  private func objection(toBroker name: String, _ changes: [ConfigChange]) -> ConfigObjection? {
    if !name.isEmpty, name != effectiveConfiguration.ownResource.name {
      return ConfigObjection(.invalidRequest, "Unexpected broker id, expected \(effectiveConfiguration.ownResource.name), but received \(name)")
    }
    var trial = effectiveConfiguration.current
    for change in changes {
      guard BrokerConfiguration.table.contains(change.name) else {
        let error = KafkaSettingNames.objection(to: change.name)
          ?? .unknownName(change.name, nearest: BrokerConfiguration.table.nearest(to: change.name))
        return ConfigObjection(.invalidRequest, error.description)
      }
      guard BrokerConfiguration.isDynamic(change.name) else {
        return ConfigObjection(.invalidRequest, "Cannot update these configs dynamically: \(change.name)")
      }
      guard !change.isDeletion, let value = change.value else { continue }
      do { try trial.apply([(change.name, value)]) } catch { return ConfigObjection(.invalidRequest, error.description) }
    }
    return nil
  }
}

private struct ConfigChange {
  let name: String
  let value: String?
  let isDeletion: Bool
}

private struct ConfigObjection {
  let error: ErrorCode
  let message: String

  init(_ error: ErrorCode, _ message: String) {
    self.error = error
    self.message = message
  }
}

extension AlterConfigsRequest.AlterConfigsResource {
  fileprivate func isSame(_ type: Int8, _ name: String) -> Bool { resourceType == type && resourceName == name }
}

extension IncrementalAlterConfigsRequest.AlterConfigsResource {
  fileprivate func isSame(_ type: Int8, _ name: String) -> Bool { resourceType == type && resourceName == name }
}

extension AlterConfigsResponse.AlterConfigsResourceResponse {
  fileprivate init(_ objection: ConfigObjection, _ type: Int8, _ name: String) {
    self.init()
    errorCode = objection.error
    errorMessage = objection.message
    resourceType = type
    resourceName = name
  }
}

extension IncrementalAlterConfigsResponse.AlterConfigsResourceResponse {
  fileprivate init(_ objection: ConfigObjection, _ type: Int8, _ name: String) {
    self.init()
    errorCode = objection.error
    errorMessage = objection.message
    resourceType = type
    resourceName = name
  }
}
