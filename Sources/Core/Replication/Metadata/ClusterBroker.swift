import Host
import Primitives

/// A broker of the cluster, with what replication needs to know of it.
public struct ClusterBroker: Equatable, Sendable {
  public var id: NodeID
  public var epoch: BrokerEpoch
  /// The address from which its replicas are fetched, and at which clients reach it.
  public var address: Address
  public var rack: String?
  public var isFenced: Bool
  public var isInControlledShutdown: Bool

  public init(
    id: NodeID, epoch: BrokerEpoch, address: Address, rack: String? = nil, isFenced: Bool = false, isInControlledShutdown: Bool = false
  ) {
    self.id = id
    self.epoch = epoch
    self.address = address
    self.rack = rack
    self.isFenced = isFenced
    self.isInControlledShutdown = isInControlledShutdown
  }
}

/// The brokers in the metadata, for lookup by id.
struct ClusterBrokers {
  /// In ascending order of ids.
  let all: [ClusterBroker]
  private let indices: [Int32: Int]

  init(_ brokers: [ClusterBroker] = []) {
    all = brokers.sorted { $0.id < $1.id }
    indices = Dictionary(all.enumerated().map { ($1.id.value, $0) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(id: NodeID) -> ClusterBroker? { indices[id.value].map { all[$0] } }
}
