import Host
import Primitives

/// Connections between the nodes of a world, as TCP makes them.
///
/// - A connection is a pair of ordered reliable streams. What is sent on it arrives in order or not at all; between connections there is no order.
/// - What a node sent before it closed, exited or was killed still arrives, and is delivered to the peer before `.disconnected`. So a
///   server may handle the request of a client that gave up long ago.
/// - A machine that loses power says nothing: its peers believe in their connections until they send something and the machine is up again.
/// - Faults act where a frame arrives, one decision for each: it passes, waits, vanishes or is duplicated. Behind a frame that waits,
///   its whole stream waits.
/// - A node that asks whether a connection is writable gets back pressure: the answer is no while the peer's process has not read more than
///   `sendBuffer` bytes of what the node sent. A node that does not ask may send without limit.
/// - What a blocked link stops is retransmitted when the link is healed, unless its sender has closed the connection by then.
struct Network: ~Copyable {
  /// The buffer space of a connection, each way: 4 MiB, to which Linux lets a send buffer grow (the third value of `net.ipv4.tcp_wmem`).
  static let sendBuffer = 4_194_304

  var ends = UnsharedArray<StreamEnd>()
  private var vacantPairs: [Int] = []
  /// Links in the order of their first use.
  var links = UnsharedArray<NetworkLink>()
  /// The links in use, by their pair of nodes. Used only to open a connection; afterwards its ends know their links.
  private var linkOfPair: [UInt64: Int32] = [:]
  /// Indexed by node, as the cards are.
  private var places = UnsharedArray<NetworkPlace>()
  private var cards = UnsharedArray<NetworkCard>()
  /// Indexed by node, while the world measures; nil if frames bypass the cards.
  var stations = UnsharedArray<CardStations?>()

  var faults: [ActiveNetworkFault] = []
  /// Rules on messages that may still act, in the order in which they were applied.
  var rules: [ActiveMessageRule] = []
  /// Rules that have acted as often as they may and have not been lifted yet.
  private var spentRules: [FaultID] = []
  /// Responses by rules that wait for earlier ones, in the order of their requests.
  var answers: [AnswerByRule] = []

  // MARK: Nodes and links

  /// Adds a node. Nodes must come in the order of their indices.
  mutating func addNode(_ place: NetworkPlace) {
    places.append(place)
    cards.append(NetworkCard(bytePicoseconds: bytePicoseconds(ofBandwidth: place.profile.bandwidth)))
  }

  /// The link from one machine to another, created on first use. A world holds only the links it uses, and each is the same
  /// whenever it is created, because its random stream is keyed by its two machines.
  mutating func link(from: NodeIndex, to: NodeIndex, seed: UInt64) -> (index: Int32, isNew: Bool) {
    let pair = UInt64(UInt32(bitPattern: from.value)) << 32 | UInt64(UInt32(bitPattern: to.value))
    if let known = linkOfPair[pair] { return (known, false) }
    let index = Int32(links.count)
    links.append(makeLink(from: places[Int(from.value)], to: places[Int(to.value)], seed: seed))
    linkOfPair[pair] = index
    return (index, true)
  }

  private func makeLink(from: NetworkPlace, to: NetworkPlace, seed: UInt64) -> NetworkLink {
    let one = from.profile, other = to.profile
    let isLoopback = from.node == to.node || from.isOnSharedMachine && to.isOnSharedMachine
    return NetworkLink(
      from: from.node, to: to.node,
      latency: isLoopback ? one.loopbackLatency : (one.latency + other.latency) / 2,
      isLoopback: isLoopback,
      loopbackBytePicoseconds: isLoopback ? bytePicoseconds(ofBandwidth: one.loopbackBandwidth) : 0,
      jitterMean: isLoopback ? .zero : (one.jitterMean + other.jitterMean) / 2,
      retransmissionTimeout: one.retransmissionTimeout,
      random: RandomStream(seed: seed, purpose: "link", from.key, to.key))
  }

  /// The link that leads to an end.
  @inline(__always) func linkIndex(to end: Int) -> Int { Int(ends[end].link) }

  // MARK: Rules on messages

  /// Whether there are any rules, spent ones included: frames take the path through the rules until the last one is lifted.
  var hasRules: Bool { !rules.isEmpty || !spentRules.isEmpty }

  mutating func add(_ rule: ActiveMessageRule) {
    if rule.isSpent { spentRules.append(rule.id) } else { rules.append(rule) }
  }

