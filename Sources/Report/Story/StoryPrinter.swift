import Measurement
import Rainbow
import Results

/// A story as lines of text: time, subject, event.
///
///     2.100  fate          broker-1 isolated
///    11.342  controller-1  fenced broker 1: no heartbeat for a whole session
public struct StoryPrinter {
  /// Whether to include the details.
  public var tellsDetails: Bool

  public init(tellsDetails: Bool) { self.tellsDetails = tellsDetails }

  public func text(_ story: [StoryLine]) -> String {
    let digest = tellsDetails ? StoryDigest(story, isShort: false) : StoryDigest(story.filter { $0.weight > .detail })
    let width = digest.lines.map(\.who.count).max() ?? 0
    let hidden = "           \(counted(digest.hidden, "line")) that only name another partition are left out; --story tells them"
    return (digest.lines.map { line($0, width: width) } + (digest.hidden == 0 ? [] : [hidden.dim])).joined(separator: "\n")
  }

  private func line(_ line: StoryLine, width: Int) -> String {
    let time = fixed(line.time.seconds, places: 3)
    let who = line.who + String(repeating: " ", count: width - line.who.count)
    let text = "\(String(repeating: " ", count: max(0, 9 - time.count)))\(time)  \(who)  \(line.what)"
    switch line.weight {
    case .finding: return text.red.bold
    case .fault: return text.yellow
    case .event: return text
    case .detail: return text.dim
    }
  }
}
