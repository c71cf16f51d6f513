import Primitives
import Wire

/// A record of a coordinator's log as it is stored: a key with its type in front, and a value with its version in front, or none, which takes away what stood
/// under the key.
public struct CoordinatorRecord: Sendable, Equatable {
  public var key: Bytes
  public var value: Bytes?

  public init(key: Bytes, value: Bytes?) {
    self.key = key
    self.value = value
  }

  /// Throws where a field does not fit into the format, such as a text that is too long.
  public init<Key: CoordinatorRecordKey, Value: CoordinatorRecordValue>(_ key: Key, _ value: Value, version: Int16? = nil) throws(WireError) {
    self.key = try key.encodedWithType()
    self.value = try value.encodedWithVersion(version)
  }

  /// Takes away what stands under a key.
  public init<Key: CoordinatorRecordKey>(removing key: Key) throws(WireError) {
    self.key = try key.encodedWithType()
    value = nil
  }
}
