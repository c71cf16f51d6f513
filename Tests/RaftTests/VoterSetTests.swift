import Host
import Primitives
import Testing

@testable import Raft

struct VoterSetTests {
  private func voter(_ id: Int32, port: Int32 = 9093) -> Voter { Voter(id: NodeID(id), address: Address(host: "controller-\(id)", port: port)) }

  @Test func `Voters are in the order of their ids, whatever the order in which they are listed`() {
    let voters: VoterSet = [voter(3), voter(1), voter(2)]
    #expect(voters.map(\.id) == [1, 2, 3])
    #expect(voters == [voter(1), voter(2), voter(3)])
    #expect(voters.others(than: 2).map(\.id) == [1, 3])
  }

  @Test func `A voter that is listed twice counts once, as listed last`() {
    let voters: VoterSet = [voter(1), voter(2), voter(1, port: 9094)]
    #expect(voters.count == 2)
    #expect(voters.address(of: 1) == Address(host: "controller-1", port: 9094))
  }

  @Test func `An unknown id is not a voter and has no address`() {
    let voters: VoterSet = [voter(1)]
    #expect(voters.contains(NodeID(1)) && !voters.contains(NodeID(2)))
    #expect(voters.address(of: 2) == nil)
    #expect(voters.isOnlyVoter(1) && !voters.isOnlyVoter(2))
    #expect(!VoterSet([voter(1), voter(2)]).isOnlyVoter(1))
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)]) func `Two majorities have a member in common`(count: Int, majority: Int) {
    let voters = VoterSet((1...Int32(count)).map { voter($0) })
    #expect(voters.majority == majority)
    #expect(2 * voters.majority > voters.count)
  }
}
