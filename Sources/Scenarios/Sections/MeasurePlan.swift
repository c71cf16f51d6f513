import Primitives

/// What a benchmark measures of a run: everything after the warm-up, in windows for the series over time.
public struct MeasurePlan: Sendable, Equatable {
  public var warmup: Duration
  public var window: Duration
  /// Whether the file sets the warm-up.
  package private(set) var hasOwnWarmup = false
  /// The objectives that `bench --search-objectives` finds the highest rate for.
  package var objectives: [Objective] = []

  public init(warmup: Duration, window: Duration) {
    self.warmup = warmup
    self.window = window
  }

  /// The warm-up is a tenth of the duration, at most five seconds. The series has windows of a second, or longer ones if there would be too many.
  public init(duration: Duration) {
    self.init(warmup: Self.defaultWarmup(of: duration), window: min(max(.seconds(1), Self.leastWindow(in: duration)), duration))
  }

  /// The shortest window with which the series stays within its limit.
  static func leastWindow(in duration: Duration) -> Duration { min(duration, max(.milliseconds(1), duration / Bounds.windows)) }

  static func defaultWarmup(of duration: Duration) -> Duration { min(duration / 10, .seconds(5)) }

  /// - Parameter duration: the duration of the scenario; nil if the file is wrong about it.
  package init(_ value: Value, duration: Duration?) throws {
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
      let least = Self.leastWindow(in: duration)
      guard window >= least, window <= duration else {
        throw value.error("a window of this length is not possible", remedy: "Write a time from \(least) to the scenario's duration, \(duration).")
      }
      return window
    }
    let objectives = try map.optional("objective") { try $0.oneOrMore { try Objective($0.string(), at: $0.place) } }
    self.init(duration: duration)
    self.objectives = objectives ?? []
    self.warmup = warmup ?? self.warmup
    hasOwnWarmup = warmup != nil
    self.window = window ?? self.window
    try map.finish()
  }
}
