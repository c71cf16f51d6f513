/// How the records of a batch are compressed. Raw values are the codec bits of a batch's attributes.
public enum Compression: Int8, CaseIterable, Sendable {
  case none, gzip, snappy, lz4, zstd

  /// Kafka's name for it, as in `compression.type`.
  public var name: String {
    switch self {
    case .none: "none"
    case .gzip: "gzip"
    case .snappy: "snappy"
    case .lz4: "lz4"
    case .zstd: "zstd"
    }
  }

  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The levels that `compression.<codec>.level` accepts (KIP-390), or nil if the codec has no levels.
  public var validLevels: ClosedRange<Int32>? {
    switch self {
    case .none, .snappy: nil
    case .gzip: -1...9
    case .lz4: 1...17
    case .zstd: -131_072...22
    }
  }

  /// Kafka's default level (KIP-390). For lz4 it selects the fast compressor; all other levels select the high compressor.
  public var defaultLevel: Int32 {
    switch self {
    case .none, .snappy: 0
    case .gzip: -1
    case .lz4: 9
    case .zstd: 3
    }
  }

  /// Whether a level is allowed. gzip has no level 0: it would store without compressing.
  public func accepts(level: Int32) -> Bool {
    guard let validLevels else { return false }
    return validLevels.contains(level) && !(self == .gzip && level == 0)
  }
}
