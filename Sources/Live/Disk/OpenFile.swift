import Glibc
import Host
import Primitives

/// A file that a node has open. Its descriptor may be closed meanwhile, to make room for others, and opened again by the name that the file
/// has by then.
final class OpenFile {
  /// Which file of the machine this is: its name may be given to another.
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
  /// When it was last used, in uses of all files.
  var lastUse = 0
  /// Its size when it was last looked at.
  var size = 0
  /// The handle of the node, and operations that wait.
  var holders = 1
  /// Stays open: its name is about to be taken away.
  var isPinned = false
  /// The node removed its name, or gave it to another file: there is no way back to it but its descriptor.
  fileprivate(set) var hasNoName = false

  init(_ descriptor: Descriptor, _ identity: Identity, name: String, in directory: OpenDirectory) {
    self.descriptor = descriptor
    self.identity = identity
    self.name = name
    self.directory = directory
    directory.files[name, default: []].append(self)
  }

  /// Takes it out of the tree. What is asked of it afterwards needs its descriptor.
  func forget() {
    guard !hasNoName else { return }
    directory.files[name]?.removeAll { $0 === self }
    if directory.files[name]?.isEmpty == true { directory.files[name] = nil }
    directory.prune()
  }

  /// A file that somebody else removed takes what is written to it, and loses it with its last descriptor: it counts as gone.
  func checkName(_ descriptor: Descriptor) throws(DiskError) {
    guard !hasNoName, !isPinned, try descriptor.facts().st_nlink == 0 else { return }
    throw .gone
  }

  fileprivate func loseName() {
    forget()
    hasNoName = true
  }
}

/// A directory with open files, or with operations that wait, somewhere below: follows what is renamed and removed.
final class OpenDirectory {
  fileprivate(set) var name: String
  /// Nil for the root, and for a directory that was removed.
  fileprivate(set) var parent: OpenDirectory?
  fileprivate var children: [String: OpenDirectory] = [:]
  fileprivate(set) var files: [String: [OpenFile]] = [:]
  /// Operations that wait.
  private var holders = 0
  fileprivate(set) var wasRemoved = false

  init(root: Void) { name = "" }

  private init(name: String, parent: OpenDirectory) {
    self.name = name
    self.parent = parent
  }

  /// From the root down.
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

  /// The directory at some names below, made in the tree where it was not there.
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

  /// The directory at some names below, where the tree has it.
  func find(_ names: some Sequence<Substring>) -> OpenDirectory? {
    var directory = self
    for name in names {
      guard let child = directory.children[String(name)] else { return nil }
      directory = child
    }
    return directory
  }

  /// Open files of one name here, or anywhere below a directory of that name.
  func openFiles(under name: String) -> [OpenFile] { (files[name] ?? []) + (children[name]?.allFiles ?? []) }

  private var allFiles: [OpenFile] { files.values.flatMap { $0 } + children.values.flatMap(\.allFiles) }

  /// Some files here gave their name to another one.
  func loseNames(of files: [OpenFile]) {
    for file in files { file.loseName() }
  }

  /// A name here is no more, with everything below it.
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

  /// What bore a name here bears another one now, perhaps elsewhere.
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

  /// Leaves the tree where nothing needs it.
  fileprivate func prune() {
    guard let parent, parent.children[name] === self, holders == 0, files.isEmpty, children.isEmpty else { return }
    parent.children[name] = nil
    parent.prune()
  }
}
