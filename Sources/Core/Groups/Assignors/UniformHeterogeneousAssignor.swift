import Primitives

/// Assigns partitions to members that want different topics (`UniformHeterogeneousAssignmentBuilder`). Each member keeps what it may keep, free
/// partitions go to the least loaded of the members that want the topic, and then partitions move from the most to the least loaded member, topic by
/// topic, until no topic can be balanced further.
struct UniformHeterogeneousAssignor {
  /// If subscriptions overlap without being equal, balancing one topic disturbs another; each round roughly halves the remaining imbalance.
  private static let maximumRounds = 16
  private static let nobody = -1

  private let subscription: GroupSubscription
  /// The indexes of the members that want each topic. Only for lookups.
  private var subscribers: [Uuid: [Int]] = [:]
  /// The owner of each partition of each topic, or `nobody`. Only for lookups.
  private var owners: [Uuid: [Int]] = [:]
  /// The number of partitions of each member.
  private var loads: [Int]

  static func assign(_ subscription: GroupSubscription) -> [PartitionAssignment] {
    var assignor = UniformHeterogeneousAssignor(subscription)
    assignor.giveOutFree()
    assignor.balance()
    return assignor.result()
  }

  private init(_ subscription: GroupSubscription) {
    self.subscription = subscription
    loads = Array(repeating: 0, count: subscription.members.count)
    for topic in subscription.topics {
      owners[topic] = Array(repeating: Self.nobody, count: Int(subscription.partitionCount(of: topic)))
    }
    for (index, member) in subscription.members.enumerated() {
      for topic in member.topics { subscribers[topic, default: []].append(index) }
      for topic in member.target.topics where member.wants(topic.id) {
        for partition in topic.partitions { owners[topic.id]![Int(partition)] = index }
        loads[index] += topic.partitions.count
      }
    }
  }

  /// Topics with the most partitions for a subscriber first, then those with the fewest subscribers, then by id.
  private func inOrder(_ topics: [Uuid]) -> [Uuid] {
    topics.sorted { left, right in
      let leftSubscribers = subscribers[left]!.count, rightSubscribers = subscribers[right]!.count
      let leftShare = Int(subscription.partitionCount(of: left)) * rightSubscribers
      let rightShare = Int(subscription.partitionCount(of: right)) * leftSubscribers
      if leftShare != rightShare { return leftShare > rightShare }
      return leftSubscribers == rightSubscribers ? left < right : leftSubscribers < rightSubscribers
    }
  }

  private mutating func giveOutFree() {
    for topic in inOrder(subscription.topics.filter { owners[$0]!.contains(Self.nobody) }) {
      var scale = LoadScale(subscribers[topic]!, loads: loads)
      for partition in owners[topic]!.indices where owners[topic]![partition] == Self.nobody {
        give(partition, of: topic, to: scale.nextLeastLoaded(loads))
      }
    }
  }

  private mutating func balance() {
    let topics = inOrder(subscription.topics.filter { subscribers[$0]!.count >= 2 })
    // The topic of the last change: a full round without a change ends the loop.
    var lastChanged: Int?
    for _ in 0..<Self.maximumRounds {
      for (index, topic) in topics.enumerated() {
        if index == lastChanged { return }
        let moved = evenOut(topic)
        if moved || lastChanged == nil { lastChanged = index }
      }
    }
  }

  /// Moves partitions of one topic; returns whether it moved any.
  private mutating func evenOut(_ topic: Uuid) -> Bool {
    var scale = LoadScale(subscribers[topic]!, loads: loads)
    guard scale.spread(loads) > 1 else { return false }
    // What each member can give, the last partition number first.
    var stock = Array(repeating: [Int](), count: subscription.members.count)
    for (partition, owner) in owners[topic]!.enumerated() where owner != Self.nobody { stock[owner].append(partition) }
    var moved = false
    while !scale.isEven {
      var giver = scale.nextMostLoaded(loads)
      while let member = giver, stock[member].isEmpty {
        scale.excludeLastMostLoaded()
        giver = scale.nextMostLoaded(loads)
      }
      guard let giver else { break }
      let partition = stock[giver].removeLast()
      let taker = scale.nextLeastLoaded(loads)
      if scale.isEven { break }
      give(partition, of: topic, to: taker)
      moved = true
    }
    return moved
  }

  private mutating func give(_ partition: Int, of topic: Uuid, to member: Int) {
    let former = owners[topic]![partition]
    if former != Self.nobody { loads[former] -= 1 }
    owners[topic]![partition] = member
    loads[member] += 1
  }

  private func result() -> [PartitionAssignment] {
    var lists = Array(repeating: [(Uuid, [Int32])](), count: subscription.members.count)
    for topic in subscription.topics {
      for (partition, owner) in owners[topic]!.enumerated() where owner != Self.nobody {
        if lists[owner].last?.0 == topic {
          lists[owner][lists[owner].count - 1].1.append(Int32(partition))
        } else {
          lists[owner].append((topic, [Int32(partition)]))
        }
      }
    }
    return lists.map { PartitionAssignment($0) }
  }
}

/// Members sorted by load, least first, and how far both ends have been processed: at the lower end a range of equally loaded members grows upwards
/// as each of them gets one more, at the upper end another range grows downwards as each of them gives one away.
private struct LoadScale {
  private var members: [Int]
  private var lowEnd = 0
  private var lowLoad: Int
  private var nextLow = 0
  private var highStart: Int
  private var highEnd: Int
  private var highLoad: Int
  private var nextHigh: Int

  /// `members`: At least one.
  init(_ members: [Int], loads: [Int]) {
    self.members = members.sorted { loads[$0] == loads[$1] ? $0 < $1 : loads[$0] < loads[$1] }
    lowLoad = loads[self.members.first!] - 1
    highStart = members.count
    highEnd = members.count
    highLoad = loads[self.members.last!] + 1
    nextHigh = members.count - 1
  }

  /// The initial difference between the highest and the lowest load.
  func spread(_ loads: [Int]) -> Int { loads[members.last!] - loads[members.first!] }

  var isEven: Bool { highLoad - lowLoad <= 1 }

  /// The member that gets the next partition, which then counts as assigned to it.
  mutating func nextLeastLoaded(_ loads: [Int]) -> Int {
    if nextLow >= lowEnd {
      lowLoad += 1
      while lowEnd < members.count, loads[members[lowEnd]] == lowLoad { lowEnd += 1 }
      nextLow = 0
    }
    defer { nextLow += 1 }
    return members[nextLow]
  }

  /// The member that gives the next partition; nil if none is left.
  mutating func nextMostLoaded(_ loads: [Int]) -> Int? {
    if nextHigh < highStart {
      if highEnd <= highStart, highStart > 0 {
        // The whole range is excluded: start a new one below it.
        highLoad = loads[members[highStart - 1]]
      } else {
        highLoad -= 1
      }
      while highStart > 0, loads[members[highStart - 1]] == highLoad { highStart -= 1 }
      nextHigh = highEnd - 1
    }
    guard nextHigh >= 0 else { return nil }
    defer { nextHigh -= 1 }
    return members[nextHigh]
  }

  /// Excludes the member that `nextMostLoaded` returned last.
  mutating func excludeLastMostLoaded() {
    members.swapAt(nextHigh + 1, highEnd - 1)
    highEnd -= 1
  }
}
