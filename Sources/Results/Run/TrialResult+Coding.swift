import Measurement
import Primitives
import Workloads

extension TrialResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, scenario, about, variant, seed, build, traceHash, events, simulated, verdicts, delivery, availability, faults, bands, seen, expectations, outcome,
      story, replay
  }

  /// The stored form. Details of the story are not part of it: `replay --story` tells them.
  public func encode(to encoder: any Encoder) throws {
    var result = encoder.container(keyedBy: CodingKeys.self)
    try result.encode(StoredFormat.current, forKey: .format)
    try result.encode(scenario, forKey: .scenario)
    try result.encode(about, forKey: .about)
    try result.encode(variant, forKey: .variant)
    try result.encode(seed, forKey: .seed)
    try result.encode(build, forKey: .build)
    try result.encode(hexadecimal(traceHash), forKey: .traceHash)
    try result.encode(events, forKey: .events)
    try result.encode(SimulatedTime(seconds: simulated.seconds), forKey: .simulated)
    try result.encode(verdicts, forKey: .verdicts)
    try result.encode(delivery, forKey: .delivery)
    try result.encode(availability, forKey: .availability)
    try result.encode(faults, forKey: .faults)
    try result.encode(bands, forKey: .bands)
    try result.encode(counts: sightings.map { ($0.sighting.rawValue, $0.count) }, forKey: .seen)
    try result.encode(expectations, forKey: .expectations)
    try result.encode(exitCode, forKey: .outcome)
    try result.encode(story.filter { $0.weight > .detail }, forKey: .story)
    try result.encode(replay, forKey: .replay)
  }

  /// Throws where the outcome is another one than expectations and faults come to.
  public init(from decoder: any Decoder) throws {
    let result = try decoder.container(keyedBy: CodingKeys.self)
    scenario = try result.decode(String.self, forKey: .scenario)
    about = try result.decode(String.self, forKey: .about)
    variant = try result.decode(String?.self, forKey: .variant)
    seed = try result.decode(UInt64.self, forKey: .seed)
    build = try result.decode(String.self, forKey: .build)
    let digits = try result.decode(String.self, forKey: .traceHash)
    guard digits.utf8.count == 16, let hash = UInt64(digits, radix: 16) else {
      throw DecodingError.dataCorruptedError(forKey: .traceHash, in: result, debugDescription: "a trace hash is 16 hexadecimal digits")
    }
    traceHash = hash
    events = try result.decode(UInt64.self, forKey: .events)
    simulated = Duration(storedSeconds: try result.decode(SimulatedTime.self, forKey: .simulated).seconds)
    verdicts = try result.decode([Verdict].self, forKey: .verdicts)
    delivery = try result.decode(Delivery.self, forKey: .delivery)
    availability = try result.decode(Availability?.self, forKey: .availability)
    faults = try result.decode([FaultCount].self, forKey: .faults)
    bands = try result.decode([FaultBand].self, forKey: .bands)
    sightings = try result.decodeSightings(forKey: .seen)
    expectations = try result.decode([ExpectationResult].self, forKey: .expectations)
    story = try result.decode([StoryLine].self, forKey: .story)
    replay = try result.decode(String.self, forKey: .replay)
    let outcome = try result.decode(ExitCode.self, forKey: .outcome)
    guard outcome == exitCode else {
      throw DecodingError.dataCorruptedError(
        forKey: .outcome, in: result, debugDescription: "'\(outcome.word)', where expectations and faults are '\(exitCode.word)'")
    }
  }

  public var json: JSON { JSON(encoding: self) }

  /// With what the run cost this machine, which is printed and never stored.
  public func json(host: HostFacts) -> JSON { json.with(host) }
}

extension KeyedDecodingContainer {
  /// What was seen, in the order of the language. Throws where a name is not of it.
  func decodeSightings(forKey key: Key) throws -> [SightingCount] {
    let counts = try decodeCounts(forKey: key)
    if let name = counts.first(where: { Sighting(rawValue: $0.name) == nil })?.name {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "nothing is seen by the name of '\(name)'")
    }
    return Sighting.allCases.compactMap { sighting in counts.first { $0.name == sighting.rawValue }.map { SightingCount(sighting, count: $0.count) } }
  }
}
