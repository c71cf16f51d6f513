import Primitives

// Values that are in no file: those a program writes.
extension Value {
  package static func word(_ text: String) -> Value { Value(content: .scalar(text), place: .nowhere, path: "") }

  package static func count(_ number: some BinaryInteger) -> Value { .word(String(number)) }

  package static func time(_ duration: Duration) -> Value { .word(duration.exactText) }

  package static func list(_ elements: [Value]) -> Value { Value(content: .list(elements), place: .nowhere, path: "") }

  package static func map(_ entries: [Entry]) -> Value { Value(content: .map(entries), place: .nowhere, path: "") }

  /// A mapping without the keys whose value is nil.
  package static func map(_ entries: KeyValuePairs<String, Value?>) -> Value {
    Value(content: .map(entries.compactMap { key, value in value.map { Entry(key, $0) } }), place: .nowhere, path: "")
  }

  /// Sets the value of a key, or adds the key.
  package mutating func put(_ key: String, _ value: Value) {
    guard case .map(var entries) = content else { return }
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].value = value
    } else {
      entries.append(Entry(key, value))
    }
    content = .map(entries)
  }

  /// Removes a key.
  package mutating func remove(_ key: String) {
    guard case .map(var entries) = content else { return }
    entries.removeAll { $0.key == key }
    content = .map(entries)
  }
}

extension Value.Entry {
  package init(_ key: String, _ value: Value) { self.init(key: key, keyPlace: .nowhere, value: value) }
}

extension Place {
  fileprivate static var nowhere: Place { Place(source: "") }
}

extension Duration {
  /// The exact text, with the unit that people would use: `12.345678901s`, `350ms`, `-2s`.
  package var exactText: String {
    if nanoseconds < 0 { return nanoseconds == .min ? description : "-" + (Duration.zero - self).exactText }
    for (unit, digits) in [("s", 9), ("ms", 6), ("us", 3)] {
      let length = (0..<digits).reduce(Int64(1)) { length, _ in length * 10 }
      guard nanoseconds >= length else { continue }
      return exactQuotient(nanoseconds, by: length, digits: digits) + unit
    }
    return nanoseconds == 0 ? "0s" : "\(nanoseconds)ns"
  }
}

/// A number of small units, expressed exactly in a larger unit: `12.345678901`.
///
/// - Parameters:
///   - unit: the number of small units in a large one: a power of ten.
///   - digits: the number of zeros of that power.
package func exactQuotient(_ number: Int64, by unit: Int64, digits: Int) -> String {
  let fraction = String(number % unit)
  let padded = String(repeating: "0", count: digits - fraction.utf8.count) + fraction
  let significant = String(padded.reversed().drop { $0 == "0" }.reversed())
  return "\(number / unit)" + (significant.isEmpty ? "" : ".\(significant)")
}
