import Scenarios

/// Changes at places of a document that were found by walking through it.
extension Value {
  enum Step: Equatable {
    case key(String)
    case index(Int)
  }

  /// Visits every value that has a key, from the top down.
  func walk(_ visit: (_ path: [Step], _ key: String, _ value: Value) -> Void) { walk([], visit) }

  private func walk(_ path: [Step], _ visit: (_ path: [Step], _ key: String, _ value: Value) -> Void) {
    switch content {
    case .scalar: return
    case .list(let elements):
      for (index, element) in elements.enumerated() { element.walk(path + [.index(index)], visit) }
    case .map(let entries):
      for entry in entries {
        let below = path + [.key(entry.key)]
        visit(below, entry.key, entry.value)
        entry.value.walk(below, visit)
      }
    }
  }

  /// The document with another value at a place.
  func replacing(_ path: [Step], with value: Value) -> Value { changing(path[...]) { _ in value } }

  /// The document without a key or an element.
  func without(_ path: [Step]) -> Value { changing(path[...]) { _ in nil } }

  private func changing(_ path: ArraySlice<Step>, _ change: (Value) -> Value?) -> Value {
    var value = self
    guard let step = path.first else { return self }
    func changed(_ below: Value) -> Value? { path.count == 1 ? change(below) : below.changing(path.dropFirst(), change) }
    switch (content, step) {
    case (.map(let entries), .key(let key)):
      value.content = .map(entries.compactMap { entry in entry.key == key ? changed(entry.value).map { Entry(key: key, keyPlace: entry.keyPlace, value: $0) } : entry })
    case (.list(let elements), .index(let index)):
      value.content = .list(elements.enumerated().compactMap { $0.offset == index ? changed($0.element) : $0.element })
    case (.scalar, _), (.map, .index), (.list, .key): break
    }
    return value
  }
}
