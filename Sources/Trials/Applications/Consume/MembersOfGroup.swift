import Client
import Groups
import Primitives
import Scenarios
import Workloads

/// What an entry says about a consumer group that assigns partitions dynamically.
struct MembersOfGroup {
  let group: String
  let count: Int
  let commits: MemberApplication.Commits
  let timePerRecord: Duration
  /// The number of workers that process what a member receives, while it keeps polling; 0 if the member does so itself.
  let workers: Int
  /// Whether a member that comes back under its name is the same member (`group.instance.id`).
  let areStatic: Bool
  /// For a classic group one of the client's, for a KIP-848 group one of the brokers'; nil to use the settings.
  let assignor: String?

  /// Reads the keys of an entry with `group`; nil for an entry without it.
  init?(_ map: inout MapReader, of groupProtocol: GroupProtocol, _ reader: ApplicationReader) throws {
    guard map.has("group") else { return nil }
    group = try map.optional("group", reader.group) ?? ""
    count = Int(try map.optional("members") { try $0.integer(in: 1...Int64(ArrivalSchedule.clientLimit)) } ?? 1)
    commits = try map.optional("commit", Self.commits) ?? .automatic
    (timePerRecord, workers) = try map.optional("process", Self.processing) ?? (.zero, 0)
    if commits == .before, workers > 0 {
      let value = map.value
      try map.check { throw value.error("workers and commit: before exclude each other", remedy: "Leave workers out, or commit in another way.") }
    }
    areStatic = try map.optional("static") { try $0.bool() } ?? false
    assignor = try map.optional("assignor") { try reader.assignor($0, of: groupProtocol) }
  }

  private static func commits(_ value: Value) throws -> MemberApplication.Commits {
    if case .map = value.content {
      var map = try MapReader(value)
      let count = try map.required("every", or: 1) { Int(try $0.integer(in: 1...1_000_000)) }
      try map.finish()
      return .every(count)
    }
    switch try value.string() {
    case "auto": return .automatic
    case "sync": return .waiting
    case "async": return .passing
    case "before": return .before
    case let word: throw value.error("'\(word.quotable)' is not a way to commit", remedy: "Write auto, sync, async, before, or { every: 100 }.")
    }
  }

  private static func processing(_ value: Value) throws -> (timePerRecord: Duration, workers: Int) {
    var map = try MapReader(value)
    let time = try map.required("per-record", or: .zero) { try $0.duration() }
    let workers = Int(try map.optional("workers") { try $0.integer(in: 1...10_000) } ?? 0)
    if workers > 0, time == .zero {
      try map.check { throw value.error("workers have nothing to do", remedy: "Write per-record: 2ms, or leave workers out.") }
    }
    try map.finish()
    return (time, workers)
  }

  /// What the group is judged on.
  func plan(_ common: ConsumerConfiguration) -> MembershipPlan {
    var promises: Set<Guarantee> = [.oneOwner, .allOwned, .committedOffsets, .groupSettles]
    if commits == .before { promises.insert(.atMostOnce) } else if workers == 0 { promises.insert(.atLeastOnce) }
    // The group waits for members that vanished, perhaps under two coordinators in turn, and for members that process until they poll again.
    let bound = common.sessionTimeout * 2 + timePerRecord * Int64(workers == 0 ? common.maxPollRecords : 0) + .seconds(30)
    return MembershipPlan(group: group, groupProtocol: common.groupProtocol, promises: promises, settleBound: bound)
  }

  /// The settings of a member, derived from those of the entry.
  func configuration(of name: String, _ common: ConsumerConfiguration) -> ConsumerConfiguration {
    var configuration = common.member(named: name, of: group, isStatic: areStatic, assignor: assignor)
    configuration.commitsAutomatically = commits == .automatic
    return configuration
  }
}

extension ConsumerConfiguration {
  /// The settings of a member of a group, derived from those of an entry.
  func member(named name: String, of group: String, isStatic: Bool, assignor: String?) -> ConsumerConfiguration {
    var configuration = self
    configuration.groupID = group
    if isStatic { configuration.groupInstanceID = name }
    switch groupProtocol {
    case .classic: if let assignor = assignor.flatMap(KnownAssignors.assignor) { configuration.assignors = [assignor] }
    case .consumer: if let assignor { configuration.remoteAssignor = assignor }
    }
    return configuration
  }
}
