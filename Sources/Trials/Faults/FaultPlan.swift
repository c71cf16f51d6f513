import Primitives

/// One entry of the schedule: when, how often, and what.
struct FaultPlan {
  /// The name that others wait for, or the word of its deed.
  var name: String
  var start: Moment
  /// When it is taken back by itself, for what lasts: a time since the start of the scenario.
  var end: Duration?
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

  /// What it does; nil of an entry that draws.
  var deed: (any Deed)? {
    switch action {
    case .deed(let deed): deed
    case .chance: nil
    }
  }
}