  mutating func spendRule(at index: Int) { spentRules.append(rules.remove(at: index).id) }

  mutating func removeRule(_ id: FaultID) {
    rules.removeAll { $0.id == id }
    spentRules.removeAll { $0 == id }
  }

  // MARK: Ends

  /// The index of an end that is part of a connection, or nil.
  @inline(__always)
  func index(of end: ConnectionID) -> Int? {
    let index = end.index
    guard index < ends.count, ends[index].generation == end.generation else { return nil }
    return index
  }

  func id(of index: Int) -> ConnectionID { ConnectionID(index: index, generation: ends[index].generation) }

  mutating func makePair() -> Int {
    if let pair = vacantPairs.popLast() { return pair }
    precondition(ends.count + 2 <= 1 << ConnectionID.indexBits, "more than half a million connections at a time")
    ends.append(StreamEnd())
    ends.append(StreamEnd())
    return ends.count - 2
  }

  /// Forgets a connection that no node knows any more.
  mutating func dissolveIfUnused(_ end: Int) {
    guard isOver(end), isOver(end ^ 1) else { return }
    // A held frame may still reach a server whose client is gone, but here both ends are gone.
    let pair = end & ~1
    for index in pair...pair + 1 {
      let generation = ends[index].generation + 1
      ends[index] = StreamEnd(generation: generation)
    }
    if ends[pair].generation <= ConnectionID.lastGeneration { vacantPairs.append(pair) }
  }

  private func isOver(_ end: Int) -> Bool {
    switch ends[end].status {
    case .closed, .forgotten, .vacant: true
    // A peer that has not heard of the connection does not have to hear of it any more, unless the signal is under way.
    case .connecting, .asked, .open, .ended: false
    }
  }

  // MARK: Travel time

  /// When something of this size arrives at an end if it is sent now, behind everything sent there before.
  @inline(__always)
  mutating func arrivalTime(of bytes: Int, to end: Int, leaving: Instant, now: Instant) -> Instant {
    let from = Int(ends[end ^ 1].node), to = Int(ends[end].node)
    let link = linkIndex(to: end)
    // Count the Ethernet, IP and TCP headers of each segment, and Kafka's size prefix.
    let wireBytes = Int64(bytes + 4 + 66 * (1 + bytes / 1448))
    var arrival: Instant
    if links[link].isLoopback {
      let carried = carry(wireBytes, over: link, from: leaving, bytePicoseconds: max(links[link].loopbackBytePicoseconds, links[link].bytePicoseconds))
      arrival = carried + links[link].drawDelay()
    } else {
      let sent = max(leaving, cards[from].sendsUntil)
      let departure = sent + transferTime(of: wireBytes, bytePicoseconds: cards[from].bytePicoseconds)
      cards[from].sendsUntil = departure
      var carried = departure
      if links[link].bytePicoseconds > 0 { carried = carry(wireBytes, over: link, from: departure, bytePicoseconds: links[link].bytePicoseconds) }
      // The receiving card takes frames in the order of their departures; a delay added by a fault does not hold up other frames.
      let receiving = transferTime(of: wireBytes, bytePicoseconds: cards[to].bytePicoseconds)
      let firstByte = sent + links[link].latency
      let received = max(departure + links[link].latency, max(firstByte, cards[to].receivesUntil) + receiving)
      cards[to].receivesUntil = received
      arrival = received - links[link].latency + (carried - departure) + links[link].drawDelay()
      if stations.count > 0 {
        stations[from]?.sending.insert(arrival: leaving, begin: sent, end: departure, bytes: wireBytes)
        stations[from]?.sending.settle(now)
        stations[to]?.receiving.insert(arrival: firstByte, begin: received - receiving, end: received, bytes: wireBytes)
        stations[to]?.receiving.settle(now)
      }
    }
    arrival = max(arrival, ends[end].lastArrival)
    ends[end].lastArrival = arrival
    return arrival
  }

  /// When a link with a bandwidth of its own has carried these bytes, behind everything before them.
  private mutating func carry(_ wireBytes: Int64, over link: Int, from begin: Instant, bytePicoseconds: Int64) -> Instant {
    links[link].freeAt = max(begin, links[link].freeAt) + transferTime(of: wireBytes, bytePicoseconds: bytePicoseconds)
    return links[link].freeAt
  }
}
