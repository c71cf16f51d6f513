/// Values by connection, with open addressing and linear probing.
///
/// Every message looks up its connection several times, and a dictionary's keyed hash costs more than the rest of the lookup. Hosts
/// assign the keys, so no one can choose them to collide.
public struct ConnectionTable<Value> {
  /// -1 marks a vacant place.
  @usableFromInline var keys: ContiguousArray<Int64>
  @usableFromInline var values: ContiguousArray<Value?>
  @usableFromInline var count = 0

  public init() {
    keys = ContiguousArray(repeating: -1, count: 8)
    values = ContiguousArray(repeating: nil, count: 8)
  }

  /// All values, in an order that means nothing.
  public var all: [Value] { values.compactMap { $0 } }

  @inlinable
  public subscript(connection: ConnectionID) -> Value? {
    get { values[place(of: Int64(connection.value))] }
    set {
      guard let newValue else {
        removeValue(for: connection)
        return
      }
      var place = place(of: Int64(connection.value))
      if keys[place] < 0 {
        if 2 * (count + 1) > keys.count {
          grow()
          place = self.place(of: Int64(connection.value))
        }
        keys[place] = Int64(connection.value)
        count += 1
      }
      values[place] = newValue
    }
  }

  @inlinable
  @discardableResult
  public mutating func removeValue(for connection: ConnectionID) -> Value? {
    var hole = place(of: Int64(connection.value))
    guard keys[hole] >= 0 else { return nil }
    let removed = values[hole]
    // Move up the entries behind the hole, except past their home place, so that no search stops at the hole too early.
    var next = (hole + 1) & mask
    while keys[next] >= 0 {
      if (next - home(of: keys[next])) & mask >= (next - hole) & mask {
        keys[hole] = keys[next]
        values[hole] = values[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    keys[hole] = -1
    values[hole] = nil
    count -= 1
    return removed
  }

  @inlinable var mask: Int { keys.count - 1 }

  /// Fibonacci hashing: the upper bits of the product depend on all of the key.
  @inlinable
  func home(of key: Int64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: key) &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
  }

  /// The index at which a key is stored, or the vacant place where it would be.
  @inlinable
  func place(of key: Int64) -> Int {
    var place = home(of: key)
    while keys[place] != key, keys[place] >= 0 { place = (place + 1) & mask }
    return place
  }

  @usableFromInline
  mutating func grow() {
    let formerKeys = keys, formerValues = values
    keys = ContiguousArray(repeating: -1, count: 2 * formerKeys.count)
    values = ContiguousArray(repeating: nil, count: 2 * formerKeys.count)
    for (index, key) in formerKeys.enumerated() where key >= 0 {
      let place = place(of: key)
      keys[place] = key
      values[place] = formerValues[index]
    }
  }
}
