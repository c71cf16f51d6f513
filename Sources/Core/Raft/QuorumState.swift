import Primitives

/// What a replica must remember about elections: a forgotten vote could be given twice.
///
/// The file is one line of JSON, as Kafka writes it: version 0 with static voters (kraft.version 0), version 1 with those of the log (kraft.version 1, KIP-853).
struct QuorumState: Equatable {
  static let fileName = "quorum-state"

  var leader: NodeID?
  var epoch: LeaderEpoch
  var votedFor: ReplicaKey?

  init(leader: NodeID? = nil, epoch: LeaderEpoch, votedFor: ReplicaKey? = nil) {
    self.leader = leader
    self.epoch = epoch
    self.votedFor = votedFor
  }

  /// Version 0, which has no place for directories.
  func content(voters: VoterSet) -> Bytes {
    let voters = voters.map { #"{"voterId":\#($0.id)}"# }.joined(separator: ",")
    let leader = leader ?? .none, votedFor = votedFor?.id ?? .none
    return Bytes(
      #"{"clusterId":"","leaderId":\#(leader),"leaderEpoch":\#(epoch),"votedId":\#(votedFor),"appliedOffset":0,"currentVoters":[\#(voters)],"data_version":0}"#)
  }

  /// Version 1.
  var content: Bytes {
    let leader = leader ?? .none, votedFor = votedFor ?? ReplicaKey(id: .none, directory: nil)
    return Bytes(
      #"{"leaderId":\#(leader),"leaderEpoch":\#(epoch),"votedId":\#(votedFor.id),"votedDirectoryId":"\#(votedFor.directoryID)","data_version":1}"#)
  }

  /// The state in a file's content, or nil if it is not valid.
  init?(decoding content: Bytes) {
    guard let text = content.text, let epoch = Self.integer("leaderEpoch", in: text), epoch >= 0 else { return nil }
    self.epoch = LeaderEpoch(epoch)
    leader = Self.integer("leaderId", in: text).flatMap { $0 >= 0 ? NodeID($0) : nil }
    votedFor = Self.integer("votedId", in: text).flatMap { $0 >= 0 ? ReplicaKey(id: NodeID($0), directory: nil) : nil }
    guard let directory = Self.value("votedDirectoryId", in: text) else { return }
    let digits = directory.drop { $0 == UInt8(ascii: "\"") }.prefix { $0 != UInt8(ascii: "\"") }
    guard let id = Uuid(String(decoding: digits, as: UTF8.self)) else { return nil }
    votedFor = votedFor.map { ReplicaKey(id: $0.id, directory: id) }
  }

  /// The number that follows `"name":`.
  private static func integer(_ name: String, in text: String) -> Int32? {
    value(name, in: text).flatMap { value in
      Int32(String(decoding: value.prefix { $0 == UInt8(ascii: "-") || (48...57).contains($0) }, as: UTF8.self))
    }
  }

  /// What follows `"name":`.
  private static func value(_ name: String, in text: String) -> ArraySlice<UInt8>? {
    let utf8 = Array(text.utf8), pattern = Array("\"\(name)\":".utf8)
    guard utf8.count >= pattern.count,
      let start = (0...utf8.count - pattern.count).first(where: { utf8[$0..<$0 + pattern.count].elementsEqual(pattern) })
    else { return nil }
    return utf8[(start + pattern.count)...].drop { $0 == UInt8(ascii: " ") }
  }
}
