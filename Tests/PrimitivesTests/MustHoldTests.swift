import Primitives
import Testing

@Suite struct MustHoldTests {
  @Test func `What does not hold is kept in its words, the first few, each once`() {
    BrokenInvariants.forget()
    mustHold(true, "this holds")
    #expect(BrokenInvariants.isEmpty)
    for number in [1, 2, 1] { mustHold(number < 0, "\(number) is not below zero") }
    #expect(!BrokenInvariants.isEmpty)
    #expect(BrokenInvariants.take() == ["1 is not below zero", "2 is not below zero"])
    #expect(BrokenInvariants.isEmpty && BrokenInvariants.take().isEmpty)
    for number in 0..<100 { mustHold(false, "\(number)") }
    #expect(BrokenInvariants.take().count == 16)
  }

  @Test func `Of long words the beginning is kept`() {
    BrokenInvariants.forget()
    mustHold(false, String(repeating: "é", count: 5_000))
    #expect(BrokenInvariants.take().first?.hasPrefix("éééé") == true)
    mustHold(false, "")
    #expect(BrokenInvariants.take() == [""])
  }
}
