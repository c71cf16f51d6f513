import Host

/// A path below a node's root, checked: nothing that a node asks for leads out of its data directory.
struct DiskPath {
  /// Outermost first.
  let names: [Substring]

  init(_ text: String) throws(DiskError) {
    names = text.split(separator: "/")
    for name in names where name == "." || name == ".." || name.utf8.contains(0) { throw .invalid }
  }

  var isRoot: Bool { names.isEmpty }

  /// The last of the names; empty for the root.
  var name: String { String(names.last ?? "") }

  /// All names but the last.
  var directory: [Substring] { Array(names.dropLast()) }
}
