import OrderedCollections

/// For tables without a meaningful order: the last entry takes the place of a removed one, so that nothing else moves.
extension OrderedDictionary {
  mutating func drop(_ key: Key) {
    guard let place = index(forKey: key) else { return }
    if place != count - 1 { swapAt(place, count - 1) }
    removeLast()
  }

  /// Sets a value; nil removes the entry.
  mutating func set(_ key: Key, to value: Value?) {
    if let value { self[key] = value } else { drop(key) }
  }
}
