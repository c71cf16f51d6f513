import Coordination
import Primitives

/// Places the replicas of new partitions on racks and brokers, as Kafka's striped placer does.
///
/// Leaders rotate over the racks and, inside each rack, over the brokers; the other replicas follow on further racks. Unfenced brokers come first,
/// and only they lead. Only the start of each rotation is random.
struct ReplicaPlacement {
  private var racks: [Rack]
  private var order: [Int]
  private let brokerCount: Int
  private let leaderCount: Int
  private var epoch = 0
  private var offset = 0

  /// - Parameter brokers: All registered brokers, ascending.
  init(over brokers: [BrokerRegistration], random: inout RandomStream) {
    var names: [String?] = []
    for broker in brokers where !names.contains(broker.rack) { names.append(broker.rack) }
    racks = names.sorted { ($0 ?? "") < ($1 ?? "") }.map { name in
      let members = brokers.filter { $0.rack == name }
      return Rack(
        active: BrokerRing(members.filter { !$0.isFenced }.map(\.id)), fenced: BrokerRing(members.filter(\.isFenced).map(\.id)))
    }
    order = Array(racks.indices)
    brokerCount = brokers.count
    leaderCount = brokers.count { !$0.isFenced }
    shuffle(&random)
  }

  /// Returns the replicas of each of `partitions` partitions, the leader first.
  mutating func place(partitions: Int, replicationFactor: Int, random: inout RandomStream) throws(Refusal) -> [[NodeID]] {
    guard leaderCount > 0 else {
      throw Refusal(.invalidReplicationFactor, "unable to replicate the partition \(replicationFactor) time(s): all brokers are currently fenced")
    }
    guard replicationFactor <= brokerCount else {
      throw Refusal(
        .invalidReplicationFactor, "the replication factor of \(replicationFactor) cannot be reached: only \(brokerCount) broker(s) are registered")
    }
    return (0..<partitions).map { _ in placeOne(replicationFactor, &random) }
  }

  private mutating func placeOne(_ replicationFactor: Int, _ random: inout RandomStream) -> [NodeID] {
    // Every broker has led once: start somewhere else, or the same assignments would come again.
    if epoch == leaderCount { shuffle(&random) }
    if offset == racks.count { offset = 0 }
    var replicas: [NodeID] = []
    var leaderRack = offset
    while replicas.isEmpty {
      if let leader = racks[order[leaderRack]].active.next(epoch) { replicas.append(leader) } else { leaderRack = (leaderRack + 1) % racks.count }
    }
    var rack = offset
    // The leader's rack is skipped once, so that the second replica goes to another rack if there is one.
    var skipped: Int? = leaderRack
    while replicas.count < replicationFactor {
      if rack == skipped {
        skipped = nil
      } else if let replica = racks[order[rack]].next(epoch) {
        replicas.append(replica)
      }
      rack = (rack + 1) % racks.count
    }
    epoch += 1
    offset += 1
    return replicas
  }

  private mutating func shuffle(_ random: inout RandomStream) {
    for index in racks.indices { racks[index].begin(&random) }
    order.shuffle(using: &random)
    epoch = 0
    offset = 0
  }

  private struct Rack {
    var active: BrokerRing
    var fenced: BrokerRing

    mutating func next(_ epoch: Int) -> NodeID? { active.next(epoch) ?? fenced.next(epoch) }

    mutating func begin(_ random: inout RandomStream) {
      active.begin(&random)
      fenced.begin(&random)
    }
  }

  /// Brokers in a ring: each epoch returns each of them once, and the next epoch starts one further on.
  private struct BrokerRing {
    private let brokers: [NodeID]
    private var epoch = 0
    private var index = 0
    private var offset = 0

    init(_ brokers: [NodeID]) { self.brokers = brokers }

    mutating func begin(_ random: inout RandomStream) {
      epoch = 0
      index = 0
      offset = brokers.isEmpty ? 0 : Int(random.below(Int64(brokers.count)))
    }

    mutating func next(_ newEpoch: Int) -> NodeID? {
      guard !brokers.isEmpty else { return nil }
      if epoch != newEpoch {
        epoch = newEpoch
        index = 0
        offset = (offset + 1) % brokers.count
      }
      guard index < brokers.count else { return nil }
      defer { index += 1 }
      return brokers[(index + offset) % brokers.count]
    }
  }
}
