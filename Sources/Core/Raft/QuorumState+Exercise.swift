import Host
import Primitives

/// Reads the content of `quorum-state` and says whether there is a state in it.
///
/// For fuzzers and tests by mutation, of this package: whatever the bytes, this returns. Traps where what was read is not the same once it was written
/// and read again.
package func exerciseQuorumState(_ content: Bytes) -> Bool {
  guard let state = QuorumState(decoding: content) else { return false }
  let voters: VoterSet = [Voter(id: 1, address: Address(host: "controller-1", port: 9093))]
  precondition(QuorumState(decoding: state.content(voters: voters)) == state, "\(state) is not read as it was written")
  return true
}
