import Primitives

/// What a replica must remember about elections: a forgotten vote could be given twice.
///
/// The file is one line of JSON, version 0, as Kafka writes it with static voters (kraft.version 0).
struct QuorumState: Equatable {
  static let fileName = "quorum-state"

  var leader: NodeID?
  var epoch: LeaderEpoch
  var votedFor: NodeID?

  init(leader: NodeID? = nil, epoch: LeaderEpoch, votedFor: NodeID? = nil) {
    self.leader = leader
    self.epoch = epoch
    self.votedFor = votedFor
  }

  func content(voters: VoterSet) -> Bytes {
    let voters = voters.map { #"{"voterId":\#($0.id)}"# }.joined(separator: ",")
    let leader = leader ?? .none, votedFor = votedFor ?? .none
    return Bytes(
      #"{"clusterId":"","leaderId":\#(leader),"leaderEpoch":\#(epoch),"votedId":\#(votedFor),"appliedOffset":0,"currentVoters":[\#(voters)],"data_version":0}"#)
  }

  /// The state in a file's content, or nil if it is not valid.
  init?(decoding content: Bytes) {
    guard let text = content.text, let epoch = Self.integer("leaderEpoch", in: text), epoch >= 0 else { return nil }
    self.epoch = LeaderEpoch(epoch)
    leader = Self.integer("leaderId", in: text).flatMap { $0 >= 0 ? NodeID($0) : nil }
    votedFor = Self.integer("votedId", in: text).flatMap { $0 >= 0 ? NodeID($0) : nil }
  }

  /// The number that follows `"name":`.
  private static func integer(_ name: String, in text: String) -> Int32? {
    let utf8 = Array(text.utf8), pattern = Array("\"\(name)\":".utf8)
    guard utf8.count >= pattern.count,
      let start = (0...utf8.count - pattern.count).first(where: { utf8[$0..<$0 + pattern.count].elementsEqual(pattern) })
    else { return nil }
    let digits = utf8[(start + pattern.count)...].drop { $0 == UInt8(ascii: " ") }.prefix { $0 == UInt8(ascii: "-") || (48...57).contains($0) }
    return Int32(String(decoding: digits, as: UTF8.self))
  }
}
