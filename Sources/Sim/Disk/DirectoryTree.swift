import Host

/// The directories of a disk, starting at its root, found by path.
struct DirectoryTree {
  let root: Directory
  private let moves = DirectoryMoves()
  /// The result of the last lookup, valid as long as `moves` is unchanged. Most paths are in the same directory as the path before them.
  private var last: (path: String, directory: Directory, moves: Int)?

  init() { root = Directory(moves) }

  /// Returns nil if there is no such directory; throws if a file is in the way.
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

  /// Creates a directory and those of its parents that are missing.
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
