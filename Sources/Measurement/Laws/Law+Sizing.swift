import Primitives

extension Law {
  /// What a cluster carried, in bytes of batches as they are sent.
  struct Carried {
    var published: Double
    var consumed: Double
    var seconds: Double
    /// The longest time of an acknowledged record: what was acknowledged within the window was carried within the window plus this time.
    var lead: Double
  }

  /// The sizing law: a cluster of B brokers with replication r carries at most B/r of what a disk can write, and no more than the network
  /// cards can carry in and out, including those of its clients.
  ///
  /// Followers count only with acks=all: otherwise they may fall behind. Page caches may absorb what the disks write later, and with acks=0 send buffers
  /// may absorb what the cards carry later.
  static func sizing(_ carried: Carried, _ facts: LawFacts) -> LawCheck? {
    guard carried.seconds > 0 else { return nil }
    let brokers = Double(facts.brokers)
    let isReplicated = !facts.producers.isEmpty && facts.producers.allSatisfy { $0.acks == -1 }
    let copies = isReplicated ? Double(facts.replicationFactor) : 1
    var cases = LawCases()
    func addCase(_ resource: String, needed: Double, bound: Double) {
      cases.add(
        holds: needed <= bound * (1 + tolerance), excess: needed / bound - 1,
        "\(resource): \(fixed(needed / carried.seconds / 1e6, places: 1)) MB/s of \(fixed(bound / carried.seconds / 1e6, places: 1))")
    }
    if let rate = facts.diskBytesPerSecond {
      let written = Double(rate) * (carried.seconds + carried.lead) + Double(facts.unwrittenBytes)
      addCase("disks", needed: carried.published * copies, bound: brokers * written)
    }
    if let rate = facts.networkBytesPerSecond {
      let ofOneCard = Double(rate) * (carried.seconds + carried.lead)
      addCase("network in", needed: carried.published * copies, bound: brokers * ofOneCard + facts.bufferedBytes)
      addCase("network out", needed: carried.published * (copies - 1) + carried.consumed, bound: brokers * ofOneCard)
      let producers = Double(facts.producers.reduce(0) { $0 + $1.clients })
      addCase("producers' network", needed: carried.published, bound: producers * ofOneCard + facts.bufferedBytes)
      if facts.consumers > 0 { addCase("consumers' network", needed: carried.consumed, bound: Double(facts.consumers) * ofOneCard) }
    }
    return cases.check(.sizing)
  }
}

extension LawFacts {
  /// What send buffers may hold of records that count as acknowledged: a request is started as long as there is room, and may exceed it.
  fileprivate var bufferedBytes: Double {
    producers.reduce(0) { sum, producer in
      guard producer.acks == 0 else { return sum }
      return sum + Double(producer.clients) * Double(brokers) * (Double(sendBufferBytes) + Double(producer.maxRequestSize))
    }
  }
}
