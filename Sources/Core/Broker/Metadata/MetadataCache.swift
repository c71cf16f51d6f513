import Controller
import Host
import Primitives

/// The metadata that this broker has applied, from which responses to clients are built.
///
/// It changes only between two events, so each response reflects one state of the cluster. Clients see the brokers that are registered, not fenced,
/// and reachable through this broker's own listener.
final class MetadataCache {
  /// A broker's id and the address for clients.
  struct AliveBroker {
    let id: NodeID
    let address: Address
    let rack: String?
  }

  let listenerName: String
  private(set) var image: MetadataImage
  /// Ascending by id.
  private(set) var aliveBrokers: [AliveBroker] = []

  init(clusterID: String, listenerName: String) {
    self.listenerName = listenerName
    image = MetadataImage(clusterID: clusterID)
  }

  /// Changes the image in place: there is no other reference to it, so nothing is copied.
  func update<Failure: Error>(_ change: (inout MetadataImage) throws(Failure) -> Void) throws(Failure) {
    try change(&image)
  }

  /// Call it when registrations of brokers have changed.
  func brokersChanged() {
    aliveBrokers = image.brokers.compactMap { broker in
      guard !broker.isFenced, let address = broker.address(ofListener: listenerName) else { return nil }
      return AliveBroker(id: broker.id, address: address, rack: broker.rack)
    }
  }

  func aliveBroker(_ id: NodeID) -> AliveBroker? { aliveBrokers.first { $0.id == id } }

  /// The address of a registered broker, fenced or not.
  func address(of id: NodeID) -> Address? { image.broker(id)?.address(ofListener: listenerName) }

  /// Whether a replica on a broker is currently unreachable.
  func isOffline(_ id: NodeID) -> Bool {
    guard let broker = image.broker(id) else { return true }
    return broker.isFenced || broker.address(ofListener: listenerName) == nil
  }

  /// The node that Metadata calls the controller. Clients send administrative requests to it; brokers forward those, so any of them will do.
  func controllerForClients(_ random: inout RandomStream) -> NodeID {
    aliveBrokers.isEmpty ? .none : random.pick(aliveBrokers).id
  }
}
