import Primitives
import Wire

/// A record of a coordinator's log as it is stored: a key preceded by its type, and a value preceded by its version. A record without a value deletes
/// the entry of its key.
public struct CoordinatorRecord: Sendable, Equatable {
  public var key: Bytes
  public var value: Bytes?

  public init(key: Bytes, value: Bytes?) {
    self.key = key
    self.value = value
  }

  /// Throws if a field does not fit the format, such as a text that is too long.
  public init<Key: CoordinatorRecordKey, Value: CoordinatorRecordValue>(_ key: Key, _ value: Value, version: Int16? = nil) throws(WireError) {
    self.key = try key.encodedWithType()
    self.value = try value.encodedWithVersion(version)
  }

  /// Makes a record that deletes a key's entry.
  public init<Key: CoordinatorRecordKey>(removing key: Key) throws(WireError) {
    self.key = try key.encodedWithType()
    value = nil
  }
}
