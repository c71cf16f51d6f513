import Primitives

/// The keys and values that the clients of a workload entry send: generated once, then only stamped with the number of each record.
///
/// A value depends only on the seed and its place in the pool, whichever client asks for it first. There is about a mebibyte of different values of
/// each size, used in rotation: a smaller batch contains none twice, so codecs compress it as they would compress real records. The
/// clients of one thread may share a pool.
public final class RecordPool {
  /// The plan of the values.
  public let values: ValuePlan
  public let keys: KeyPlan
  /// The number of tombstones per thousand million records.
  let tombstones: Int64

  let groups: [ValueGroup]
  private let maker: ValueMaker
  /// Of each group, all of its values; nil where one was not needed yet.
  private var made: [ContiguousArray<Bytes?>]
  let keyTable: KeyTable

  /// - Parameters:
  ///   - tombstones: the fraction of the records, from 0 to 1, that are tombstones of their keys.
  ///   - seed: the seed of the trial; two pools with the same plans and seed have the same contents.
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

  /// Generates all values now instead of on first use, so that a measured process does not do it while it is measured.
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

/// Values that are all equally likely: all of one size, or of the sizes that a distribution gives.
struct ValueGroup {
  /// In bytes, including the name.
  let sizes: [Int]
  /// The total weight of all groups up to and including this one.
  let weightSoFar: Int64

  /// The number of bytes of different values, and the number of values.
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
      // As many equally likely quantiles as there are values, in random order.
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
