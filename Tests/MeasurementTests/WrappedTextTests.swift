import Testing

@testable import Measurement

@Suite struct WrappedTextTests {
  @Test func `A line is broken at blanks, and goes on a little further in`() {
    #expect(wrapped("  one two three four", to: 11) == "  one two\n    three\n    four")
    #expect(wrapped("one two", to: 7) == "one two")
    #expect(wrapped("one two", to: nil) == "one two")
    #expect(wrapped("a\n\nb", to: 1) == "a\n\nb")
  }

  @Test func `Numbers keep their groups and units, a word longer than the line is left whole`() {
    #expect(wrapped("about 10 000 records", to: 10) == "about\n  10 000\n  records")
    #expect(wrapped("about 4.10 ms", to: 10) == "about\n  4.10 ms")
    #expect(wrapped("abcdefghijkl m", to: 5) == "abcdefghijkl\n  m")
  }

  @Test func `Colours take no room, and commands stay on one line`() {
    let red = "\u{1b}[31mone\u{1b}[0m two"
    #expect(shownWidth(red) == 7)
    #expect(wrapped(red, to: 7) == red)
    for command in ["again: trial replay a b c d", "      trial replay a b c d"] { #expect(wrapped(command, to: 12) == command) }
  }

  @Test(arguments: [
    ("none: busiest is client produce: processor, 2 % busy", "none (2 % busy)"), ("none", "none"), ("client produce-1: processor 97 % busy", "produce-1: processor 97 %"),
    ("in-flight limit: 85 % of a batch's time; busiest is broker-1: disk, 40 % busy", "in-flight limit 85 %"), ("linger.ms: 60 % of a batch's time", "linger.ms 60 %"),
    ("broker-2: network out 91 % busy", "broker-2: network out 91 %"),
  ])
  func `A bottleneck is told in a word or two`(long: String, short: String) { #expect(Bottleneck.short(long) == short) }
}
