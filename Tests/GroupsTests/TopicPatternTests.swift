import Testing

@testable import Groups

@Suite struct TopicPatternTests {
  @Test(arguments: [
    ("orders", "orders", true), ("orders", "orders2", false), ("orders", "my-orders", false), ("orders.*", "orders", true),
    ("orders\\..*", "orders.eu", true), ("orders\\..*", "ordersXeu", false), ("a|b|cd", "cd", true), ("a|b|cd", "c", false),
    ("(eu|us)-[a-z]+-\\d{2,3}", "eu-orders-07", true), ("(eu|us)-[a-z]+-\\d{2,3}", "eu-orders-7", false),
    ("(eu|us)-[a-z]+-\\d{2,3}", "us-x-1234", false), ("(?:ab)+", "ababab", true), ("(?:ab)+", "aba", false), ("[^_].*", "__consumer_offsets", false),
    ("[^_].*", "t", true), ("(?i)orders", "OrDeRs", true), ("(?i:o)rders", "Orders", true), ("(?i:o)rders", "ORDERS", false), ("^t$", "t", true),
    ("\\At\\z", "t", true), ("t\\b-.*", "t-1", true), ("\\Qa.b\\E.*", "a.bc", true), ("\\Qa.b\\E.*", "axbc", false), ("[[:alpha:]]+", "abc", true),
    ("[[:^digit:]]+", "a1", false), ("\\pL+", "abC", true), ("\\p{Lu}x", "Ax", true), ("\\x61\\x{62}", "ab", true), ("a{0}b", "b", true),
    ("a{2,}", "a", false), ("a{2,}", "aaaaa", true), ("a{", "a{", true), ("(?P<name>a)(?<other>b)", "ab", true), ("", "", true), ("", "a", false),
    ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false), ("a*?b+?", "aab", true), ("[]a]+", "a", true), ("[a-]+", "a-a", true),
    ("[\\w.]+", "a_b.c", true), ("ä", "a", false), ("(|a)b", "b", true),
  ])
  func `A pattern matches whole names`(pattern: String, name: String, matches: Bool) throws {
    #expect(try TopicPattern(pattern).matches(name) == matches, "\(pattern) \(name)")
  }

  @Test(arguments: [
    "(", ")", "[", "[a", "*", "a**", "a{3,2}", "a{1001}", "\\", "\\8", "\\1", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?P<>a)", "(?P=n)", "[b-a]", "\\p{Nonsense}",
    "[[:nonsense:]]", "\\y", "(?z)",
  ])
  func `A pattern that RE2 does not accept is refused`(pattern: String) { #expect(throws: PatternFault.self) { try TopicPattern(pattern) } }

  @Test func `A pattern that would be too large is refused, however it is written`() {
    for pattern in ["(a{1000}){1000}", "((){1000}){1000}", String(repeating: "(", count: 2_000), String(repeating: "a", count: 3_000)] {
      #expect(throws: PatternFault.self) { try TopicPattern(pattern) }
    }
  }
}
