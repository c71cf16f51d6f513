import Primitives
import Testing

@testable import Scenarios

/// Documents written as YAML.
@Suite struct YamlWriterTests {
  /// A document of words that are hard to write, of random form.
  private struct Documents {
    var random: RandomStream
    private static let letters = Array("abz09 .-_,:;#&*!|>'\"%@`{}[]()?/\\=+~^$<\t\n\r\u{1}\u{7f}\u{85}\u{a0}\u{2028}\u{202e}\u{feff}äß→😀".unicodeScalars)
    private static let words = [
      "", " ", "-", "- a", "---", "...", "~", "null", "true", "1", "-2h", "0x1", "a: b", "a #b", "#a", "a:", ": a", "? a", "!t", "&a", "*a", "|", ">-", "%a", "@a", "`a",
      "'a'", "\"a\"", "[a]", "{a}", "a, b", "broker-3:9092", "leader(t-0)", "isr(t-0, [1, 2]) + 300ms", "5 rot", "1Gb/s", "12.345678901s", "a  b", " a", "a ", "\ta", "a\\b",
      "*/t-0/*.log", "min.insync.replicas",
    ]

    init(seed: UInt64) { random = RandomStream(seed: seed, purpose: "documents") }

    mutating func text() -> String {
      switch random.below(4) {
      case 0: return random.pick(Self.words)
      case 1: return (0..<random.below(60)).map { _ in random.pick(Self.words) }.joined(separator: " ")
      default:
        var text = ""
        for _ in 0..<random.below(12) { text.unicodeScalars.append(random.pick(Self.letters)) }
        // Yams takes a byte order mark at the beginning of any word away.
        return String(String.UnicodeScalarView(text.unicodeScalars.drop { $0 == "\u{feff}" }))
      }
    }

    mutating func value(depth: Int) -> Value {
      switch random.below(depth > 0 ? 4 : 2) {
      case 2: return .list((0..<random.below(5)).map { _ in value(depth: depth - 1) })
      case 3:
        var entries: [Value.Entry] = []
        for _ in 0..<random.below(6) {
          let key = text()
          if key.unicodeScalars.count < 100, key != "<<", !entries.contains(where: { $0.key == key }) { entries.append(Value.Entry(key, value(depth: depth - 1))) }
        }
        return .map(entries)
      default: return .word(text())
      }
    }
  }

  /// Without places and paths.
  private func form(_ value: Value) -> Value {
    switch value.content {
    case .scalar(let text): .word(text)
    case .list(let elements): .list(elements.map(form))
    case .map(let entries): .map(entries.map { Value.Entry($0.key, form($0.value)) })
    }
  }

  @Test func `Written documents read back unchanged, whatever the words and however deep`() throws {
    for seed in 1...1_500 as ClosedRange<UInt64> {
      var documents = Documents(seed: seed)
      let value = documents.value(depth: 6)
      let text = value.yaml
      let read = try? form(Value.parse(text, source: "written"))
      try #require(read == value, "seed \(seed):\n\(text)")
    }
  }

  @Test func `A document looks as people write it`() {
    let value = Value.map([
      "name": .word("written"),
      "about": .word("Two brokers: one of them is killed, and what it had acknowledged must come back with it, as far as it was not the only one that had it, which is told at length."),
      "cluster": .map(["brokers": .count(2), "config": .map(["min.insync.replicas": .count(2)])]),
      "workload": .list([.map(["produce": .map(["topic": .word("t"), "rate": .word("100/s")])])]),
      "faults": .list([.map(["at": .time(Duration(nanoseconds: 2_000_000_001)), "files": .word("*/t-0/*"), "cut": .map(["from": .count(1), "to": .list([])])])]),
    ])
    #expect(
      value.yaml == """
        name: written
        about: >-
          Two brokers: one of them is killed, and what it had acknowledged must come back with it, as far as it was not the only one that had it,
          which is told at length.
        cluster: { brokers: 2, config: { min.insync.replicas: 2 } }
        workload:
          - produce: { topic: t, rate: 100/s }
        faults:
          - { at: 2.000000001s, files: "*/t-0/*", cut: { from: 1, to: [] } }

        """)
  }

  @Test(arguments: [
    (0, "0s"), (1, "1ns"), (999, "999ns"), (1_000, "1us"), (1_500, "1.5us"), (350_123_456, "350.123456ms"), (2_000_000_000, "2s"), (12_345_678_901, "12.345678901s"),
    (-7_200_000_000_000, "-7200s"), (86_400_000_000_001, "86400.000000001s"),
  ] as [(Int64, String)])
  func `Times are written exactly`(nanoseconds: Int64, text: String) throws {
    #expect(Duration(nanoseconds: nanoseconds).exactText == text)
    if nanoseconds >= 0 { #expect(try Value.word(text).duration().nanoseconds == nanoseconds) }
  }
}
