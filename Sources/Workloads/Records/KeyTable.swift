import Primitives

/// Draws keys as a plan says.
struct KeyTable {
  private let plan: KeyPlan
  private let single: Bytes?
  private let zipf: AliasTable?

  init(_ plan: KeyPlan) {
    self.plan = plan
    single = if case .single(let key) = plan { Bytes(key) } else { nil }
    zipf =
      if case .zipf(let count, let exponent) = plan {
        AliasTable(weights: (1...count).map { exponential(-exponent * logarithm(Double($0))) })
      } else { nil }
  }

  /// - Parameter sequence: the number of keys that the client has drawn; incremented by one.
  func draw(_ random: inout RandomStream, _ sequence: inout Int) -> Bytes? {
    switch plan {
    case .none: return nil
    case .single: return single
    case .uniform(let count): return Self.key(random.below(Int64(count)))
    case .zipf: return Self.key(Int64(zipf!.draw(&random)))
    case .sequence(let count):
      defer { sequence += 1 }
      return Self.key(Int64(sequence % count))
    }
  }

  static func key(_ number: Int64) -> Bytes { Bytes("\(prefix)\(number)") }

  private static let prefix = "key-"

  /// The number of a key, the same everywhere: drawn keys have their own number, others one from their hash.
  static func number(of key: Bytes) -> KeyNumber {
    if let text = key.text, text.hasPrefix(prefix), let number = Int32(text.dropFirst(prefix.count)), number >= 0 { return KeyNumber(number) }
    return KeyNumber(murmur2(key) & .max)
  }
}
