import Controller
import Transport
import Wire

extension BrokerApis {
  /// Handles ListConfigResources: what can be configured (KIP-1142). Before version 1 it listed only client metrics, of which there are none.
  func handleListConfigResources(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(ListConfigResourcesRequest.self) else { return }
    var response = ListConfigResourcesResponse()
    if incoming.version >= 1 {
      let asked = request.resourceTypes.compactMap(ConfigResource.Kind.init)
      if asked.count < request.resourceTypes.count {
        response.errorCode = .unsupportedVersion
      } else {
        response.configResources = resources(of: asked.isEmpty ? [.topic, .broker, .brokerLogger, .clientMetrics, .group] : asked)
      }
    }
    incoming.respond(response)
  }

  private func resources(of kinds: [ConfigResource.Kind]) -> [ListConfigResourcesResponse.ConfigResource] {
    var resources: [ListConfigResourcesResponse.ConfigResource] = []
    func add(_ kind: ConfigResource.Kind, _ names: [String]) {
      guard kinds.contains(kind) else { return }
      for name in names {
        var resource = ListConfigResourcesResponse.ConfigResource()
        resource.resourceType = kind.rawValue
        resource.resourceName = name
        resources.append(resource)
      }
    }
    let brokers = metadata.image.brokers.map { String($0.id.value) }
    add(.topic, metadata.image.topics.values.map(\.name))
    add(.broker, brokers)
    add(.brokerLogger, brokers)
    add(.group, metadata.image.configs.keys.filter { $0.kind == .group }.map(\.name))
    add(.clientMetrics, metadata.image.configs.keys.filter { $0.kind == .clientMetrics }.map(\.name))
    return resources
  }
}
