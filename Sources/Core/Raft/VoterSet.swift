import Host
import Primitives

/// A member of the quorum, as controller.quorum.voters names it: `id@host:port`.
public struct Voter: Equatable, Sendable {
  public var id: NodeID
  public var address: Address

  public init(id: NodeID, address: Address) {
    self.id = id
    self.address = address
  }
}

/// The members of the quorum: their ids, their addresses, and the size of a majority.
///
/// They are sorted by id, whatever order they were given in. Of two with the same id, the last one given counts
/// (`QuorumConfig.parseVoterConnections`).
public struct VoterSet: Equatable, Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
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

  public func contains(_ id: NodeID) -> Bool { members.contains { $0.id == id } }

  /// The address of a voter; nil if the node is not a voter.
  public func address(of id: NodeID) -> Address? { members.first { $0.id == id }?.address }

  /// All voters except one, in order.
  func others(than id: NodeID) -> [Voter] { members.filter { $0.id != id } }

  /// Whether a node is the only voter.
  func isOnlyVoter(_ id: NodeID) -> Bool { members.count == 1 && members[0].id == id }

  /// The number of voters that decide: two majorities always have a member in common.
  public var majority: Int { members.count / 2 + 1 }
}
