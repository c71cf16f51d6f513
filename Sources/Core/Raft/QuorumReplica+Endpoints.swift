import Host
import Primitives
import Wire

// Where the leader of a dynamic quorum listens: its followers may have another voter set than it (KIP-853). The messages of a static quorum name no addresses,
// since each replica has them in its configuration.

extension QuorumReplica {
  /// Where this replica listens, as a voter.
  var ownListeners: [VoterListener] {
    configuration.address.map { [VoterListener(name: VoterListener.defaultName, address: $0)] } ?? []
  }

  /// The leader with its address, for the answers of a dynamic quorum.
  var leaderEndpoints: [(id: NodeID, address: Address)] {
    guard !hasStaticVoters, let leader else { return [] }
    return [leader]
  }
}

extension Voter {
  init?(_ replica: ReplicaKey, listeners: [VoterListener]) {
    guard !listeners.isEmpty else { return nil }
    self.init(id: replica.id, directory: replica.directory, listeners: listeners, kraftVersions: KRaftVersion.supported)
  }
}

/// A listener in a request about the quorum.
protocol QuorumListenerField: Structure {
  var name: String { get set }
  var host: String { get set }
  var port: UInt16 { get set }
}

extension QuorumListenerField {
  init(name: String, _ address: Address) {
    self.init()
    (self.name, host, port) = (name, address.host, UInt16(clamping: address.port))
  }

  var address: Address { Address(host: host, port: Int32(port)) }
}

extension BeginQuorumEpochRequest.LeaderEndpoint: QuorumListenerField {}
extension EndQuorumEpochRequest.LeaderEndpoint: QuorumListenerField {}
extension AddRaftVoterRequest.Listener: QuorumListenerField {}
extension UpdateRaftVoterRequest.Listener: QuorumListenerField {}
extension DescribeQuorumResponse.Listener: QuorumListenerField {}

/// A node's address in an answer about the quorum.
protocol QuorumEndpointField: Structure {
  var nodeId: Int32 { get set }
  var host: String { get set }
  var port: UInt16 { get set }
}

extension QuorumEndpointField {
  init(_ id: NodeID, _ address: Address) {
    self.init()
    (nodeId, host, port) = (id.value, address.host, UInt16(clamping: address.port))
  }
}

extension Sequence where Element: QuorumEndpointField {
  /// The address of a node; nil where none is named.
  func address(of node: Int32) -> Address? { first { $0.nodeId == node }.map { Address(host: $0.host, port: Int32($0.port)) } }
}

extension VoteResponse.NodeEndpoint: QuorumEndpointField {}
extension BeginQuorumEpochResponse.NodeEndpoint: QuorumEndpointField {}
extension EndQuorumEpochResponse.NodeEndpoint: QuorumEndpointField {}
extension FetchSnapshotResponse.NodeEndpoint: QuorumEndpointField {}
