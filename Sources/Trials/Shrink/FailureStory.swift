import Measurement
import Primitives
import Results

/// What happened in a failing trial, in a few words: its faults, elections and truncations, and the first finding.
struct FailureStory {
  private static let most = 8

  /// Empty for a story in which nothing of that kind happened.
  let text: String

  init(_ story: [StoryLine]) {
    var said: [(line: StoryLine, words: String, times: Int)] = []
    for line in story where line.time >= .zero {
      if line.who == "trial", line.what.hasPrefix("the scenario is over") { break }
      guard let words = Self.words(line) else { continue }
      // What repeats is told once.
      if let index = said.firstIndex(where: { $0.words == words }) { said[index].times += 1 } else { said.append((line, words, 1)) }
    }
    let shown = said.prefix(said.count > Self.most ? Self.most - 1 : Self.most)
    var lines = shown.map { "\(fixed(Double($0.line.time.nanoseconds) / 1e9, places: 3)) s: \($0.words)\($0.times > 1 ? " (\($0.times) times in all)" : "")" }
    if shown.count < said.count { lines.append("and \(said.count - shown.count) more") }
    text = lines.joined(separator: "; ") + (lines.isEmpty ? "" : ".")
  }

  private static func words(_ line: StoryLine) -> String? {
    switch line.weight {
    case .fault: return line.who == "fate" ? line.what : "\(line.who) \(line.what)"
    case .finding: return "\(line.who) \(line.what)"
    case .event:
      let isElection = line.what.hasPrefix("elected broker ") && !line.what.contains(" for epoch 0,")
      let isLoss = ["truncated ", "truncates ", "leads ", "gives up leading "].contains { line.what.hasPrefix($0) } || line.what.contains(" has no leader any more")
      return isElection || isLoss ? "\(line.who) \(line.what)" : nil
    case .detail: return nil
    }
  }
}
