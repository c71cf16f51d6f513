import Primitives

extension Law {
  /// What a cluster carried, in bytes of batches as they are sent.
  struct Carried {
    var published: Double
    var consumed: Double
    var seconds: Double
    /// The longest that an acknowledged record took: what was acknowledged within the window was carried within the window and this time.
    var lead: Double
  }

  /// The sizing bound: a cluster of B brokers with replication r carries at most B/r of what a disk takes, and no more than the network
  /// cards let in and out.
  ///
  /// Followers count only with acks=all: otherwise they may fall behind. Page caches may take in what the disks write later.
  static func sizing(_ carried: Carried, _ facts: LawFacts) -> LawCheck? {
    guard carried.seconds > 0 else { return nil }
    let brokers = Double(facts.brokers)
    let isReplicated = !facts.producers.isEmpty && facts.producers.allSatisfy { $0.acks == -1 }
    let copies = isReplicated ? Double(facts.replicationFactor) : 1
    var cases = LawCases()
    func note(_ resource: String, needed: Double, bound: Double) {
      cases.note(
        holds: needed <= bound * (1 + tolerance), excess: needed / bound - 1,
        "\(resource): \(fixed(needed / carried.seconds / 1e6, places: 1)) MB/s of \(fixed(bound / carried.seconds / 1e6, places: 1))")
    }
    if let rate = facts.diskBytesPerSecond {
      let written = Double(rate) * (carried.seconds + carried.lead) + Double(facts.unwrittenBytes)
      note("disks", needed: carried.published * copies, bound: brokers * written)
    }
    if let rate = facts.networkBytesPerSecond {
      let carriable = brokers * Double(rate) * (carried.seconds + carried.lead)
      note("network in", needed: carried.published * copies, bound: carriable)
      note("network out", needed: carried.published * (copies - 1) + carried.consumed, bound: carriable)
    }
    return cases.check("sizing")
  }
}
