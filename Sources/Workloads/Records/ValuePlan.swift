import Primitives

/// The plan for the values of a workload entry.
public struct ValuePlan: Sendable, Equatable {
  public var size: ValueSize
  public var content: ValueContent

  public init(size: ValueSize = .fixed(100), content: ValueContent = .random) {
    self.size = size
    self.content = content
  }
}

/// The size of values in bytes, including the eight that name them.
public enum ValueSize: Sendable, Equatable {
  case fixed(Int)
  /// Each size with a frequency in proportion to its weight. Weights are whole numbers above 0.
  case buckets([SizeBucket])
  /// The logarithm of the size is normally distributed, with `sigma` as its standard deviation; sizes are limited to between
  /// `Payload.minimumSize` and `maximum`.
  case lognormal(median: Int, sigma: Double, maximum: Int)
}

public struct SizeBucket: Sendable, Equatable {
  public var size: Int
  public var weight: Int

  public init(size: Int, weight: Int) {
    self.size = size
    self.weight = weight
  }
}

/// What values contain.
public enum ValueContent: Sendable, Equatable {
  /// Incompressible bytes.
  case random
  /// This fraction of each value, from 0 to 1, is one repeated byte; the rest is random.
  case compressible(Double)
  /// An event as a JSON object, with the fields that such events have.
  case json
  /// Lines of a web server's access log.
  case log
  /// Records in Avro's binary encoding, after a schema number.
  case avro
  /// The lines of a user's file in rotation, each after the eight bytes that name the value. Their lengths set the sizes.
  case lines([Bytes])
}

extension ValuePlan {
  /// The largest size of one value, in bytes.
  public static let sizeLimit = 10_000_000
}
