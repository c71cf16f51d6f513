import Coordination
import Host
import OrderedCollections
import Primitives
import Wire

/// The groups of one partition of `__consumer_offsets`, and the offsets that they committed (Kafka's `GroupCoordinatorShard`).
public struct GroupShard: CoordinatorShard {
  public typealias Answer = GroupAnswer

  /// The partition of `__consumer_offsets`.
  let number: Int32
  public let settings: GroupSettings
  let cluster: any ClusterOfGroups
  /// In the order of their creation.
  public internal(set) var groups: OrderedDictionary<String, Group> = [:]
  var offsets = OffsetTable()
  /// Offsets of transactions that have not ended, by producer (KIP-98).
  var transactionalOffsets: OrderedDictionary<Int64, OffsetTable> = [:]
  /// The number of commits replayed.
  var commitCount: UInt64 = 0
  /// When to look for expired offsets next.
  var nextRetentionCheck = Instant.distantFuture
  public internal(set) var earliestDeadline = Instant.distantFuture
  /// Answers to held requests.
  var answers: [GroupAnswer] = []
  private var occurrences: [Occurrence] = []
  /// What observers know of KIP-848 groups; nil while this broker makes no decisions.
  var observed: ObservedGroups?
  /// What must be recorded first of groups that were loaded.
  private var unwritten: [(group: String, write: ClassicWrite)] = []

  public init(of number: Int32 = 0, settings: GroupSettings, cluster: any ClusterOfGroups = ClusterWithoutTopics()) {
    self.number = number
    self.settings = settings
    self.cluster = cluster
  }

  // MARK: The life of a shard

  public mutating func loaded(at time: CoordinatorTime) {
    for id in groups.keys {
      let write = changeClassic(id, at: time) { group, desk in group.loaded(&desk) }
      if let write, write != .nothing {
        mark(.rebalanceAfterLoad)
        unwritten.append((id, write))
      }
      let settings = consumerSettings(id)
      changeConsumer(id) { $0.startTimers(settings: settings, at: time.now) }
    }
    nextRetentionCheck = time.now + settings.retentionCheckInterval
    addDeadline(unwritten.isEmpty ? nextRetentionCheck : time.now)
    tellLoaded()
  }

  public mutating func unloaded() {
    for id in groups.keys { groups[id]?.classic?.unload(&answers) }
    earliestDeadline = .distantFuture
    tellUnloaded()
  }

  public mutating func takeOccurrences() -> [Occurrence] {
    tellChangedConsumers()
    guard !occurrences.isEmpty else { return [] }
    defer { occurrences = [] }
    return occurrences
  }

  mutating func tell(_ news: [Occurrence]) { occurrences += news }

  public mutating func takeAnswers() -> [GroupAnswer] {
    guard !answers.isEmpty else { return [] }
    defer { answers = [] }
    return answers
  }

  mutating func addDeadline(_ deadline: Instant) {
    if deadline < earliestDeadline { earliestDeadline = deadline }
  }

  public mutating func nextTimedDecision(at time: CoordinatorTime) -> CoordinatorDecision<GroupShard, Void>? {
    guard earliestDeadline <= time.now else { return nil }
    if !unwritten.isEmpty {
      let next = unwritten.removeFirst()
      return decision(on: next.group, next.write, (), at: time)
    }
    if nextRetentionCheck <= time.now {
      nextRetentionCheck = time.now + settings.retentionCheckInterval
      return CoordinatorDecision(expiredOffsets(at: time), ())
    }
    for id in groups.keys where (groups[id]?.earliestDeadline ?? .distantFuture) <= time.now {
      if let decision = expireConsumer(id, at: time) { return decision }
      guard let change = changeClassic(id, at: time, { group, desk in group.expireNext(&desk) }), let write = change else { continue }
      return decision(on: id, write, (), at: time)
    }
    earliestDeadline = groups.values.reduce(nextRetentionCheck) { min($0, $1.earliestDeadline) }
    return nil
  }

  // MARK: Changing groups

  /// Changes a classic group and takes over its answers. Nil if there is none with this id.
  mutating func changeClassic<Result>(
    _ id: String, at time: CoordinatorTime, _ change: (inout ClassicGroup, inout GroupDesk) -> Result
  ) -> Result? {
    guard let place = groups.index(forKey: id) else { return nil }
    guard var group = groups.values[place].classic else { return nil }
    var desk = GroupDesk(settings: settings, time: time)
    // There must be no other reference to the group while it is changed, or all of it would be copied.
    groups.values[place] = .classic(.vacant)
    let former = (group.state, group.generation, group.members.count)
    let result = change(&group, &desk)
    group.requireStep(from: former)
    addDeadline(group.earliestDeadline)
    if former != (group.state, group.generation, group.members.count) { desk.occurrences.append(.groupChanged(group.standing)) }
    groups.values[place] = .classic(group)
    answers.append(contentsOf: desk.answers)
    occurrences += desk.occurrences
    return result
  }

  /// The decision that records a change of a classic group, and what follows once it is recorded. A group that cannot be encoded fails like one that
  /// the log refuses.
  mutating func decision<Response>(
    on id: String, _ write: ClassicWrite, _ response: Response, at time: CoordinatorTime
  ) -> CoordinatorDecision<GroupShard, Response> {
    guard write != .nothing, let group = groups[id]?.classic else { return CoordinatorDecision([], response) }
    do {
      let record = try group.record(assignments: write.assignments ?? group.assignments)
      // An empty group has no follow-up.
      guard write != .emptyGroup else { return CoordinatorDecision([record], response, isReplayed: false) }
      return CoordinatorDecision([record], response, isReplayed: false) { shard, error, time in shard.settle(id, write, error, at: time) }
    } catch {
      settle(id, write, .unknownServerError, at: time)
      return CoordinatorDecision([], response)
    }
  }

  private mutating func settle(_ id: String, _ write: ClassicWrite, _ error: ErrorCode?, at time: CoordinatorTime) {
    _ = changeClassic(id, at: time) { group, desk in group.settle(write, error, &desk) }
  }
}
