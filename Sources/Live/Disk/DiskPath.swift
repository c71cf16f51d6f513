import Host

/// A checked path below a node's root: it cannot lead out of the data directory.
struct DiskPath {
  /// The outermost name first.
  let names: [Substring]

  init(_ text: String) throws(DiskError) {
    names = text.split(separator: "/")
    for name in names where name == "." || name == ".." || name.utf8.contains(0) { throw .invalid }
  }

  var isRoot: Bool { names.isEmpty }

  /// The last name; empty for the root.
  var name: String { String(names.last ?? "") }

  /// All names except the last.
  var directory: [Substring] { Array(names.dropLast()) }
}
