import Primitives

/// The sticky assignment if all members want the same topics: each gets the number of partitions divided by the number of members, and some get one
/// more (`AbstractStickyAssignor.ConstrainedAssignmentBuilder`).
struct EqualStickyAssignment {
  private let problem: StickyProblem
  private let minimum: Int
  private let maximum: Int
  /// How many members get more than the minimum, and how many already have.
  private let expectedAbove: Int
  private var above = 0
  private var assignment: [[TopicPartition]]
  private var assigned: Set<TopicPartition> = []
  /// The member that owned each partition and must give it up.
  private var given: [TopicPartition: Int] = [:]
  private var moving: Set<TopicPartition> = []
  private var belowMinimum: [Int] = []
  private var atMinimum: [Int] = []

  init(_ problem: StickyProblem) {
    self.problem = problem
    let count = problem.topics.reduce(0) { $0 + $1.partitionCount }, members = problem.members.count
    minimum = count / members
    maximum = (count + members - 1) / members
    expectedAbove = count % members
    assignment = Array(repeating: [], count: members)
  }

  mutating func make() -> (assignment: [[TopicPartition]], moving: Set<TopicPartition>) {
    for member in problem.members.indices { keepOwned(by: member) }
    belowMinimum.sort()
    atMinimum.sort()
    var rest = problem.racks.sorted(problem.topics.flatMap(\.partitions).filter { !assigned.contains($0) })
    if !problem.racks.isEmpty { rest = dealNearby(rest) }
    deal(rest)
    return (assignment, moving)
  }

  private mutating func keepOwned(by member: Int) {
    var owned: [TopicPartition] = []
    for partition in problem.owned[member] {
      if problem.racks.mismatch(member, partition) { given[partition] = member } else { owned.append(partition) }
    }
    owned.sort { ($0.partition, $0.topic) < ($1.partition, $1.topic) }
    owned.removeAll { problem.contested.contains($0) }
    let kept: Int
    if owned.count < minimum {
      kept = owned.count
      belowMinimum.append(member)
    } else if owned.count >= maximum, above < expectedAbove {
      kept = maximum
      above += 1
      if above == expectedAbove { atMinimum = [] }
    } else {
      kept = minimum
      if above < expectedAbove { atMinimum.append(member) }
    }
    assignment[member] = Array(owned[..<kept])
    assigned.formUnion(owned[..<kept])
    for partition in owned[kept...] { given[partition] = member }
  }

  /// Deals partitions to members in their racks. Returns the rest.
  private mutating func dealNearby(_ partitions: [TopicPartition]) -> [TopicPartition] {
    var rest: [TopicPartition] = []
    var turn = 0
    for partition in partitions {
      if let place = problem.racks.place(in: belowMinimum, from: turn, near: partition) {
        let member = belowMinimum[place]
        turn = place
        let count = assignment[member].count + 1
        if count >= minimum {
          belowMinimum.remove(at: place)
          if count < maximum, above < expectedAbove { atMinimum.append(member) }
        } else {
          turn += 1
        }
        turn = belowMinimum.isEmpty ? 0 : turn % belowMinimum.count
        give(partition, to: member)
      } else if let place = problem.racks.place(in: atMinimum, from: 0, near: partition) {
        let member = atMinimum[place]
        if assignment[member].count + 1 == maximum {
          atMinimum.remove(at: place)
          above += 1
          if above == expectedAbove { atMinimum = [] }
        }
        give(partition, to: member)
      } else {
        rest.append(partition)
      }
    }
    return rest
  }

  /// Deals the rest in rotation, to members below the minimum first.
  private mutating func deal(_ partitions: [TopicPartition]) {
    var turn = 0
    for partition in partitions {
      guard !belowMinimum.isEmpty else {
        guard !atMinimum.isEmpty else { return }
        give(partition, to: atMinimum.removeFirst())
        continue
      }
      if turn >= belowMinimum.count { turn = 0 }
      let member = belowMinimum[turn]
      give(partition, to: member)
      if assignment[member].count == minimum {
        belowMinimum.remove(at: turn)
        atMinimum.append(member)
      } else {
        turn += 1
      }
    }
  }

  private mutating func give(_ partition: TopicPartition, to member: Int) {
    assignment[member].append(partition)
    if let former = given[partition], former != member { moving.insert(partition) }
    if problem.contested.contains(partition) { moving.insert(partition) }
  }
}
