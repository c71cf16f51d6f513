import Primitives
import Testing

struct SuggestionTests {
  @Test func `The intended name is found, and a name of a megabyte costs nothing`() {
    #expect(nearestName(to: "retention.m", among: ["segment.bytes", "retention.ms"]) == "retention.ms")
    #expect(nearestName(to: String(repeating: "a", count: 1 << 20), among: ["segment.bytes", "retention.ms"]) == nil)
  }

  @Test func `The probably intended name is suggested, and otherwise all names are listed`() {
    #expect(suggestion(for: "retentoin.ms", among: ["segment.bytes", "retention.ms"]) == "Did you mean 'retention.ms'?")
    #expect(suggestion(for: "acks", among: ["segment.bytes", "retention.ms"]) == "Known: segment.bytes, retention.ms.")
  }

  @Test func `Advice replaces a list, but not the intended name`() {
    #expect(suggestion(for: "acks", among: ["retention.ms"], or: "Leave it out.") == "Leave it out.")
    #expect(suggestion(for: "retention.m", among: ["retention.ms"], or: "Leave it out.") == "Did you mean 'retention.ms'?")
  }
}
