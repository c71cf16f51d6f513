import Primitives

/// What was wrong with bytes that came from outside, or with a value that cannot be put on the wire.
///
/// Decoding never traps: any input results in a value or in one of these errors.
public struct WireError: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// The input ends before the value does.
    case endOfInput(needed: Int, available: Int)
    /// A length or count that is negative (and does not mean null) or larger than what remains of the input.
    case invalidLength(Int)
    /// A variable-length integer with too many bytes, or with more bits than its type.
    case invalidVarint
    /// Text that is not UTF-8.
    case invalidText
    /// Null, which the version does not allow here.
    case unexpectedNull
    /// Bytes left over after the whole value.
    case trailingBytes(Int)
    /// A tag that is not greater than the one before it.
    case unorderedTag(Int)
    /// A version that this build does not know.
    case unsupportedVersion(Int)
    /// The number of an API, of a record type or of a format that this build does not know.
    case unknownType(Int)
    /// The version to be written has no such field, and the field's value is not the default.
    case fieldNotInVersion(Int)
    /// A value too long for its length field.
    case tooLong(Int)
    /// A value that its format does not allow; the text says which value, and what would be right.
    case invalidValue(String)
    /// The stored checksum does not match the bytes.
    case checksumMismatch(stored: UInt32, computed: UInt32)
    /// Compressed bytes that the codec rejects; the text is the codec's.
    case decompressionFailed(String)
    /// Decompression would produce more bytes than the caller allows.
    case limitExceeded(Int)
    /// The elements of arrays would take more bytes of memory than the caller allows.
    case tooManyElements(limit: Int)
  }

  /// Boxed, so that a function that may throw it costs no more than a function that returns a word.
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
  /// The byte at which the error was found, counted from the start of the message, batch or frame. When writing: the number of bytes written so far.
  public var position: Int { details.position }
  /// The field, or the part of a batch, in Kafka's words. Empty if the error concerns the whole.
  public var field: String { details.field }
  /// The message or record that the field belongs to. Empty if unknown.
  public var message: String { details.message }

  /// The same error, with the name of a message.
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
    case .invalidVarint: "a variable-length integer is too long"
    case .invalidText: "text that is not valid UTF-8"
    case .unexpectedNull: "null is not allowed in this version"
    case .trailingBytes(let count): "\(count) bytes are left over"
    case .unorderedTag(let tag): "tag \(tag) is out of order"
    case .unsupportedVersion(let version): "version \(version) is not known"
    case .unknownType(let type): "type \(type) is not known"
    case .fieldNotInVersion(let version): "version \(version) has no such field, and the value is not the default"
    case .tooLong(let length): "\(length) bytes or elements are too many for the length field"
    case .invalidValue(let reason): reason
    case .checksumMismatch(let stored, let computed): "the checksum is \(stored), computed from the bytes it is \(computed)"
    case .decompressionFailed(let reason): "decompression failed: \(reason)"
    case .limitExceeded(let limit): "decompression would produce more than \(limit) bytes"
    case .tooManyElements(let limit): "the elements of arrays would take more than \(limit) bytes of memory"
    }
  }
}
