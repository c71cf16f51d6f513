import Measurement
import Results

/// All differences between two runs of one row in what was requested, and on which machine.
struct RunDifferences {
  /// `duration: 2 s -> 3 s`
  private(set) var notes: [String] = []

  init(_ baseline: ResultRow, _ candidate: ResultRow) {
    compare("variant", baseline.variant, candidate.variant)
    compare(baseline.otherSeeds.isEmpty ? "seed" : "seeds", baseline.seedsText, candidate.seedsText)
    compare("machine", baseline.machine, candidate.machine)
    compare("build", baseline.build, candidate.build)
    if let old = baseline.metrics, let new = candidate.metrics {
      compare("duration", "\(figureText(old.window.toSeconds)) s", "\(figureText(new.window.toSeconds)) s")
      compare("warm-up", "\(figureText(old.window.fromSeconds)) s", "\(figureText(new.window.fromSeconds)) s")
      compare("series window", "\(figureText(old.series.windowSeconds)) s", "\(figureText(new.series.windowSeconds)) s")
      compare("rate", Self.rate(old), Self.rate(new))
    } else {
      // Only a trial's command says what it ran.
      compare("command", Self.withoutSeed(baseline.replay), Self.withoutSeed(candidate.replay))
    }
    if let old = baseline.inputs, let new = candidate.inputs { compareInputs(old, new) }
  }

  private mutating func compare(_ what: String, _ old: String?, _ new: String?) {
    if old != new { notes.append("\(what): \(old ?? "none") -> \(new ?? "none")") }
  }

  private mutating func compareInputs(_ old: BenchInputs, _ new: BenchInputs) {
    var roles: [String] = []
    for file in old.files + new.files where !roles.contains(file.role) { roles.append(file.role) }
    for role in roles {
      let sums = [old, new].map { inputs in inputs.files.first { $0.role == role }.map { "crc32c \($0.crc32c)" } }
      compare("\(role) file", sums[0], sums[1])
    }
    compare("--set", Self.words(old.overrides), Self.words(new.overrides))
    compare("search", Self.words(old.objectives), Self.words(new.objectives))
  }

  private static func words(_ list: [String]) -> String? { list.isEmpty ? nil : list.joined(separator: ", ") }

  private static func rate(_ metrics: Metrics) -> String {
    metrics.throughput.offered.map { "\(rateText($0.recordsPerSecond)) records/s" } ?? "as fast as possible"
  }

  /// Without the seed, which has a note of its own.
  private static func withoutSeed(_ command: String) -> String {
    var words = command.split(separator: " ")
    if let place = words.firstIndex(of: "--seed") { words.removeSubrange(place..<min(place + 2, words.count)) }
    return words.joined(separator: " ")
  }
}
