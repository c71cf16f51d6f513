import Primitives

/// The input of a sticky assignment: what each member wants and owned, and which partitions are near it (`AbstractStickyAssignor`). Where Kafka
/// iterates over hash tables, this uses the order of the member ids.
struct StickyProblem {
  let topics: [AssignableTopic]
  let members: [SubscribedMember]
  /// What each member says it owned; nil if it says nothing.
  let claims: [LastAssignment?]
  /// What each member owned and may keep: if two claim a partition, the one of the later generation keeps it.
  private(set) var owned: [[TopicPartition]]
  /// Partitions that two members of one generation claim: neither may continue without giving it up.
  private(set) var contested: Set<TopicPartition> = []
  private(set) var latestGeneration: Int32 = -1
  let racks: StickyRacks

  init(_ topics: [AssignableTopic], _ members: [SubscribedMember], claims: [LastAssignment?]) {
    self.topics = topics
    self.members = members
    self.claims = claims
    owned = Array(repeating: [], count: members.count)
    racks = StickyRacks(topics, members)
    takeClaims()
  }

  private mutating func takeClaims() {
    let counts = Dictionary(topics.map { ($0.name, $0.partitionCount) }, uniquingKeysWith: { first, _ in first })
    var owners: [TopicPartition: Int] = [:]
    for member in members.indices {
      guard let claim = claims[member] else { continue }
      latestGeneration = max(latestGeneration, claim.generation)
      for partition in claim.partitions where (0..<(counts[partition.topic] ?? 0)).contains(Int(partition.partition)) {
        guard let other = owners[partition] else {
          owners[partition] = member
          owned[member].append(partition)
          continue
        }
        let othersGeneration = members[other].generation ?? -1
        guard claim.generation >= othersGeneration else { continue }
        owned[other].removeAll { $0 == partition }
        owners[partition] = member
        if claim.generation == othersGeneration { contested.insert(partition) } else { owned[member].append(partition) }
      }
    }
  }
}

/// Which members and partitions are in one rack; empty if that makes no difference (KIP-881).
struct StickyRacks {
  private var ofMember: [Int: String] = [:]
  private var ofPartition: [TopicPartition: [String]] = [:]
  private var membersNearby: [TopicPartition: Int] = [:]

  init(_ topics: [AssignableTopic], _ members: [SubscribedMember]) {
    var racks: [Int: String] = [:], counts: [String: Int] = [:], racksOfMembers: Set<String> = []
    for (index, member) in members.enumerated() {
      guard let rack = member.knownRack else { continue }
      racks[index] = rack
      counts[rack, default: 0] += 1
      racksOfMembers.insert(rack)
    }
    guard !racks.isEmpty else { return }
    var partitions: [TopicPartition: [String]] = [:], all: [[String]] = []
    for topic in topics {
      for partition in topic.partitions {
        let replicas = topic.racks(of: Int(partition.partition)).withoutRepetitions
        partitions[partition] = replicas
        all.append(replicas)
        membersNearby[partition] = replicas.reduce(0) { $0 + counts[$1, default: 0] }
      }
    }
    guard racksMatter(ofMembers: racksOfMembers, inPartitions: all) else { return }
    ofMember = racks
    ofPartition = partitions
  }

  var isEmpty: Bool { ofMember.isEmpty }

  /// Whether a member has a rack, and the partition has no replica in it.
  func mismatch(_ member: Int, _ partition: TopicPartition) -> Bool {
    guard let rack = ofMember[member] else { return false }
    return !(ofPartition[partition]?.contains(rack) ?? false)
  }

  func match(_ member: Int, _ partition: TopicPartition) -> Bool {
    guard let rack = ofMember[member] else { return false }
    return ofPartition[partition]?.contains(rack) ?? false
  }

  /// Sorts partitions with few nearby members first.
  func sorted(_ partitions: [TopicPartition]) -> [TopicPartition] {
    guard !membersNearby.isEmpty else { return partitions }
    let keyed = partitions.enumerated().map { (count: membersNearby[$1] ?? 0, place: $0, partition: $1) }
    return keyed.sorted { ($0.count, $0.place) < ($1.count, $1.place) }.map(\.partition)
  }

  /// The index of the first member in the rack of a partition, searching from an index on and wrapping around.
  func place(in members: [Int], from start: Int, near partition: TopicPartition) -> Int? {
    guard let racks = ofPartition[partition], !racks.isEmpty else { return nil }
    for step in members.indices {
      let place = (start + step) % members.count
      if match(members[place], partition) { return place }
    }
    return nil
  }
}
