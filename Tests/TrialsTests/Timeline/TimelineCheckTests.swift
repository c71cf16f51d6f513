import Testing

/// The checks of both formats find what their readers could not use.
@Suite struct TimelineCheckTests {
  private static let names = [
    #"{"name":"process_name","ph":"M","pid":1,"args":{"name":"p"}}"#, #"{"name":"thread_name","ph":"M","pid":1,"tid":9,"args":{"name":"t"}}"#,
  ]

  private static func event(_ phase: String, _ time: Double, thread: Int = 9, process: Int = 1, name: String = "x", _ more: String = "") -> String {
    #"{"name":"\#(name)","cat":"c","ph":"\#(phase)","ts":\#(time),"pid":\#(process),"tid":\#(thread)\#(more)}"#
  }

  private static func problems(_ events: [String]) -> [String] { TraceCheck("{\"traceEvents\":[\((names + events).joined(separator: ","))]}").problems }

  @Test func `A trace whose slices, flows and names pair up has no problems`() {
    let events = [
      Self.event("B", 1), Self.event("s", 1, #","id":4"#), Self.event("E", 2), Self.event("B", 3), Self.event("f", 3, #","id":4,"bp":"e""#), Self.event("E", 3),
      Self.event("i", 4, #","s":"t""#),
    ]
    #expect(Self.problems(events).isEmpty, "\(Self.problems(events))")
  }

  @Test(arguments: [
    [event("B", 1)], [event("E", 1)], [event("B", 1), event("E", 2, name: "y")], [event("B", 2), event("E", 1)], [event("i", 1, thread: 8, #","s":"t""#)],
    [event("i", 1, process: 2, #","s":"t""#)], [event("i", 1)], [event("s", 1, #","id":4"#)], [event("B", 1), event("f", 1, #","id":4,"bp":"e""#), event("E", 1)], [event("q", 1)],
    [names[1]],
  ])
  func `A trace is refused in which something is unpaired, unnamed or out of order`(events: [String]) { #expect(!Self.problems(events).isEmpty, "\(events)") }

  @Test func `Text that is no trace is refused`() { #expect(!TraceCheck("[]").problems.isEmpty && !TraceCheck("{").problems.isEmpty) }

  private static let head = #"(?<time>\S*) (?<event>.*)\n(?<host>\S*) (?<clock>{.*})"# + "\n\n"

  @Test func `A log whose clocks count and know what they can has no problems`() {
    let log = VectorClockCheck(Self.head + "1 sends\na {\"a\":1}\n2 receives\nb {\"a\":1,\"b\":1}\n")
    #expect(log.problems.isEmpty && log.events.count == 2 && log.isBefore(log.events[0], log.events[1]))
  }

  @Test(arguments: [
    "1 x\na {\"a\":2}\n", "1 x\na {\"b\":1}\n", "1 x\na {\"a\":1,\"b\":1}\n", "1 x\na {\"a\":1\n", "1 x\n", "1 x\na {\"a\":1}",
    "1 x\na {\"a\":1}\n2 y\nb {\"a\":1,\"b\":1}\n3 z\nb {\"b\":2}\n", "1 x\na {\"a\":1}\n2 y\nb {\"a\":1,\"b\":1}\n3 z\nc {\"b\":1,\"c\":1}\n",
  ])
  func `A log is refused in which a clock misses a count, forgets, or knows too much or too little`(events: String) {
    #expect(!VectorClockCheck(Self.head + events).problems.isEmpty, "\(events)")
  }

  @Test func `A log without its first two lines is refused`() { #expect(!VectorClockCheck("1 x\na {\"a\":1}\n").problems.isEmpty) }
}
