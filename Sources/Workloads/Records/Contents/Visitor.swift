import Primitives

/// A visitor whose events recur within one batch, so that a compressor finds matches far back.
struct Visitor {
  let user: Int64
  let session: String
  let device: String
  let address: String
  let agent: String
  let country: String

  /// The number of visitors active at once.
  private static let count: Int64 = 400

  /// Draws one of the visitors of a seed; some come more often than others.
  static func draw(seed: UInt64, _ random: inout RandomStream) -> Visitor {
    var own = RandomStream(seed: seed, purpose: "visitor", random.below(random.below(count) + 1))
    return Visitor(
      user: own.below(2_000_000), session: Vocabulary.uuid(&own), device: Vocabulary.hexadecimal(32, &own), address: Vocabulary.address(&own),
      agent: own.pick(Vocabulary.agents), country: own.pick(Vocabulary.countries))
  }
}
