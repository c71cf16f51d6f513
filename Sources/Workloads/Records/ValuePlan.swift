import Primitives

/// What the values of a workload entry are like.
public struct ValuePlan: Sendable, Equatable {
  public var size: ValueSize
  public var content: ValueContent

  public init(size: ValueSize = .fixed(100), content: ValueContent = .random) {
    self.size = size
    self.content = content
  }
}

/// How long values are, in bytes, the eight that name them included.
public enum ValueSize: Sendable, Equatable {
  case fixed(Int)
  /// Each size so often as its weight says. Weights are whole numbers above 0.
  case buckets([SizeBucket])
  /// The logarithm of the size is normally distributed, with `sigma` as its standard deviation; what would be longer than `maximum` or shorter than
  /// `Payload.minimumSize` has that size.
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

/// What values are filled with.
public enum ValueContent: Sendable, Equatable {
  /// Nothing to compress.
  case random
  /// So large a part of each value, from 0 to 1, is one byte again and again; the rest is random.
  case compressible(Double)
  /// An event as a JSON object, with the fields that such events have.
  case json
  /// Lines of a web server's access log.
  case log
  /// Records in Avro's binary encoding behind a schema's number.
  case avro
  /// The lines of a user's file one after another, each behind the eight bytes that name it. They bring their own sizes.
  case lines([Bytes])
}

extension ValuePlan {
  /// Of one value, in bytes.
  public static let sizeLimit = 10_000_000
}
