import Controller
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles DescribeCluster: the brokers that clients can reach, and on request also the fenced ones (KIP-700, KIP-1073).
  func handleDescribeCluster(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeClusterRequest.self) else { return }
    var response = DescribeClusterResponse()
    guard request.endpointType == EndpointType.broker.rawValue else {
      let isKnown = request.endpointType == EndpointType.controller.rawValue
      response.errorCode = isKnown ? .mismatchedEndpointType : .unsupportedEndpointType
      response.errorMessage = "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type \(isKnown ? "CONTROLLER" : "UNKNOWN")"
      return incoming.respond(response)
    }
    response.endpointType = EndpointType.broker.rawValue
    response.clusterId = metadata.image.clusterID
    response.controllerId = metadata.controllerForClients(&reactor.host.random).value
    response.brokers = metadata.image.brokers.compactMap { describe($0, withFenced: request.includeFencedBrokers) }
    if request.includeClusterAuthorizedOperations { response.clusterAuthorizedOperations = AuthorizedOperations.cluster }
    incoming.respond(response)
  }

  private func describe(_ broker: BrokerRegistration, withFenced: Bool) -> DescribeClusterResponse.DescribeClusterBroker? {
    guard let address = broker.address(ofListener: metadata.listenerName), withFenced || !broker.isFenced else { return nil }
    var entry = DescribeClusterResponse.DescribeClusterBroker()
    entry.brokerId = broker.id.value
    entry.host = address.host
    entry.port = address.port
    entry.rack = broker.rack
    entry.isFenced = broker.isFenced
    return entry
  }
}

/// The kind of node that a client wants to describe (KIP-919).
enum EndpointType: Int8 {
  case broker = 1
  case controller = 2
}
