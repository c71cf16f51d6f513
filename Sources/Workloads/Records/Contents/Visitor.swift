import Primitives

/// Somebody whose events come again and again within one batch: what a compressor finds far behind.
struct Visitor {
  let user: Int64
  let session: String
  let device: String
  let address: String
  let agent: String
  let country: String

  /// How many of them are active at once.
  private static let count: Int64 = 400

  /// One of those of a seed, some of them more often than others.
  static func draw(seed: UInt64, _ random: inout RandomStream) -> Visitor {
    var own = RandomStream(seed: seed, purpose: "visitor", random.below(random.below(count) + 1))
    return Visitor(
      user: own.below(2_000_000), session: Vocabulary.uuid(&own), device: Vocabulary.hexadecimal(32, &own), address: Vocabulary.address(&own),
      agent: own.pick(Vocabulary.agents), country: own.pick(Vocabulary.countries))
  }
}
