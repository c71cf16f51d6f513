import Primitives
import Workloads

extension LoadShape {
  /// The load of a produce entry: at most one of `rate`, `outstanding` or `load`.
  package init(_ map: inout MapReader) throws {
    let choices = [
      try map.optional("rate") { value in
        guard value.scalar?.first?.isLetter != true else {
          throw value.error("\(value.kind) is not a rate", remedy: "Write a number per unit of time, such as 100/s; load: saturating sends as fast as it can.")
        }
        return LoadShape.constant(try value.rate())
      },
      try map.optional("outstanding") { LoadShape.closed(outstanding: Int(try $0.integer(in: 1...100_000))) },
      try map.optional("load", LoadShape.init),
    ].compactMap { $0 }
    guard choices.count <= 1 else {
      throw map.value.error(
        "rate, outstanding and load exclude each other",
        remedy: "Keep rate for a constant load, outstanding for a closed loop, or load for any other.")
    }
    self = choices.first ?? .constant(.perSecond(100))
  }

  private enum Word: String, CaseIterable { case saturating }

  package init(_ value: Value) throws {
    guard value.scalar == nil else {
      switch try value.word(Word.self) {
      case .saturating: self = .saturating
      }
      return
    }
    var map = try MapReader(value)
    let shapes = [
      try map.optional("poisson") { LoadShape.poisson(try $0.rate()) },
      try map.optional("steps", LoadShape.steps(from:)),
      try map.optional("ramp", LoadShape.ramp(from:)),
      try map.optional("burst", LoadShape.burst(from:)),
      try map.optional("diurnal", LoadShape.diurnal(from:)),
    ].compactMap { $0 }
    try map.finish()
    guard shapes.count == 1 else {
      throw value.error(
        "expected one shape",
        remedy: "Write saturating, or one of { poisson: 50k/s }, { steps: [...] }, { ramp: ... }, { burst: ... }, { diurnal: ... }.")
    }
    self = shapes[0]
  }

  private static func steps(from value: Value) throws -> LoadShape {
    let entries = try value.list { $0 }
    guard !entries.isEmpty else { throw value.error("there are no steps", remedy: "Write steps: [{ rate: 10k/s, for: 5s }, { rate: 20k/s }].") }
    var total = Duration.zero
    let steps = try value.list { entry in
      var map = try MapReader(entry)
      let rate = try map.needed("rate") { try $0.rate(allowsZero: true) }
      let duration = try map.optional("for") { try $0.positiveDuration() }
      try map.finish()
      total = min(total, Bounds.duration) + (duration ?? .zero)
      return RateStep(rate!, for: duration)
    }
    if let endless = zip(steps, entries).dropLast().first(where: { $0.0.duration == nil }) {
      throw endless.1.error("a step that does not end must be the last one", remedy: "Add for: 5s here.")
    }
    guard total <= Bounds.duration else { throw value.error("the steps take too long together", remedy: "Write at most \(Bounds.duration.words) in all.") }
    return .steps(steps)
  }

  private static func ramp(from value: Value) throws -> LoadShape {
    var map = try MapReader(value)
    let shape = LoadShape.ramp(
      from: try map.required("from") { try $0.rate(allowsZero: true) }, to: try map.required("to") { try $0.rate(allowsZero: true) },
      over: try map.required("over") { try $0.positiveDuration() })
    try map.finish()
    return shape
  }

  private static func burst(from value: Value) throws -> LoadShape {
    var map = try MapReader(value)
    let base = try map.required("base") { try $0.rate(allowsZero: true) }
    let peak = try map.required("peak") { try $0.rate(allowsZero: true) }
    let every = try map.required("every") { try $0.positiveDuration() }
    let lasting = try map.required("for") { value in
      let lasting = try value.positiveDuration()
      guard lasting < every else { throw value.error("a peak must be shorter than its period", remedy: "Write a time below that of every.") }
      return lasting
    }
    try map.finish()
    return .burst(base: base, peak: peak, every: every, lasting: lasting)
  }

  private static func diurnal(from value: Value) throws -> LoadShape {
    var map = try MapReader(value)
    let shape = LoadShape.diurnal(
      mean: try map.required("mean") { try $0.rate() }, amplitude: try map.required("amplitude") { try $0.decimal(in: 0...1) },
      period: try map.required("period") { try $0.positiveDuration() })
    try map.finish()
    return shape
  }
}

extension Value {
  /// A duration above zero.
  fileprivate func positiveDuration() throws -> Duration {
    let duration = try duration()
    guard duration >= .microseconds(1) else { throw error("\(kind) is too short", remedy: "Write at least 1us, such as 500ms.") }
    return duration
  }
}
