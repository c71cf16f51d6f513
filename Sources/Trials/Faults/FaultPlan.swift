import Primitives
import Scenarios

/// One entry of the schedule: when, how often, and what.
struct FaultPlan {
  /// The name that others wait for, or the word of its deed.
  var name: String
  /// Names the random streams of what it applies; nil for its number in the schedule, from 0, and its name.
  var key: String?
  var start: Moment
  /// When it is taken back by itself, for what lasts, and repeats itself no more: a time since the start of the scenario.
  var end: Duration?
  /// How long it lasts, each time; nil up to its end.
  var length: Duration?
  /// Repeats: the time between two, and how many in all.
  var every: Duration?
  var times: Int?
  var action: Action
  var place: Place

  enum Action {
    case deed(any Deed)
    /// Draws plans, each with a deed, as long as its window lasts.
    case chance(Chance)
  }

  /// As an entry of a file says it.
  ///
  /// - Precondition: it does something, and chance has no part in it.
  func written(named name: String?) -> Value {
    var entries: [Value.Entry] = []
    switch start {
    case .time(let time): entries.append(Value.Entry(end == nil ? "at" : "from", .time(time)))
    case .instant(let instant, let plus): entries.append(Value.Entry("after", .word(plus == .zero ? "\(instant)" : "\(instant) + \(plus.exactText)")))
    }
    if let end { entries.append(Value.Entry("to", .time(end))) }
    if let length { entries.append(Value.Entry("for", .time(length))) }
    if let every { entries.append(Value.Entry("every", .time(every))) }
    if let times { entries.append(Value.Entry("times", .count(times))) }
    if let name { entries.append(Value.Entry("name", .word(name))) }
    if let key { entries.append(Value.Entry("key", .word(key))) }
    return .map(entries + (deed?.written ?? []))
  }

  /// When what it begins at an instant is taken back by itself.
  func end(begunAt instant: Instant, origin: Instant) -> Instant? {
    let ends = [end.map { origin + $0 }, length.map { instant + $0 }]
    return ends.compactMap { $0 }.min()
  }

  /// Whether what it does is taken back by itself.
  var isTakenBack: Bool { end != nil || length != nil }

  /// Up to when it repeats itself.
  ///
  /// - Parameters:
  ///   - origin: zero of the scenario's clock.
  ///   - end: that of the scenario.
  func stop(from origin: Instant, atLatest end: Instant) -> Instant { self.end.map { min(end, origin + $0) } ?? end }

  /// What an entry drew, as one of its own.
  func drawn(_ deed: any Deed, named name: String, at start: Duration, lasting length: Duration?) -> FaultPlan {
    FaultPlan(name: name, start: .time(start), end: length.map { start + $0 }, action: .deed(deed), place: place)
  }

  /// What it does; nil of an entry that draws.
  var deed: (any Deed)? {
    switch action {
    case .deed(let deed): deed
    case .chance: nil
    }
  }
}
