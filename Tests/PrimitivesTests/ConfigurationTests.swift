import Primitives
import Testing

@Suite struct ConfigurationTests {
  struct Sample: Sendable, Equatable {
    enum Mode: String, CaseIterable, Sendable { case plain, fancy }
    var size: Int32 = 10
    var limit: Int64? = nil
    var wait = Duration.milliseconds(500)
    var flush = Duration.forever
    var mode = Mode.plain
    var isOn = false
    var names: [String] = []

    static let table = ConfigurationTable(defaults: Sample(), [
      .integer("size.bytes", \.size, in: 1...100),
      .optionalInteger("limit.bytes", \.limit, in: 0 ... .max, none: -1),
      .milliseconds("wait.ms", \.wait),
      .milliseconds("flush.ms", \.flush),
      .choice("mode", \.mode),
      .boolean("on", \.isOn),
      .list("names", \.names),
    ])
  }

  @Test func `Values are read in Kafka's format and printed back`() throws {
    let sample = try Sample.table.configuration(from: [
      ("size.bytes", "7"), ("limit.bytes", "12"), ("wait.ms", " 30 "), ("mode", "fancy"), ("on", "TRUE"), ("names", "a, b,c"),
    ])
    #expect(sample.size == 7 && sample.limit == 12 && sample.wait == .milliseconds(30) && sample.mode == .fancy && sample.isOn)
    #expect(sample.names == ["a", "b", "c"])
    #expect(Sample.table.values(of: sample).map(\.value) == ["7", "12", "30", "9223372036854775807", "fancy", "true", "a,b,c"])
    #expect(Sample.table.defaultValue(of: "limit.bytes") == "-1")
    let again = try Sample.table.configuration(from: Sample.table.values(of: sample).map { ($0.name, $0.value) })
    #expect(again == sample)
  }

  @Test func `An unknown name is refused with the nearest one`() {
    #expect(throws: ConfigurationError.unknownName("size.byte", nearest: "size.bytes")) {
      try Sample.table.configuration(from: [("size.byte", "7")])
    }
    #expect(throws: ConfigurationError.unknownName("colour", nearest: nil)) {
      try Sample.table.configuration(from: [("colour", "7")])
    }
  }

  @Test(arguments: [("size.bytes", "0"), ("size.bytes", "7.5"), ("size.bytes", ""), ("limit.bytes", "-2"), ("mode", "Fancy"), ("on", "1")])
  func `A text that is not a value is refused`(name: String, value: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try Sample.table.configuration(from: [(name, value)]) }
    #expect(error?.description.hasPrefix("\(name)=\(value) is not valid: expected ") == true)
  }

  @Test func `A name given twice with different values is refused`() throws {
    #expect(throws: ConfigurationError.givenTwice(name: "mode")) {
      try Sample.table.configuration(from: [("mode", "plain"), ("mode", "fancy")])
    }
  }
}
