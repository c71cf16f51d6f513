/// A path below a node's root.
struct Path {
  static let temporarySuffix = ".tmp"

  /// The names with single slashes between them; empty for the root.
  let text: String
  /// The index at which the last name begins.
  private let nameStart: String.Index

  init(_ given: String) {
    var text = given
    var form = text.withUTF8 { Form($0) }
    if !form.isPlain {
      text = given.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
      form = text.withUTF8 { Form($0) }
    }
    self.text = text
    nameStart = text.utf8.index(text.startIndex, offsetBy: form.nameStart)
  }

  var isRoot: Bool { text.isEmpty }
  /// The last name. The path must not be the root.
  var name: String { String(text[nameStart...]) }
  /// The path of the containing directory. The path must not be the root.
  var parent: Substring { nameStart == text.startIndex ? "" : text[..<text.utf8.index(before: nameStart)] }

  /// What one pass over the bytes of a path says about its form.
  private struct Form {
    /// Whether the path has single slashes between names, none at either end, and no `.`. Nearly all paths do, and
    /// need no splitting.
    var isPlain: Bool
    var nameStart = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
      let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
      isPlain = true
      for index in text.indices where text[index] == slash {
        if index == nameStart || (index == nameStart + 1 && text[nameStart] == dot) { isPlain = false }
        nameStart = index + 1
      }
      if nameStart == text.count ? nameStart > 0 : (nameStart + 1 == text.count && text[nameStart] == dot) { isPlain = false }
    }
  }
}

/// The names in a path, in order.
struct PathNames: Sequence, IteratorProtocol {
  private var rest: Substring.UTF8View

  /// - Parameter text: the text of a `Path`.
  init(_ text: Substring) { rest = text.utf8 }

  mutating func next() -> String? {
    guard !rest.isEmpty else { return nil }
    let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
    let name = String(Substring(rest[..<end]))
    rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
    return name
  }
}
