import Primitives
import Results
import Testing

@testable import Report

@Suite struct PerfettoTraceTests {
  static let produce = TimelineExchange(number: 1, requester: 1, responder: 0, api: "Produce", version: 12, correlationID: 5, weight: .records)

  /// The lines of events other than names.
  static func lines(_ events: [TimelineEvent]) -> [String] {
    var text = ""
    let trace = PerfettoTrace(about: [("seed", .string("7"))]) { text += $0 }
    trace.add(TimelineEvent(.zero, .node(0, name: "broker-1")))
    trace.add(TimelineEvent(.zero, .node(1, name: "shop")))
    for event in events { trace.add(event) }
    trace.finish()
    return text.split(separator: "\n").map { $0.hasSuffix(",") ? String($0.dropLast()) : String($0) }.filter { !$0.contains(#""ph":"M""#) }
  }

  static func micros(_ count: Int64) -> Duration { .microseconds(count) }

  @Test func `A request is a slice at both ends, with flows between them, in the order of time`() {
    let lines = Self.lines([
      TimelineEvent(Self.micros(10), .requestSent(Self.produce, bytes: 90, leaving: Self.micros(12))),
      TimelineEvent(Self.micros(11), .quantity(subject: "t-0", quantity: "ISR", 3)),
      TimelineEvent(Self.micros(60), .requestTaken(exchange: 1, arrived: Self.micros(50), begun: Self.micros(60))),
      TimelineEvent(Self.micros(60), .responseSent(exchange: 1, bytes: 40, .records, leaving: Self.micros(75))),
      TimelineEvent(Self.micros(130), .responseTaken(exchange: 1)),
    ])
    #expect(
      lines == [
        #"{"displayTimeUnit":"ms","otherData":{"seed":"7"},"traceEvents":["#,
        #"{"name":"t-0","ph":"C","ts":11.000,"pid":2,"args":{"ISR":3}}"#,
        #"{"name":"Produce","cat":"request","ph":"B","ts":12.000,"pid":4,"tid":1000001,"args":{"to":"broker-1","correlationId":5,"version":12,"requestBytes":90}}"#,
        #"{"name":"Produce request","cat":"message","ph":"s","ts":12.000,"pid":4,"tid":1000001,"id":2}"#,
        #"{"name":"Produce","cat":"handling","ph":"B","ts":60.000,"pid":3,"tid":1000002,"args":{"from":"shop","correlationId":5,"queueMs":0.010}}"#,
        #"{"name":"Produce request","cat":"message","ph":"f","ts":60.000,"pid":3,"tid":1000002,"id":2,"bp":"e"}"#,
        #"{"name":"Produce response","cat":"message","ph":"s","ts":75.000,"pid":3,"tid":1000002,"id":3}"#,
        #"{"name":"Produce","cat":"handling","ph":"E","ts":75.000,"pid":3,"tid":1000002,"args":{"responseBytes":40}}"#,
        #"{"name":"Produce response","cat":"message","ph":"f","ts":130.000,"pid":4,"tid":1000001,"id":3,"bp":"e"}"#,
        #"{"name":"Produce","cat":"request","ph":"E","ts":130.000,"pid":4,"tid":1000001}"#,
        "]}",
      ])
  }

  @Test func `Slices that overlap have threads of their own, which are used again`() {
    func exchange(_ number: Int) -> TimelineExchange {
      TimelineExchange(number: number, requester: 1, responder: 0, api: "Metadata", version: 1, correlationID: Int32(number), weight: .inquiry)
    }
    let lines = Self.lines([
      TimelineEvent(Self.micros(1), .requestSent(exchange(1), bytes: 1, leaving: Self.micros(1))),
      TimelineEvent(Self.micros(2), .requestSent(exchange(2), bytes: 1, leaving: Self.micros(2))),
      TimelineEvent(Self.micros(3), .responseTaken(exchange: 1)),
      TimelineEvent(Self.micros(4), .requestSent(exchange(3), bytes: 1, leaving: Self.micros(4))),
    ])
    let threads = lines.compactMap { $0.firstMatch(of: /"ph":"([BE])".*"tid":(\d+)/).map { "\($0.1) \($0.2)" } }
    // The last two are ended with the trial.
    #expect(threads == ["B 1000001", "B 1000002", "E 1000001", "B 1000001", "E 1000001", "E 1000002"])
    #expect(lines.count { $0.contains(#""ended":"the trial is over""#) } == 2)
  }

  @Test func `A request whose requester is lost before it leaves is ended when it leaves, and its responder goes on`() {
    let lines = Self.lines([
      TimelineEvent(Self.micros(10), .requestSent(Self.produce, bytes: 90, leaving: Self.micros(20))),
      TimelineEvent(Self.micros(15), .exchangeLost(exchange: 1, isRequester: true)),
      TimelineEvent(Self.micros(60), .requestTaken(exchange: 1, arrived: Self.micros(60), begun: Self.micros(60))),
      TimelineEvent(Self.micros(61), .exchangeLost(exchange: 1, isRequester: false)),
      TimelineEvent(Self.micros(62), .responseTaken(exchange: 1)),
    ])
    let ends = lines.filter { $0.contains(#""ph":"E""#) }
    #expect(ends.count == 2 && ends.allSatisfy { $0.contains(#""ended":"the connection is lost""#) })
    #expect(ends[0].contains(#""ts":20.000"#) && ends[1].contains(#""ts":61.000"#))
  }

  @Test func `A request that needs no response has no length at either end`() {
    let lines = Self.lines([
      TimelineEvent(Self.micros(10), .requestSent(Self.produce, bytes: 90, leaving: Self.micros(20))),
      TimelineEvent(Self.micros(10), .requestNeedsNoResponse(exchange: 1)),
      TimelineEvent(Self.micros(60), .requestTaken(exchange: 1, arrived: Self.micros(60), begun: Self.micros(60))),
      TimelineEvent(Self.micros(90), .finding("x \"y\"")),
    ])
    let slices = lines.compactMap { $0.firstMatch(of: /"ph":"([BEsf])","ts":(\d+)/).map { "\($0.1) \($0.2)" } }
    #expect(slices == ["B 20", "s 20", "E 20", "B 60", "f 60", "E 60"])
    #expect(lines.contains(#"{"name":"finding","cat":"finding","ph":"i","ts":90.000,"pid":1,"tid":1000003,"s":"t","args":{"text":"x \"y\""}}"#))
  }

  @Test func `Operations of a disk end with their process, and faults with their entry`() {
    let lines = Self.lines([
      TimelineEvent(Self.micros(1), .deed(entry: 0, words: "broker-1 isolated", nodes: [0], lasts: true)),
      TimelineEvent(Self.micros(2), .diskOperationBegun(node: 0, operation: 4, name: "sync", path: "t-0/0.log", bytes: 9, begun: Self.micros(2))),
      TimelineEvent(Self.micros(3), .process(node: 0, words: "is killed", isEnd: true)),
      TimelineEvent(Self.micros(4), .deed(entry: 1, words: "the network heals", nodes: [], lasts: false)),
      TimelineEvent(Self.micros(4), .deedEnded(entry: 0)),
      TimelineEvent(Self.micros(5), .messageDisturbed(message: "Fetch request", from: 1, to: 0, fate: "dropped")),
    ])
    let told = lines.compactMap { $0.firstMatch(of: /"name":"([^"]+)","cat":"([^"]+)","ph":"([BEi])","ts":(\d)/).map { "\($0.4) \($0.3) \($0.2) \($0.1)" } }
    #expect(
      told == [
        "1 B fault broker-1 isolated", "2 B disk sync", "3 i process is killed", "3 E disk sync", "4 i fault the network heals", "4 E fault broker-1 isolated",
        "5 i network Fetch request dropped",
      ])
  }
}
