import Measurement
import Results

extension FailureOdds {
  /// One sentence: when the failure became likely.
  public var text: String {
    guard let rise else {
      guard let first = points.first, let last = points.last else { return "No future of the trial was run." }
      return "No instant decided it: \(guarantee) is violated in \(first.failures) of \(first.futures) futures from the beginning, and in \(last.failures) of \(last.futures) at the end."
    }
    let from = fixed(rise.from.instant.seconds, places: 3), to = fixed(rise.to.instant.seconds, places: 3)
    return "Of the futures that the trial had at \(from) s, \(rise.from.failures) of \(rise.from.futures) violate \(guarantee); at \(to) s it is \(rise.to.failures) of \(rise.to.futures)."
  }

  /// A line with a bar for each instant, and what the story tells of the time in which the failure became likely.
  public func table(of story: [StoryLine]) -> String {
    let bars = points.map { point in
      let instant = fixed(point.instant.seconds, places: 3), counts = "\(point.failures) of \(point.futures)"
      return String(repeating: " ", count: max(0, 10 - instant.count)) + instant + String(repeating: " ", count: max(1, 12 - counts.count)) + counts + "  "
        + String(repeating: "#", count: Int(saturating: (point.share * 30).rounded()))
    }
    let events = events(of: story)
    return (["   from s, failing futures"] + bars + ["", text]).joined(separator: "\n") + (events.isEmpty ? "" : "\n\n" + StoryPrinter(tellsDetails: false).text(events))
  }
}
