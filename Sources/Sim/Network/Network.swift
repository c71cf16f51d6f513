import Host
import Primitives

/// Connections between the nodes of a world, as TCP makes them.
///
/// - A connection is a pair of ordered reliable streams. What is sent on it arrives in order or not at all; between connections there is no order.
/// - What a node sent before it closed, exited or was killed still arrives, and is handed to the peer before `.disconnected`. So a
///   server may handle the request of a client that has long given up.
/// - A machine that loses power says nothing: its peers believe in their connections until they send something and the machine is up again.
/// - Faults act where a frame arrives, one decision for each: it passes, waits, vanishes or comes twice. Behind a frame that waits,
///   its whole stream waits.
/// - What a blocked link stops is sent again when the link is healed, unless its sender has closed the connection by then.
struct Network: ~Copyable {
  var ends = Table<StreamEnd>()
  private var vacantPairs: [Int] = []
  /// From node times capacity plus to node.
  var links = Table<Link>()
  private(set) var nodeCount = 0
  private var cards = Table<NetworkCard>()

  var faults: [ActiveNetworkFault] = []
  var rules: [ActiveMessageRule] = []

  // MARK: Nodes and links

  /// `machines` ends with the new one.
  mutating func addNode(_ machines: borrowing Table<Machine>, seed: UInt64) {
    var larger = Table<Link>()
    for from in 0...nodeCount {
      for to in 0...nodeCount {
        let isNew = from == nodeCount || to == nodeCount
        larger.append(isNew ? makeLink(from: machines[from], to: machines[to], seed: seed) : links[from * nodeCount + to])
      }
    }
    links = larger
    nodeCount += 1
    cards.append(NetworkCard(bytePicoseconds: bytePicoseconds(ofBandwidth: machines[nodeCount - 1].profile.network.bandwidth)))
  }

  private func makeLink(from: Machine, to: Machine, seed: UInt64) -> Link {
    let one = from.profile.network, other = to.profile.network
    let isLoopback = from === to
    return Link(
      latency: isLoopback ? one.loopbackLatency.nanoseconds : (one.latency + other.latency).nanoseconds / 2,
      jitterMean: isLoopback ? .zero : (one.jitterMean + other.jitterMean) / 2,
      retransmissionTimeout: one.retransmissionTimeout.nanoseconds,
      random: RandomStream(seed: seed, purpose: "link", from.key, to.key))
  }

  @inline(__always) func linkIndex(from: Int32, to: Int32) -> Int { Int(from) * nodeCount + Int(to) }

  /// The link over which things come to an end.
  @inline(__always) func linkIndex(to end: Int) -> Int { linkIndex(from: ends[end ^ 1].node, to: ends[end].node) }

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

  /// Forgets a connection of which no node knows any more.
  mutating func dissolveIfUnused(_ end: Int) {
    guard isOver(end), isOver(end ^ 1) else { return }
    // What has been held may still reach a server whose client is gone, but nobody is left here.
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
    // A peer that has not even heard of the connection needs not hear of it any more, unless its news are under way.
    case .connecting, .asked, .open, .ended: false
    }
  }

  // MARK: Time on the way

  /// When something of this size arrives at an end if it is sent now, behind everything sent there before.
  @inline(__always)
  mutating func arrivalTime(of bytes: Int, to end: Int, leaving: Int64) -> Int64 {
    let from = Int(ends[end ^ 1].node), to = Int(ends[end].node)
    let link = from * nodeCount + to
    var arrival: Int64
    if from == to {
      arrival = leaving + links[link].drawDelay()
    } else {
      // Ethernet, IP and TCP headers for each segment, and Kafka's size prefix.
      let wireBytes = Int64(bytes + 4 + 66 * (1 + bytes / 1448))
      let departure = max(leaving, cards[from].sendsUntil) + wireBytes * cards[from].bytePicoseconds / 1_000
      cards[from].sendsUntil = departure
      var carried = departure
      if links[link].bytePicoseconds > 0 {
        carried = max(carried, links[link].freeAt) + wireBytes * links[link].bytePicoseconds / 1_000
        links[link].freeAt = carried
      }
      // The receiving card takes frames in the order of their departures; what a fault adds to their way does not hold up others.
      let received = max(departure + links[link].latency, cards[to].receivesUntil + wireBytes * cards[to].bytePicoseconds / 1_000)
      cards[to].receivesUntil = received
      arrival = received - links[link].latency + (carried - departure) + links[link].drawDelay()
    }
    arrival = max(arrival, ends[end].lastArrival)
    ends[end].lastArrival = arrival
    return arrival
  }
}
