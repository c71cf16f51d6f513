import Primitives
import Results

/// Chooses trials of scenarios that draw, so that they come near marks that are sought: of several it takes the one whose scenario and drawn values were most often those of trials that passed the marks, or others
/// of the same modules.
///
/// Drawing a scenario costs next to nothing beside running it, so far more are drawn than run. Every fourth is the next one as it comes: values that were never run would otherwise stay so.
struct SeedSeeker {
  /// What was seen of a drawn value.
  private struct Experience {
    var trials = 0.0
    /// How near its trials came, added up.
    var nearness = 0.0

    mutating func add(_ nearness: Double) {
      trials += 1
      self.nearness += nearness
    }
  }

  private let sought: [Mark]
  private let modules: [Mark.Module]
  private var experiences: [String: Experience] = [:]
  private var all = Experience()
  /// The most marks of the modules that any trial passed.
  private var mostNeighbours = 1
  private var chosen = 0

  /// How many trials are drawn for one that is run.
  private static let candidates = 12
  private static let explored = 4

  init(_ sought: [Mark]) {
    self.sought = sought
    modules = sought.map(\.module)
  }

  /// The next trial to run; nil where there are no more.
  ///
  /// - Parameters:
  ///   - next: a trial that was not yet looked at, in their order.
  ///   - draw: the values that a scenario draws by its seed; nil where they do not fit together.
  mutating func trial(_ next: () -> PlannedTrial?, _ draw: (PlannedTrial) -> [DrawnChoice]?) -> PlannedTrial? {
    guard let first = next() else { return nil }
    chosen += 1
    guard chosen % Self.explored != 0, all.nearness > 0 else { return first }
    var best = (trial: first, promise: promise(first, draw))
    for _ in 1..<Self.candidates {
      guard let other = next() else { break }
      let promise = promise(other, draw)
      if promise > best.promise { best = (other, promise) }
    }
    return best.trial
  }

  /// How much more often than others trials of this scenario with these values came near.
  private func promise(_ trial: PlannedTrial, _ draw: (PlannedTrial) -> [DrawnChoice]?) -> Double {
    guard let choices = draw(trial) else { return -.infinity }
    let usual = (all.nearness + 1) / (all.trials + 2)
    return Self.keys(trial, choices).reduce(0) { sum, key in
      let known = experiences[key] ?? Experience()
      // As if each value had been seen once more, with the usual outcome.
      return sum + (known.nearness + usual) / (known.trials + 1) / usual - 1
    }
  }

  /// A trial has ended.
  mutating func learn(_ trial: PlannedTrial, _ choices: [DrawnChoice], _ marks: [MarkCount]) {
    let neighbours = marks.count { modules.contains($0.mark.module) }
    mostNeighbours = max(mostNeighbours, neighbours)
    let nearness = marks.contains { sought.contains($0.mark) } ? 1 : 0.25 * Double(neighbours) / Double(mostNeighbours)
    all.add(nearness)
    for key in Self.keys(trial, choices) { experiences[key, default: Experience()].add(nearness) }
  }

  /// The scenario counts as a drawn value too.
  private static func keys(_ trial: PlannedTrial, _ choices: [DrawnChoice]) -> [String] { [trial.file] + choices.map { "\(trial.file): \($0.path)=\($0.value)" } }
}
