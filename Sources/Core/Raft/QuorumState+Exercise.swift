import Host
import Primitives

/// Reads the content of `quorum-state` and returns whether it is valid.
///
/// For this package's fuzzers and mutation tests: it returns whatever the bytes are. It traps if the state changes when it is written and read again.
package func exerciseQuorumState(_ content: Bytes) -> Bool {
  guard let state = QuorumState(decoding: content) else { return false }
  precondition(QuorumState(decoding: state.content) == state, "\(state) is not read as it was written")
  let voters: VoterSet = [Voter(id: 1, address: Address(host: "controller-1", port: 9093))]
  var former = state
  former.votedFor?.directory = nil
  precondition(QuorumState(decoding: state.content(voters: voters)) == former, "\(state) is not read as it was written with static voters")
  return true
}
