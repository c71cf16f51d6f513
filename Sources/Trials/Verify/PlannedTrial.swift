import Primitives
import Results

/// One trial of a sweep, as it is sent to a worker process.
public struct PlannedTrial: Sendable {
  public var file: String
  public var seed: UInt64
  public var reseeding: Reseeding?

  public init(file: String, seed: UInt64, reseeding: Reseeding? = nil) {
    self.file = file
    self.seed = seed
    self.reseeding = reseeding
  }

  /// Parses `seed file` or `seed,nanoseconds,number file`, the format of `line`.
  public init?(line: String) {
    guard let space = line.firstIndex(of: " ") else { return nil }
    let numbers = line[..<space].split(separator: ",").map { UInt64($0) }
    guard numbers.count == 1 || numbers.count == 3, let seed = numbers[0] else { return nil }
    self.init(file: String(line[line.index(after: space)...]), seed: seed)
    guard numbers.count == 3 else { return }
    guard let instant = numbers[1].flatMap(Int64.init(exactly:)), let number = numbers[2] else { return nil }
    reseeding = Reseeding(at: .nanoseconds(instant), number: number)
  }

  var line: String { "\(seed)\(reseeding.map { ",\($0.instant.nanoseconds),\($0.number)" } ?? "") \(file)" }
}

/// A worker's report of one trial, as one line.
public struct SweptTrial: Codable, Sendable {
  /// The result without its story, which a summary does not need.
  var result: RunResult
  var cpuSeconds: Double

  public init(_ result: RunResult, cpuSeconds: Double) {
    self.result = result
    (self.result.about, self.result.story, self.result.bands) = ("", [], [])
    self.cpuSeconds = cpuSeconds
  }
}
