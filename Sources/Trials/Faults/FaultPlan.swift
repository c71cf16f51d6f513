import Primitives
import Scenarios

/// One entry of the schedule: when, how often, and what.
struct FaultPlan {
  /// The name that other entries refer to, or the word of its deed.
  var name: String
  /// The key of its random streams; nil for its number in the schedule, from 0, and its name.
  var key: String?
  var start: Moment
  /// When a lasting effect is undone and repetitions end: a time since the start of the scenario.
  var end: Duration?
  /// How long it lasts each time; nil for up to its end.
  var length: Duration?
  /// Repetition: the interval, and the total number.
  var every: Duration?
  var times: Int?
  var action: Action
  var place: Place

  enum Action {
    case deed(any Deed)
    /// Draws plans, each with a deed, as long as its window is open.
    case chance(Chance)
  }

  /// The entry as YAML.
  ///
  /// - Precondition: it has a deed, and no random choices.
  func written(named name: String?) -> Value {
    var entries: [Value.Entry] = []
    switch start {
    case .time: entries.append(Value.Entry(end == nil ? "at" : "from", .word(start.exactText)))
    case .instant: entries.append(Value.Entry("after", .word(start.exactText)))
    }
    if let end { entries.append(Value.Entry("to", .time(end))) }
    if let length { entries.append(Value.Entry("for", .time(length))) }
    if let every { entries.append(Value.Entry("every", .time(every))) }
    if let times { entries.append(Value.Entry("times", .count(times))) }
    if let name { entries.append(Value.Entry("name", .word(name))) }
    if let key { entries.append(Value.Entry("key", .word(key))) }
    return .map(entries + (deed?.written ?? []))
  }

  /// When an effect that begins at an instant is automatically undone.
  func end(begunAt instant: Instant, origin: Instant) -> Instant? {
    let ends = [end.map { origin + $0 }, length.map { instant + $0 }]
    return ends.compactMap { $0 }.min()
  }

  /// Whether its effect is automatically undone.
  var isTakenBack: Bool { end != nil || length != nil }

  /// Until when it repeats.
  ///
  /// - Parameters:
  ///   - origin: the origin of the scenario's clock.
  ///   - end: the end of the scenario.
  func stop(from origin: Instant, atLatest end: Instant) -> Instant { self.end.map { min(end, origin + $0) } ?? end }

  /// The plan of a drawn deed.
  func drawn(_ deed: any Deed, named name: String, at start: Duration, lasting length: Duration?) -> FaultPlan {
    FaultPlan(name: name, start: .time(start), end: length.map { start + $0 }, action: .deed(deed), place: place)
  }

  /// Its deed; nil for an entry that draws.
  var deed: (any Deed)? {
    switch action {
    case .deed(let deed): deed
    case .chance: nil
    }
  }
}
