import Glibc
import Host
import Primitives

/// A file that a node has open. Its descriptor may be closed in the meantime to make room for others, and reopened by the name that the file
/// has by then.
final class OpenFile {
  /// Identifies the file on the machine: its name may be given to another file.
  struct Identity: Equatable {
    let device: dev_t
    let number: ino_t

    init(_ facts: stat) {
      device = facts.st_dev
      number = facts.st_ino
    }
  }

  fileprivate(set) var directory: OpenDirectory
  fileprivate(set) var name: String
  var descriptor: Descriptor?
  let identity: Identity
  /// When it was last used, counted in uses of all files.
  var lastUse = 0
  /// Its size when it was last checked.
  var size = 0
  /// The node's handle and the waiting operations.
  var holders = 1
  /// Whether the descriptor must stay open, because the file is about to lose its name.
  var isPinned = false
  /// Whether the node removed its name, or gave it to another file: it can only be reached through its descriptor.
  fileprivate(set) var hasNoName = false

  init(_ descriptor: Descriptor, _ identity: Identity, name: String, in directory: OpenDirectory) {
    self.descriptor = descriptor
    self.identity = identity
    self.name = name
    self.directory = directory
    directory.files[name, default: []].append(self)
  }

  /// Removes it from the tree. From then on it needs its descriptor.
  func forget() {
    guard !hasNoName else { return }
    directory.files[name]?.removeAll { $0 === self }
    if directory.files[name]?.isEmpty == true { directory.files[name] = nil }
    directory.prune()
  }

  /// Throws if another process removed the file: it accepts writes, but loses them when its last descriptor is closed.
  func checkName(_ descriptor: Descriptor) throws(DiskError) {
    guard !hasNoName, !isPinned, try descriptor.facts().st_nlink == 0 else { return }
    throw .gone
  }

  fileprivate func loseName() {
    forget()
    hasNoName = true
  }
}

/// A directory with open files or waiting operations somewhere below: it follows renames and removals.
final class OpenDirectory {
  fileprivate(set) var name: String
  /// nil for the root, and for a removed directory.
  fileprivate(set) var parent: OpenDirectory?
  fileprivate var children: [String: OpenDirectory] = [:]
  fileprivate(set) var files: [String: [OpenFile]] = [:]
  /// The number of waiting operations.
  private var holders = 0
  fileprivate(set) var wasRemoved = false

  init(root: Void) { name = "" }

  private init(name: String, parent: OpenDirectory) {
    self.name = name
    self.parent = parent
  }

  /// The path, from the root down.
  var names: [String] {
    var names: [String] = []
    var directory = self
    while let parent = directory.parent {
      names.append(directory.name)
      directory = parent
    }
    return names.reversed()
  }

  func hold() { holders += 1 }

  func letGo() {
    holders -= 1
    prune()
  }

  /// The directory at a path below this one, added to the tree if it is missing.
  func descend(_ names: some Sequence<Substring>) -> OpenDirectory {
    var directory = self
    for name in names {
      let name = String(name)
      if let child = directory.children[name] {
        directory = child
      } else {
        let child = OpenDirectory(name: name, parent: directory)
        directory.children[name] = child
        directory = child
      }
    }
    return directory
  }

  /// The directory at a path below this one, if the tree has it.
  func find(_ names: some Sequence<Substring>) -> OpenDirectory? {
    var directory = self
    for name in names {
      guard let child = directory.children[String(name)] else { return nil }
      directory = child
    }
    return directory
  }

  /// The open files with a name here, or anywhere below a directory of that name.
  func openFiles(under name: String) -> [OpenFile] { (files[name] ?? []) + (children[name]?.allFiles ?? []) }

  private var allFiles: [OpenFile] { files.values.flatMap { $0 } + children.values.flatMap(\.allFiles) }

  /// Marks files here whose name was given to another file.
  func loseNames(of files: [OpenFile]) {
    for file in files { file.loseName() }
  }

  /// A name here was removed, with everything below it.
  func removed(_ name: String) {
    for file in files[name] ?? [] { file.loseName() }
    children[name]?.wasRemovedWithAll()
    prune()
  }

  private func wasRemovedWithAll() {
    for file in files.values.flatMap({ $0 }) { file.loseName() }
    for child in children.values { child.wasRemovedWithAll() }
    wasRemoved = true
    parent?.children[name] = nil
    parent = nil
  }

  /// A file or directory here was renamed, perhaps into another directory.
  func moved(_ name: String, to other: OpenDirectory, _ newName: String) {
    guard self !== other || name != newName else { return }
    other.removed(newName)
    for file in files.removeValue(forKey: name) ?? [] {
      file.directory = other
      file.name = newName
      other.files[newName, default: []].append(file)
    }
    if let child = children.removeValue(forKey: name) {
      child.name = newName
      child.parent = other
      other.children[newName] = child
    }
  }

  /// Removes this directory from the tree if nothing needs it.
  fileprivate func prune() {
    guard let parent, parent.children[name] === self, holders == 0, files.isEmpty, children.isEmpty else { return }
    parent.children[name] = nil
    parent.prune()
  }
}
