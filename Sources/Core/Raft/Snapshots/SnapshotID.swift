import Primitives

/// Names a snapshot of the metadata: it holds everything below an offset, where the record before that offset is of an epoch (KIP-630).
public struct SnapshotID: Hashable, Comparable, Sendable {
  /// Behind the last record that is in it; a batch begins there.
  public let endOffset: Offset
  /// Of the last record that is in it.
  public let epoch: LeaderEpoch

  public init(endOffset: Offset, epoch: LeaderEpoch) {
    self.endOffset = endOffset
    self.epoch = epoch
  }

  /// What a replica of a dynamic quorum is formatted with: the first voters, and no metadata. It is never sent to another one
  /// (`Snapshots.BOOTSTRAP_SNAPSHOT_ID`).
  static let bootstrap = SnapshotID(endOffset: 0, epoch: 0)

  /// Later epochs first, as logs are compared (`OffsetAndEpoch.compareTo`).
  public static func < (left: SnapshotID, right: SnapshotID) -> Bool { (left.epoch, left.endOffset) < (right.epoch, right.endOffset) }
}

/// The names of a snapshot's files, as in Kafka's `Snapshots` and `SnapshotPath`: twenty digits of the offset, ten of the epoch, and what it is.
struct SnapshotFileName: Equatable {
  enum Kind: Equatable {
    case whole
    /// On its way to being whole. The number tells apart those that were begun.
    case partial(Int)
    /// About to be deleted.
    case deleted
  }

  let id: SnapshotID
  let kind: Kind

  private static let suffix = ".checkpoint"
  private static let offsetDigits = 20, epochDigits = 10

  init(_ id: SnapshotID, _ kind: Kind = .whole) {
    self.id = id
    self.kind = kind
  }

  /// What a file's name says; nil where it is not a snapshot's.
  init?(_ name: String) {
    guard let dot = name.firstIndex(of: ".") else { return nil }
    let parts = name[..<dot].split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let offset = Self.number(parts[0], digits: Self.offsetDigits), let epoch = Self.number(parts[1], digits: Self.epochDigits),
      let epoch = Int32(exactly: epoch)
    else { return nil }
    switch name[dot...] {
    case Self.suffix where parts.count == 2: kind = .whole
    case Self.suffix + ".deleted" where parts.count == 2: kind = .deleted
    // Kafka draws a random number.
    case Self.suffix + ".part": kind = .partial(parts.count == 3 ? Int(parts[2]) ?? 0 : 0)
    default: return nil
    }
    id = SnapshotID(endOffset: Offset(offset), epoch: LeaderEpoch(epoch))
  }

  var text: String {
    let base = Self.digits(id.endOffset.value, Self.offsetDigits) + "-" + Self.digits(Int64(id.epoch.value), Self.epochDigits)
    return switch kind {
    case .whole: base + Self.suffix
    case .partial(let number): "\(base)-\(number)\(Self.suffix).part"
    case .deleted: base + Self.suffix + ".deleted"
    }
  }

  private static func number(_ text: Substring, digits: Int) -> Int64? {
    guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int64(text)
  }

  private static func digits(_ value: Int64, _ count: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}

extension SnapshotID {
  /// The name of its file.
  public var fileName: String { SnapshotFileName(self).text }
}
