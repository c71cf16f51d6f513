import Primitives

/// Keys and values that the clients of a workload entry send: made once, then only stamped with the number of each record.
///
/// A value depends on the seed and its place in the pool alone, whoever asks for it first. There is about a mebibyte of different values of
/// each size, used one after another: a batch below that holds none twice, so codecs find in it what they would find in real records. The
/// clients of one thread may share a pool.
public final class RecordPool {
  /// What the values are made of.
  public let values: ValuePlan
  public let keys: KeyPlan
  /// How many of a thousand million records have no value.
  let tombstones: Int64

  let groups: [ValueGroup]
  private let maker: ValueMaker
  /// Of each group, all of its values; nil where one was not needed yet.
  private var made: [ContiguousArray<Bytes?>]
  let keyTable: KeyTable

  /// - Parameters:
  ///   - tombstones: so large a part of the records, from 0 to 1, are tombstones of their keys.
  ///   - seed: of the trial; two pools of the same plans and seed hold the same.
  public init(values: ValuePlan, keys: KeyPlan, tombstones: Double = 0, seed: UInt64) {
    self.values = values
    self.keys = keys
    self.tombstones = Int64(Int(saturating: (tombstones * Double(Self.tombstoneScale)).rounded()))
    maker = ValueMaker(content: values.content, seed: seed)
    groups = ValueGroup.all(of: values, seed: seed)
    made = groups.map { ContiguousArray(repeating: nil, count: $0.sizes.count) }
    keyTable = KeyTable(keys)
  }

  static let tombstoneScale: Int64 = 1_000_000_000

  /// Makes all values now instead of when they are first needed, so that a measured process does not do it while it is measured.
  public func fill() {
    for group in groups.indices {
      for index in groups[group].sizes.indices { _ = filler(group, index) }
    }
  }

  /// How many values there are in a group.
  func count(ofGroup group: Int) -> Int { made[group].count }

  /// A value without the eight bytes that name it.
  func filler(_ group: Int, _ index: Int) -> Bytes { made[group][index] ?? make(group, index) }

  private func make(_ group: Int, _ index: Int) -> Bytes {
    let filler = maker.filler(size: groups[group].sizes[index] - Payload.nameSize, number: group << 32 | index)
    made[group][index] = filler
    return filler
  }
}

/// Values of which any is as likely as the others: all of one size, or of the sizes that a distribution gives.
struct ValueGroup {
  /// In bytes, with the name.
  let sizes: [Int]
  /// Of all groups so far, this one included.
  let weightSoFar: Int64

  /// How many bytes of different values there are, and how many values.
  private static let bytes = 1 << 20
  private static let counts = 16...8_192

  private static func count(ofSize size: Int) -> Int { min(max(bytes / size, counts.lowerBound), counts.upperBound) }

  static func all(of plan: ValuePlan, seed: UInt64) -> [ValueGroup] {
    if case .lines(let lines) = plan.content {
      return [ValueGroup(sizes: lines.map { max($0.count + Payload.nameSize, Payload.minimumSize) }, weightSoFar: 1)]
    }
    switch plan.size {
    case .fixed(let size):
      return [ValueGroup(sizes: Array(repeating: size, count: count(ofSize: size)), weightSoFar: 1)]
    case .buckets(let buckets):
      var weight: Int64 = 0
      return buckets.map { bucket in
        weight += Int64(bucket.weight)
        return ValueGroup(sizes: Array(repeating: bucket.size, count: count(ofSize: bucket.size)), weightSoFar: weight)
      }
    case .lognormal(let median, let sigma, let maximum):
      // As many steps of equal likelihood as there are values, in an order drawn by chance.
      let count = max(count(ofSize: median), 256)
      var sizes = (0..<count).map { index in
        let factor = exponential(sigma * normalQuantile((Double(index) + 0.5) / Double(count)))
        return min(max(Int(saturating: min(Double(median) * factor, Double(maximum)).rounded()), Payload.minimumSize), maximum)
      }
      var random = RandomStream(seed: seed, purpose: "sizes")
      for last in stride(from: count - 1, to: 0, by: -1) { sizes.swapAt(last, Int(random.below(Int64(last + 1)))) }
      return [ValueGroup(sizes: sizes, weightSoFar: 1)]
    }
  }
}
