extension Value {
  /// A key of a mapping. Setting nil takes it away.
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

  /// Of a list; nil where this is none.
  package var elements: [Value]? {
    guard case .list(let elements) = content else { return nil }
    return elements
  }
}
