import Host
import Primitives

/// Identifies a replica of the metadata log: the node, and the directory that its log is in (KIP-853). A node whose disk was replaced is another replica.
public struct ReplicaKey: Hashable, Sendable {
  public var id: NodeID
  /// Nil where it is not known: static voters (kraft.version 0) are known by their ids alone.
  public var directory: Uuid?

  /// - Parameter directory: the zero id, which messages have where they name none, counts as nil.
  public init(id: NodeID, directory: Uuid?) {
    self.id = id
    self.directory = directory == .zero ? nil : directory
  }

  /// The directory's id as messages have it.
  var directoryID: Uuid { directory ?? .zero }

  /// Whether another key may mean this replica: a key without a directory means any directory of the node.
  func matches(_ other: ReplicaKey) -> Bool { id == other.id && (directory == nil || directory == other.directory) }
}

extension ReplicaKey: CustomStringConvertible {
  public var description: String { directory.map { "\(id) with directory \($0)" } ?? "\(id)" }
}

/// One of the addresses of a voter.
public struct VoterListener: Hashable, Sendable {
  public var name: String
  public var address: Address

  public init(name: String, address: Address) {
    self.name = name
    self.address = address
  }

  /// The listener of the controllers (controller.listener.names).
  public static let defaultName = "CONTROLLER"
}

/// A member of the quorum: as controller.quorum.voters names it, `id@host:port`, or as it stands in a VotersRecord (KIP-853).
public struct Voter: Hashable, Sendable {
  public var id: NodeID
  /// The id of the directory that its metadata log is in; nil with kraft.version 0.
  public var directory: Uuid?
  /// At least one.
  public var listeners: [VoterListener]
  /// The levels of kraft.version that the voter supports.
  public var kraftVersions: ClosedRange<Int16>

  /// - Parameter directory: nil for a static voter (kraft.version 0), of which no supported version is known either.
  public init(id: NodeID, address: Address, directory: Uuid? = nil) {
    self.init(
      id: id, directory: directory, listeners: [VoterListener(name: VoterListener.defaultName, address: address)],
      kraftVersions: directory == nil ? 0...0 : KRaftVersion.supported)
  }

  init(id: NodeID, directory: Uuid?, listeners: [VoterListener], kraftVersions: ClosedRange<Int16>) {
    precondition(!listeners.isEmpty, "voter \(id) has no listener")
    self.id = id
    self.directory = directory
    self.listeners = listeners
    self.kraftVersions = kraftVersions
  }

  /// Where the other voters reach it.
  public var address: Address { (listeners.first { $0.name == VoterListener.defaultName } ?? listeners[0]).address }

  public var key: ReplicaKey { ReplicaKey(id: id, directory: directory) }
}

/// The levels of the feature kraft.version.
public enum KRaftVersion {
  public static let featureName = "kraft.version"
  /// 0: the voters are static. 1: the voters stand in the metadata log, and can be changed (KIP-853).
  public static let supported: ClosedRange<Int16> = 0...1
}

/// The members of the quorum: their ids, their addresses, and the size of a majority.
///
/// They are sorted by id, whatever order they were given in. Of two with the same id, the last one given counts
/// (`QuorumConfig.parseVoterConnections`).
public struct VoterSet: Hashable, Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
  private var members: [Voter] = []

  public init(_ voters: some Sequence<Voter>) {
    for voter in voters {
      if let former = members.firstIndex(where: { $0.id == voter.id }) { members[former] = voter } else { members.append(voter) }
    }
    members.sort { $0.id < $1.id }
  }

  public init(arrayLiteral voters: Voter...) { self.init(voters) }

  public var startIndex: Int { members.startIndex }
  public var endIndex: Int { members.endIndex }
  public subscript(index: Int) -> Voter { members[index] }

  public func contains(_ id: NodeID) -> Bool { voter(id) != nil }

  /// Whether a replica is a voter. One with another directory than the voter of its id is none; static voters have no directories.
  public func contains(_ replica: ReplicaKey) -> Bool { voter(replica.id)?.key.matches(replica) == true }

  /// The voter with an id; nil if there is none.
  public func voter(_ id: NodeID) -> Voter? { members.first { $0.id == id } }

  /// The address of a voter; nil if the node is not a voter.
  public func address(of id: NodeID) -> Address? { voter(id)?.address }

  /// All voters except one, in order.
  func others(than id: NodeID) -> [Voter] { members.filter { $0.id != id } }

  /// Whether a replica is the only voter.
  func isOnlyVoter(_ replica: ReplicaKey) -> Bool { members.count == 1 && contains(replica) }

  /// The number of voters that decide: two majorities always have a member in common.
  public var majority: Int { members.count / 2 + 1 }

  public var keys: [ReplicaKey] { members.map(\.key) }
}
