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

/// The members of the quorum: who they are, where they listen, and how many of them decide.
///
/// They are in the order of their ids, whatever order they were named in. Of two with the same id the one that was named last counts
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

  /// Where a voter listens; nil of whoever is none.
  public func address(of id: NodeID) -> Address? { members.first { $0.id == id }?.address }

  /// Everybody but one, in their order.
  func others(than id: NodeID) -> [Voter] { members.filter { $0.id != id } }

  /// Whether a node decides alone.
  func isOnlyVoter(_ id: NodeID) -> Bool { members.count == 1 && members[0].id == id }

  /// How many decide: two majorities have a member in common.
  public var majority: Int { members.count / 2 + 1 }
}
