import Host

/// An operation that waits for the platter.
struct OperationUnderWay {
  let path: String
  var step: OperationStep
}

/// What the device is doing for an operation. A process that ends between two steps leaves things as they then are.
enum OperationStep {
  /// Refused before it reached the device; the news travel like any other.
  case fail(DiskError)
  case sync(Inode, UInt32)
  case syncDirectory(Directory, changes: Int)
  /// Writes and syncs the temporary file of a replacement; renaming it and syncing its directory follow.
  case writeReplacement(Inode, UInt32, Directory, String)
}

/// A path below a node's root.
struct Path {
  static let temporarySuffix = ".tmp"

  let names: [String]

  init(_ text: String) { names = text.split(separator: "/").filter { $0 != "." }.map(String.init) }
  private init(names: [String]) { self.names = names }

  var text: String { names.joined(separator: "/") }
  var isRoot: Bool { names.isEmpty }
  /// Only of a path that is not the root.
  var name: String { names[names.count - 1] }
  var parent: Path { Path(names: Array(names.dropLast())) }
}
