import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

/// Controllers 1...n of a quorum whose voters can be changed, some of them its first voters, and brokers 101... which observe. With kraft.version 1 they are
/// formatted with these voters, with 0 these have them in their configuration.
struct DynamicQuorum {
  /// `voters` are all controllers.
  let quorum: Quorum
  let directories: Directories

  /// The directory of each controller's log: a replaced disk has another.
  final class Directories {
    var ids: [NodeID: Uuid] = [:]
    subscript(id: NodeID) -> Uuid { ids[id, default: Uuid(high: 1, low: UInt64(id.value))] }
  }

  init(
    controllers count: Int32, firstVoters: [Int32], kraftVersion: Int16 = 1, brokers: Int32 = 0, seed: UInt64 = 1, starts: Bool = true,
    configure: @escaping (inout QuorumConfiguration) -> Void = { _ in }
  ) {
    let world = World(seed: seed), directories = Directories()
    let addresses = (1...count).map { Self.address(of: $0) }
    func add(_ id: Int32, _ name: String, _ address: Address?) -> NodeIndex {
      world.addNode(name: name, id: NodeID(id), port: 9093) { host in
        let configured = kraftVersion == 0 && firstVoters.contains(id) ? firstVoters.map { Voter(id: NodeID($0), address: Self.address(of: $0)) } : []
        var configuration = QuorumConfiguration(nodeID: NodeID(id), clusterID: "test", voters: VoterSet(configured))
        configuration.isUpgradable = true
        configuration.bootstrapServers = addresses
        configuration.advertisedAddress = address
        configuration.directoryID = directories[NodeID(id)]
        configure(&configuration)
        return QuorumNode(host, configuration)
      }
    }
    let controllers = (1...count).map { add($0, "controller-\($0)", Self.address(of: $0)) }
    let observers = brokers == 0 ? [] : (1...brokers).map { add(100 + $0, "broker-\($0)", nil) }
    let voters = VoterSet(firstVoters.map { Voter(id: NodeID($0), address: Self.address(of: $0), directory: directories[NodeID($0)]) })
    let snapshot = QuorumReplica.bootstrapSnapshot(of: voters, at: Timestamp(milliseconds: 0))
    if kraftVersion == 1 { for id in firstVoters { world.place(snapshot.content, at: snapshot.path, on: controllers[Int(id) - 1]) } }
    quorum = Quorum(world: world, voters: controllers, observers: observers)
    self.directories = directories
    if starts { for node in controllers + observers { world.start(node) } }
  }

  static func address(of id: Int32) -> Address { Address(host: "controller-\(id)", port: 9093) }

  func index(_ id: Int32) -> NodeIndex { quorum.voters[Int(id) - 1] }
  func node(_ id: Int32) -> QuorumNode { quorum.node(index(id)) }
  func replica(_ id: Int32) -> QuorumReplica { node(id).quorum }
  func voters(at id: Int32) -> [NodeID] { replica(id).voters.map(\.id) }
  func key(_ id: Int32) -> ReplicaKey { ReplicaKey(id: NodeID(id), directory: directories[NodeID(id)]) }

  /// The number of the leader.
  func leader(otherThan former: Int32? = nil) throws -> Int32 {
    try quorum.world.id(of: #require(quorum.leader(otherThan: former.map(index)))).value
  }

  func run(_ milliseconds: Int64) { quorum.run(milliseconds) }

  func addition(of id: Int32, directory: Uuid? = nil, acknowledgedWhenCommitted: Bool = true) -> AddRaftVoterRequest {
    var request = AddRaftVoterRequest()
    request.clusterId = "test"
    request.timeoutMs = 1000
    (request.voterId, request.voterDirectoryId) = (id, directory ?? directories[NodeID(id)])
    request.listeners = [.init(name: "CONTROLLER", Self.address(of: id))]
    request.ackWhenCommitted = acknowledgedWhenCommitted
    return request
  }

  func removal(of id: Int32, directory: Uuid? = nil) -> RemoveRaftVoterRequest {
    var request = RemoveRaftVoterRequest()
    request.clusterId = "test"
    (request.voterId, request.voterDirectoryId) = (id, directory ?? directories[NodeID(id)])
    return request
  }

  /// Asks a controller, and gives its answer; nil while there is none.
  final class Answer {
    var error: ErrorCode?
    var message: String?
  }

  func add(_ id: Int32, at leader: Int32, _ change: (inout AddRaftVoterRequest) -> Void = { _ in }) -> Answer {
    let answer = Answer()
    var request = addition(of: id)
    change(&request)
    replica(leader).handleAddVoter(request) { (answer.error, answer.message) = ($0.errorCode, $0.errorMessage) }
    return answer
  }

  func remove(_ id: Int32, at leader: Int32, _ change: (inout RemoveRaftVoterRequest) -> Void = { _ in }) -> Answer {
    let answer = Answer()
    var request = removal(of: id)
    change(&request)
    replica(leader).handleRemoveVoter(request) { (answer.error, answer.message) = ($0.errorCode, $0.errorMessage) }
    return answer
  }

  /// What is broken at any running node.
  var broken: [String] {
    (quorum.voters + quorum.observers).flatMap { index -> [String] in
      guard let replica = quorum.replica(index) else { return [] }
      var check = InvariantCheck()
      replica.checkInvariants(&check)
      return check.broken
    }
  }
}
