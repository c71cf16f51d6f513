import Results
import Testing

@testable import Report

@Suite struct StoryDigestTests {
  private static func line(_ seconds: Int64, _ who: String, _ what: String, _ weight: StoryLine.Weight = .event) -> StoryLine {
    StoryLine(time: .seconds(seconds), who: who, what: what, weight: weight)
  }

  private static func texts(_ story: [StoryLine], isShort: Bool = true) -> [String] { StoryDigest(story, isShort: isShort).lines.map(\.what) }

  @Test func `What one teller says of many partitions at one instant is one line that names the next ones`() {
    let story =
      [Self.line(5, "controller-1", "fenced broker 3: no heartbeat for a whole session")]
      + (0..<6).flatMap { number in
        [
          Self.line(5, "controller-1", "elected broker \(number % 2 + 1) leader of t-\(number) for epoch 1, ISR [1, 2]"),
          Self.line(5, "controller-1", "ISR of t-\(number) [\(number % 3 + 1), 2, 3] -> [1, 2]"),
        ]
      } + [Self.line(6, "controller-1", "ISR of t-0 [1] -> [1, 2]")]
    #expect(
      Self.texts(story) == [
        "fenced broker 3: no heartbeat for a whole session", "elected broker 1 leader of t-0 for epoch 1, ISR [1, 2] (and the like of t-1, t-2, t-3 and 2 more)",
        "ISR of t-0 [1, 2, 3] -> [1, 2] (and the like of t-1, t-2, t-3 and 2 more)", "ISR of t-0 [1] -> [1, 2]",
      ])
    #expect(StoryDigest(story).hidden == 10)
    #expect(Self.texts(story, isShort: false) == story.map(\.what))
  }

  @Test func `Three of a kind, faults, findings and lines of several tellers stand as they are`() {
    let few = (0..<3).map { Self.line(5, "controller-1", "ISR of t-\($0) [1] -> [1, 2]") }
    let findings = (0..<9).map { Self.line(5, "broker-1", "t-\($0): it is broken", .finding) }
    let tellers = (1..<9).map { Self.line(5, "broker-\($0)", "truncated t-0") }
    #expect(Self.texts(few + findings + tellers) == (few + findings + tellers).map(\.what))
  }

  @Test func `Tellers that are no nodes of the cluster are introduced where they first speak`() {
    let faults = [Self.line(1, "fate", "broker-1 killed", .fault), Self.line(2, "fate", "broker-2 killed", .fault)]
    let story = [Self.line(0, "operator", "starts")] + faults + [Self.line(3, "audit", "starts")]
    #expect(
      Self.texts(story) == [
        "starts (operator is the client that carries out admin entries)", "broker-1 killed (fate carries out the faults of the scenario)", "broker-2 killed",
        "starts (audit reads every partition from its beginning to its end)",
      ])
  }

  @Test func `A printed story says how many lines it leaves out, and with the details leaves out none`() {
    let story = (0..<8).map { Self.line(5, "controller-1", "ISR of t-\($0) [1] -> [1, 2]") }
    #expect(StoryPrinter(tellsDetails: false).text(story).contains("7 lines that only name another partition are left out; --story tells them"))
    #expect(StoryPrinter(tellsDetails: true).text(story).split(separator: "\n").count == 8)
  }
}
