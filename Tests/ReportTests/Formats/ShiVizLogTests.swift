import Primitives
import ResultSamples
import Results
import Testing

@testable import Report

@Suite struct ShiVizLogTests {
  /// `host clock: words` of each event.
  static func events(limit: Int = 100, _ events: [TimelineEvent.Content]) -> [String] {
    var text = ""
    let log = ShiVizLog(limit: limit) { text += $0 }
    log.add(TimelineEvent(.zero, .node(0, name: "broker-1")))
    log.add(TimelineEvent(.zero, .node(1, name: "the shop")))
    for (number, event) in events.enumerated() { log.add(TimelineEvent(.milliseconds(Int64(number)), event)) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == ShiVizWriter.expression && lines[1] == "" && lines.last == "")
    return stride(from: 2, to: lines.count - 1, by: 2).map { "\(lines[$0 + 1]): \(lines[$0].split(separator: " ", maxSplits: 1)[1])" }
  }

  static func occurrence(_ node: Int, _ words: String, isOfRecords: Bool = false) -> TimelineEvent.Content {
    .occurrence(node: node, TimelineOccurrence(name: "x", words: words, isOfRecords: isOfRecords))
  }

  static func exchange(_ number: Int, _ api: String, _ weight: TimelineExchange.Weight) -> TimelineExchange {
    TimelineExchange(number: number, requester: 1, responder: 0, api: api, version: 1, correlationID: Int32(number), weight: weight)
  }

  @Test func `A receipt knows what the sender knew when it sent, and nothing later`() {
    let events = Self.events([
      .requestSent(Self.exchange(1, "EndTxn", .decision), bytes: 1, leaving: .zero),
      Self.occurrence(1, "goes on"),
      .requestTaken(exchange: 1, arrived: .zero, begun: .zero),
      .responseSent(exchange: 1, bytes: 1, .decision, leaving: .zero),
      .responseTaken(exchange: 1),
    ])
    #expect(
      events == [
        #"the-shop {"the-shop":1}: sends EndTxn request to broker-1"#, #"the-shop {"the-shop":2}: goes on"#,
        #"broker-1 {"the-shop":1,"broker-1":1}: receives EndTxn request of the shop"#,
        #"broker-1 {"the-shop":1,"broker-1":2}: sends EndTxn response to the shop"#, #"the-shop {"the-shop":3,"broker-1":2}: receives EndTxn response of broker-1"#,
      ])
  }

  @Test func `Inquiries are left out, unless something is reported while one is handled`() {
    var text = ""
    let log = ShiVizLog { text += $0 }
    func add(_ time: Int64, _ content: TimelineEvent.Content) { log.add(TimelineEvent(.milliseconds(time), content)) }
    add(0, .node(0, name: "b"))
    add(0, .node(1, name: "c"))
    add(1, Self.occurrence(1, "one"))
    for number in 1...2 {
      let time = Int64(number) * 10
      add(time, .requestSent(Self.exchange(number, "Fetch", .inquiry), bytes: 1, leaving: .zero))
      add(time + 1, .requestTaken(exchange: number, arrived: .zero, begun: .zero))
      if number == 2 { add(time + 1, Self.occurrence(0, "two\nthree")) }
      add(time + 2, Self.occurrence(0, "later"))
    }
    #expect(
      text.split(separator: "\n").dropFirst() == [
        "0.001000 one", #"c {"c":1}"#, "0.012000 later", #"b {"b":1}"#, "0.021000 receives Fetch request of c", #"b {"c":1,"b":2}"#, "0.021000 two three", #"b {"c":1,"b":3}"#,
        "0.022000 later", #"b {"c":1,"b":4}"#,
      ])
  }

  @Test func `What happens to a process knows of the deed that did it`() {
    var text = ""
    let log = ShiVizLog { text += $0 }
    log.add(TimelineEvent(.zero, .node(0, name: "b")))
    log.add(TimelineEvent(.seconds(1), .deed(entry: 0, words: "b killed", nodes: [0], lasts: true)))
    log.add(TimelineEvent(.seconds(1), .process(node: 0, words: "is killed", isEnd: true)))
    log.add(TimelineEvent(.seconds(2), .process(node: 0, words: "starts", isEnd: false)))
    #expect(text.hasSuffix("1.000000 b killed\nschedule {\"schedule\":1}\n1.000000 is killed\nb {\"schedule\":1,\"b\":1}\n2.000000 starts\nb {\"schedule\":1,\"b\":2}\n"))
  }

  @Test func `An explanation as a log has its lines with their numbers, and messages lead from their senders`() {
    let lines = SampleTrial.explanation.lines, text = SampleTrial.explanation.shiVizLog
    let events = text.split(separator: "\n").dropFirst()
    #expect(events.count == 2 * (lines.count + lines.count { $0.from != nil }))
    for (number, line) in lines.enumerated() { #expect(events.contains { $0.hasSuffix(" \(number + 1): \(line.what)") }) }
    #expect(text.contains("1.000000 sends what line 2 is about to broker-1\n"))
    // The evidence knows of every line that it needed.
    let last = events.last!
    #expect(last.hasPrefix("trial {") && last.contains("\"broker-1\":") && last.contains("\"shop\":"))
  }

  @Test func `Records fill half of the log at most, and the log ends at its bound`() {
    var text = ""
    let log = ShiVizLog(limit: 4) { text += $0 }
    log.add(TimelineEvent(.zero, .node(0, name: "b")))
    for time in 1...4 { log.add(TimelineEvent(.seconds(Int64(time)), Self.occurrence(0, "record", isOfRecords: true))) }
    #expect(log.eventCount == 2 && log.recordsEnd == .seconds(3) && log.end == nil)
    for time in 5...7 { log.add(TimelineEvent(.seconds(Int64(time)), Self.occurrence(0, "decision"))) }
    #expect(log.eventCount == 4 && log.end == .seconds(7))
    #expect(text.hasSuffix("6.000000 decision\nb {\"b\":4}\n"))
  }
}
