import Controller
import Coordination
import OrderedCollections
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles AlterConfigs, which replaces all values of a resource: this broker checks what concerns it, and the controller decides.
  func handleAlterConfigs(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(AlterConfigsRequest.self) else { return }
    let resources = request.resources
    let repeated = resources.lazy.map { NamedResource(type: $0.resourceType, name: $0.resourceName) }.repeatedElements
    let objections = resources.map { resource in
      objection(
        to: NamedResource(type: resource.resourceType, name: resource.resourceName), repeated,
        resource.configs.map { RequestedChange(name: $0.name, value: $0.value, operation: .set) }, replacesAll: true)
    }
    request.resources = zip(resources, objections).filter { $1 == nil }.map(\.0)
    forwardUnlessEmpty(request, request.resources.isEmpty, incoming.version) { answered in
      // In the order of the request, with the controller's results for the resources that were forwarded.
      var decided = answered.responses[...]
      var response = answered
      response.responses = zip(resources, objections).map { resource, objection in
        objection.map { AlterConfigsResponse.AlterConfigsResourceResponse($0, resource.resourceType, resource.resourceName) }
          ?? decided.popFirst()
          ?? AlterConfigsResponse.AlterConfigsResourceResponse(.unanswered, resource.resourceType, resource.resourceName)
      }
      incoming.respond(response)
    }
  }

  /// Handles IncrementalAlterConfigs (KIP-339), in the same way.
  func handleIncrementalAlterConfigs(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(IncrementalAlterConfigsRequest.self) else { return }
    let resources = request.resources
    let repeated = resources.lazy.map { NamedResource(type: $0.resourceType, name: $0.resourceName) }.repeatedElements
    let objections = resources.map { resource in
      objection(
        to: NamedResource(type: resource.resourceType, name: resource.resourceName), repeated,
        resource.configs.map { RequestedChange(name: $0.name, value: $0.value, operation: RequestedChange.Operation(rawValue: $0.configOperation)) },
        replacesAll: false)
    }
    request.resources = zip(resources, objections).filter { $1 == nil }.map(\.0)
    forwardUnlessEmpty(request, request.resources.isEmpty, incoming.version) { answered in
      var decided = answered.responses[...]
      var response = answered
      response.responses = zip(resources, objections).map { resource, objection in
        objection.map { IncrementalAlterConfigsResponse.AlterConfigsResourceResponse($0, resource.resourceType, resource.resourceName) }
          ?? decided.popFirst()
          ?? IncrementalAlterConfigsResponse.AlterConfigsResourceResponse(.unanswered, resource.resourceType, resource.resourceName)
      }
      incoming.respond(response)
    }
  }

  private func forwardUnlessEmpty<Request: RefusableRequest>(
    _ request: Request, _ isEmpty: Bool, _ version: Int16, _ completion: @escaping (Request.Response) -> Void
  ) {
    if isEmpty { completion(request.refused(.none)) } else { forwarder.forward(request, version: version, completion) }
  }

  /// Why a broker refuses a change before it asks the controller (Kafka's `ConfigAdminManager.preprocess`); nil if it does not.
  private func objection(
    to resource: NamedResource, _ repeated: Set<NamedResource>, _ changes: [RequestedChange], replacesAll: Bool
  ) -> Refusal? {
    if repeated.contains(resource) { return Refusal(.invalidRequest, "Each resource must appear at most once.") }
    if changes.lazy.map(\.name).hasRepeatedElements { return Refusal(.invalidRequest, "Error due to duplicate config keys") }
    let withoutValue = changes.filter { $0.value == nil && $0.operation != .delete }.map(\.name)
    if !withoutValue.isEmpty { return Refusal(.invalidRequest, "Null value not supported for : \(withoutValue.joined(separator: ", "))") }
    switch ConfigResource.Kind(rawValue: resource.type) {
    case .topic, .group, .clientMetrics: return nil
    case .broker: return objection(toBroker: resource.name, changes, replacesAll: replacesAll)
    case .brokerLogger: return Refusal(.invalidRequest, "This broker has no loggers to configure.")
    case nil: return Refusal(.invalidRequest, "Unknown resource type \(resource.type)")
    }
  }

  private func objection(toBroker name: String, _ changes: [RequestedChange], replacesAll: Bool) -> Refusal? {
    let resource = effectiveConfiguration.ownResource
    if !name.isEmpty, Int32(name) == nil { return Refusal(.invalidRequest, "Node id must be an integer, but it is: \(name)") }
    if !name.isEmpty, name != resource.name {
      return Refusal(.invalidRequest, "Unexpected broker id, expected \(resource.name), but received \(name)")
    }
    var values = replacesAll ? [:] : metadata.image.config(of: name.isEmpty ? .clusterDefault : resource)
    for change in changes {
      if let objection = objection(toName: change.name) { return objection }
      if let objection = change.objection(applyingTo: &values) { return objection }
    }
    do {
      try effectiveConfiguration.checkDynamic(values.map { ($0.key, $0.value) })
      return nil
    } catch {
      return Refusal(.invalidRequest, error.description)
    }
  }

  /// Kafka accepts unknown names, and stores them for plugins. There are no plugins here.
  private func objection(toName name: String) -> Refusal? {
    guard effectiveConfiguration.knows(name) else {
      return Refusal(.invalidConfig, (KafkaSettingNames.objection(to: name) ?? .unknownName(name, nearest: nil)).description)
    }
    guard effectiveConfiguration.isDynamic(name) else {
      return Refusal(.invalidRequest, "Cannot update these configs dynamically: \(name)")
    }
    return nil
  }
}

/// A resource as named in a request; its type may be invalid.
private struct NamedResource: Hashable {
  let type: Int8
  let name: String
}

/// A change of one entry in a request.
private struct RequestedChange {
  enum Operation: Int8 { case set = 0, delete, append, subtract }

  let name: String
  let value: String?
  /// Nil for an invalid number.
  let operation: Operation?

  /// Changes the values of a broker as the controller will; returns a refusal if that is impossible.
  func objection(applyingTo values: inout OrderedDictionary<String, String>) -> Refusal? {
    switch operation {
    case .set: values[name] = value
    case .delete: values.removeValue(forKey: name)
    case .append, .subtract:
      guard let setting = BrokerConfiguration.table[name], setting.kind == .list else {
        return Refusal(.invalidConfig, "Config value append is not allowed for config key: \(name)")
      }
      var members = OrderedSet((values[name] ?? setting.text(in: BrokerConfiguration.table.defaults)).commaSeparated)
      let changed = OrderedSet((value ?? "").commaSeparated)
      if operation == .append { members.formUnion(changed) } else { members.subtract(changed) }
      values[name] = members.joined(separator: ",")
    case nil: return Refusal(.invalidRequest, "Unknown operations type for config key: \(name)")
    }
    return nil
  }
}

extension Refusal {
  /// The controller's response has fewer resources than the request.
  fileprivate static let unanswered = Refusal(.unknownServerError, "The controller did not answer.")
}

extension AlterConfigsResponse.AlterConfigsResourceResponse {
  fileprivate init(_ objection: Refusal, _ type: Int8, _ name: String) {
    self.init()
    errorCode = objection.code
    errorMessage = objection.message
    resourceType = type
    resourceName = name
  }
}

extension IncrementalAlterConfigsResponse.AlterConfigsResourceResponse {
  fileprivate init(_ objection: Refusal, _ type: Int8, _ name: String) {
    self.init()
    errorCode = objection.code
    errorMessage = objection.message
    resourceType = type
    resourceName = name
  }
}
