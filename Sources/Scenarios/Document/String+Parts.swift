extension String {
  /// Where a separator stands first.
  package func range(of separator: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(separator) { return start..<index(start, offsetBy: separator.count) }
      start = index(after: start)
    }
    return nil
  }

  /// What follows a prefix; nil where there is none.
  package func suffix(after prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
