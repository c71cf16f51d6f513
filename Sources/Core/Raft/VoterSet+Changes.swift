import Primitives

// How one voter set follows from another: by one voter at a time, so that majorities of the two have a member in common (KIP-853).

extension VoterSet {
  /// With one more voter; nil where one has its id already.
  func adding(_ voter: Voter) -> VoterSet? { contains(voter.id) ? nil : VoterSet(self + [voter]) }

  /// Without a voter; nil where it is none, or the only one.
  func removing(_ replica: ReplicaKey) -> VoterSet? {
    guard count > 1, voter(replica.id)?.key == replica else { return nil }
    return VoterSet(others(than: replica.id))
  }

  /// With other listeners and versions of a voter; nil where the replica is none.
  func updating(_ voter: Voter) -> VoterSet? { contains(voter.key) ? VoterSet(others(than: voter.id) + [voter]) : nil }

  /// With what a static voter says of itself, whatever directory it named before; nil where the node is none (`VoterSet.updateVoterIgnoringDirectoryId`).
  func describing(_ voter: Voter) -> VoterSet? { contains(voter.id) ? VoterSet(others(than: voter.id) + [voter]) : nil }

  /// Whether a voter's listeners and versions stand otherwise in this set than they are (`VoterSet.voterNodeNeedsUpdate`).
  func isOutdated(about voter: Voter) -> Bool { contains(voter.key) && self.voter(voter.id) != voter }

  /// Whether each majority of one set has a member in common with each majority of the other (`VoterSet.hasOverlappingMajority`).
  public func overlaps(_ other: VoterSet) -> Bool {
    let own = keys, others = other.keys
    return own.count { !others.contains($0) } <= 1 && others.count { !own.contains($0) } <= 1
  }
}
