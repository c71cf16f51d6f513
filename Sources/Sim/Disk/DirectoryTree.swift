import Host

/// The directories of a disk from its root on, found by their paths.
struct DirectoryTree {
  let root: Directory
  private let moves = DirectoryMoves()
  /// What was found last, before which moves: most paths lead to the directory of the path before them.
  private var last: (path: String, directory: Directory, moves: Int)?

  init() { root = Directory(moves) }

  /// Nil where there is none; fails where a file stands in the way.
  mutating func directory(at path: Substring) throws(DiskError) -> Directory? {
    if let last, last.moves == moves.count, last.path == path { return last.directory }
    var directory = root
    for name in PathNames(path) {
      switch directory[name] {
      case .directory(let found): directory = found
      case .file: throw .invalid
      case nil: return nil
      }
    }
    last = (String(path), directory, moves.count)
    return directory
  }

  mutating func entry(_ path: Path) throws(DiskError) -> Directory.Entry? {
    if path.isRoot { return .directory(root) }
    return try directory(at: path.parent)?[path.name]
  }

  mutating func parent(of path: Path) throws(DiskError) -> Directory {
    guard !path.isRoot else { throw .invalid }
    guard let parent = try directory(at: path.parent) else { throw .notFound }
    return parent
  }

  /// Makes a directory and those above it, as far as they are missing.
  func make(_ path: Path) throws(DiskError) {
    var directory = root
    for name in PathNames(path.text[...]) {
      switch directory[name] {
      case .directory(let found): directory = found
      case .file: throw .invalid
      case nil:
        let made = Directory(moves)
        directory.set(name, .directory(made))
        directory = made
      }
    }
  }
}
