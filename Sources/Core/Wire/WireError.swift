import Primitives

/// What was wrong with bytes that came from outside, or with a value that cannot be put on the wire.
///
/// Decoding never traps: whatever the input, it ends in a value or in one of these.
public struct WireError: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// The input ends before the value does.
    case endOfInput(needed: Int, available: Int)
    /// A length or count that is negative (and not the mark of null) or larger than what remains of the input.
    case invalidLength(Int)
    /// A variable-length integer of too many bytes, or of more bits than its type.
    case invalidVarint
    /// Text that is not UTF-8.
    case invalidText
    /// Null where the version does not allow it.
    case unexpectedNull
    /// Bytes left over after the whole value.
    case trailingBytes(Int)
    /// A tag that does not follow the one before it in ascending order, or that stands twice.
    case unorderedTag(Int)
    /// A version this build does not know.
    case unsupportedVersion(Int)
    /// The number of an API, of a record type or of a format that this build does not know.
    case unknownType(Int)
    /// The version that is to be written has no place for this field, and its value is not the default.
    case fieldNotInVersion(Int)
    /// A value longer than its length field can say.
    case tooLong(Int)
    /// A value that its format does not allow; the text says which and what would be right.
    case invalidValue(String)
    /// The stored checksum is not that of the bytes.
    case checksumMismatch(stored: UInt32, computed: UInt32)
    /// Compressed bytes that their codec refuses; the text is the codec's.
    case decompressionFailed(String)
    /// Decompression would give more bytes than the caller allows.
    case limitExceeded(Int)
    /// The elements of arrays would take more bytes of memory than the caller allows.
    case tooManyElements(limit: Int)
  }

  /// In a box of its own, so that a function that may throw it costs no more than a function that returns a word.
  private final class Details: Hashable, Sendable {
    let kind: Kind
    let position: Int
    let field: String
    let message: String

    init(_ kind: Kind, _ position: Int, _ field: String, _ message: String) {
      self.kind = kind
      self.position = position
      self.field = field
      self.message = message
    }

    static func == (left: Details, right: Details) -> Bool {
      left.kind == right.kind && left.position == right.position && left.field == right.field && left.message == right.message
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(kind)
      hasher.combine(position)
      hasher.combine(field)
      hasher.combine(message)
    }
  }

  private let details: Details

  public init(_ kind: Kind, at position: Int, field: String = "", message: String = "") {
    details = Details(kind, position, field, message)
  }

  public var kind: Kind { details.kind }
  /// The byte at which it was found, counted from the start of the message, batch or frame. When writing: how far it got.
  public var position: Int { details.position }
  /// The field, or the part of a batch, in Kafka's words. Empty where the whole is meant.
  public var field: String { details.field }
  /// The message or record the field belongs to. Empty where it is not known.
  public var message: String { details.message }

  /// The same error, said of a message.
  func within(_ message: String) -> WireError {
    WireError(kind, at: position, field: field, message: message)
  }
}

extension WireError: CustomStringConvertible {
  public var description: String {
    let place = [message, field].filter { !$0.isEmpty }.joined(separator: ".")
    return "\(place.isEmpty ? "" : place + ": ")\(kind) at byte \(position)"
  }
}

extension WireError.Kind: CustomStringConvertible {
  public var description: String {
    switch self {
    case .endOfInput(let needed, let available): "the input ends too early (\(needed) bytes needed, \(available) left)"
    case .invalidLength(let length): "a length of \(length) is not possible here"
    case .invalidVarint: "a variable-length integer does not end in time"
    case .invalidText: "text that is not valid UTF-8"
    case .unexpectedNull: "null is not allowed in this version"
    case .trailingBytes(let count): "\(count) bytes are left over"
    case .unorderedTag(let tag): "tag \(tag) is out of order"
    case .unsupportedVersion(let version): "version \(version) is not known"
    case .unknownType(let type): "type \(type) is not known"
    case .fieldNotInVersion(let version): "version \(version) has no such field, and the value is not the default"
    case .tooLong(let length): "\(length) bytes or elements are more than the length field can say"
    case .invalidValue(let reason): reason
    case .checksumMismatch(let stored, let computed): "the checksum is \(stored), computed from the bytes it is \(computed)"
    case .decompressionFailed(let reason): "decompression failed: \(reason)"
    case .limitExceeded(let limit): "decompression would give more than \(limit) bytes"
    case .tooManyElements(let limit): "the elements of arrays would take more than \(limit) bytes of memory"
    }
  }
}
