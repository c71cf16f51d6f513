extension Value {
  /// The value of a key. Setting it to nil removes the key.
  package subscript(key: String) -> Value? {
    get {
      guard case .map(let entries) = content else { return nil }
      return entries.first { $0.key == key }?.value
    }
    set {
      guard case .map(var entries) = content else { return }
      if let index = entries.firstIndex(where: { $0.key == key }) {
        if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
      } else if let newValue {
        entries.append(Entry(key: key, keyPlace: newValue.place, value: newValue))
      }
      content = .map(entries)
    }
  }

  /// The elements of a list; nil if this is not a list.
  package var elements: [Value]? {
    guard case .list(let elements) = content else { return nil }
    return elements
  }
}
