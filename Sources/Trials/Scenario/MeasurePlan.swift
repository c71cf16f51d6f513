import Primitives

/// What of a run a benchmark measures: the rest of its duration behind the warm-up, in windows for the series over time.
public struct MeasurePlan: Sendable, Equatable {
  public var warmup: Duration
  public var window: Duration
  /// What `bench --search-objectives` searches the highest rate for.
  var objectives: [Objective] = []

  public init(warmup: Duration, window: Duration) {
    self.warmup = warmup
    self.window = window
  }

  /// A tenth of the duration is warm-up, at most five seconds.
  public init(duration: Duration) { self.init(warmup: Self.defaultWarmup(of: duration), window: min(.seconds(1), duration)) }

  static func defaultWarmup(of duration: Duration) -> Duration { min(duration / 10, .seconds(5)) }

  /// - Parameter duration: of the scenario; nil where the file does not say it rightly.
  init(_ value: Value, duration: Duration?) throws {
    let duration = duration ?? Bounds.scenario
    var map = try MapReader(value)
    let warmup = try map.optional("warmup") { value in
      let warmup = try value.duration()
      guard warmup < duration else {
        throw value.error("nothing is left to measure", remedy: "The warm-up must be shorter than the scenario's duration.")
      }
      return warmup
    }
    let window = try map.optional("window") { value in
      let window = try value.duration()
      guard window >= .milliseconds(1), window <= duration else {
        throw value.error("a window of this length is not possible", remedy: "Write a time from 1ms to the scenario's duration, such as 1s.")
      }
      guard duration.nanoseconds / window.nanoseconds <= Bounds.windows else {
        throw value.error("these are too many windows", remedy: "A series may have \(Bounds.windows): write a longer window.")
      }
      return window
    }
    let objectives = try map.optional("objective") { try $0.oneOrMore { try Objective($0.string(), at: $0.place) } }
    self.init(duration: duration)
    self.objectives = objectives ?? []
    self.warmup = warmup ?? self.warmup
    self.window = window ?? self.window
    try map.finish()
  }
}
