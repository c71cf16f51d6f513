import Controller
import Primitives
import Wire

/// What a broker reports about itself when it registers with the controller.
struct RegistrationFacts {
  let nodeID: NodeID
  let clusterID: String
  /// Identifies this life of the broker: when another life registers, this one is fenced.
  let incarnationID: Uuid
  let endpoint: Endpoint
  let rack: String?
  let features: [SupportedFeature]
  let logDirectories: [Uuid]
  /// From the clean-shutdown marker; unknown after an unclean shutdown, which makes the controller remove this broker from every ELR (KIP-966).
  let previousBrokerEpoch: BrokerEpoch

  var request: BrokerRegistrationRequest {
    var listener = BrokerRegistrationRequest.Listener()
    listener.name = endpoint.name
    listener.host = endpoint.address.host
    listener.port = UInt16(truncatingIfNeeded: endpoint.address.port)
    listener.securityProtocol = endpoint.securityProtocol
    var request = BrokerRegistrationRequest()
    request.brokerId = nodeID.value
    request.clusterId = clusterID
    request.incarnationId = incarnationID
    request.listeners = [listener]
    request.features = features.map { feature in
      var range = BrokerRegistrationRequest.Feature()
      range.name = feature.name
      range.minSupportedVersion = feature.levels.lowerBound
      range.maxSupportedVersion = feature.levels.upperBound
      return range
    }
    request.rack = rack
    request.logDirs = logDirectories
    request.previousBrokerEpoch = previousBrokerEpoch.value
    return request
  }
}
