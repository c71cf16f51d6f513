import Host

/// A path below a node's root, checked: nothing that a node asks for leads out of its data directory.
struct DiskPath {
  private let names: [Substring]

  init(_ text: String) throws(DiskError) {
    names = text.split(separator: "/")
    for name in names where name == "." || name == ".." || name.utf8.contains(0) { throw .invalid }
  }

  var isRoot: Bool { names.isEmpty }

  /// Relative to the root's descriptor.
  var text: String { isRoot ? "." : names.joined(separator: "/") }

  var name: String { String(names.last ?? ".") }

  var parent: String { names.count < 2 ? "." : names.dropLast().joined(separator: "/") }

  /// Each directory on the way, outermost first, ending with this path.
  var wayDown: [String] { names.indices.map { names[...$0].joined(separator: "/") } }
}
