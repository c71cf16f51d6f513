import OrderedCollections

/// For tables whose order is chance: what is taken out is replaced by the last, so that nothing else moves.
extension OrderedDictionary {
  mutating func drop(_ key: Key) {
    guard let place = index(forKey: key) else { return }
    if place != count - 1 { swapAt(place, count - 1) }
    removeLast()
  }

  /// nil takes the entry out.
  mutating func set(_ key: Key, to value: Value?) {
    if let value { self[key] = value } else { drop(key) }
  }
}
