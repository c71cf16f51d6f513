import Host
import Primitives

/// A disk in memory with a page cache and a platter, and the ends that tell them apart.
final class TestDisk: Disk {
  final class File {
    var content: [UInt8] = []
    /// What the last sync made durable.
    var synced: [UInt8] = []
    var modified = Timestamp(milliseconds: 0)
  }

  enum Pending {
    case sync(File, [UInt8])
    case syncDirectory(String)
    case replace(String, Bytes)
  }

  private(set) var names: [String: File] = [:]
  private(set) var directories: Set<String> = [""]
  private var durableNames: [String: File] = [:]
  private var durableDirectories: Set<String> = [""]
  private var open: [UInt32: File] = [:]
  private var nextID: UInt32 = 1
  private(set) var pending: [(DiskOperation, Pending)] = []
  private(set) var syncCount = 0
  /// Called before every operation with what it is and its path; an error it returns is the operation's.
  var failure: ((_ operation: String, _ path: String) -> DiskError?)?
  var clock: () -> Timestamp = { Timestamp(milliseconds: 0) }

  private func check(_ operation: String, _ path: String) throws(DiskError) {
    if let error = failure?(operation, path) { throw error }
  }

  private func parent(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }

  func open(_ path: String, creating: Bool) throws(DiskError) -> FileID {
    try check("open", path)
    if names[path] == nil {
      guard creating, directories.contains(parent(path)) else { throw .notFound }
      names[path] = File()
    }
    nextID += 1
    open[nextID] = names[path]
    return FileID(nextID)
  }

  func close(_ file: FileID) { open[file.value] = nil }
  func size(of file: FileID) -> Int { open[file.value]?.content.count ?? 0 }

  private func file(_ id: FileID) throws(DiskError) -> File {
    guard let file = open[id.value] else { throw .invalid }
    return file
  }

  private func path(of file: File) -> String { names.first { $0.value === file }?.key ?? "" }

  func append(_ bytes: Bytes, to id: FileID) throws(DiskError) {
    let file = try file(id)
    if failure != nil { try check("append", path(of: file)) }
    file.content += bytes.array
    file.modified = clock()
  }

  func read(_ id: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes {
    let content = try file(id).content
    return Bytes(content[min(position, content.count)..<min(position + count, content.count)])
  }

  func truncate(_ id: FileID, to size: Int) throws(DiskError) {
    let file = try file(id)
    if failure != nil { try check("truncate", path(of: file)) }
    if size < file.content.count { file.content.removeSubrange(size...) }
  }

  private func begin(_ operation: Pending) -> DiskOperation {
    nextID += 1
    pending.append((DiskOperation(nextID), operation))
    return DiskOperation(nextID)
  }

  func sync(_ id: FileID) -> DiskOperation {
    syncCount += 1
    let file = open[id.value] ?? File()
    return begin(.sync(file, file.content))
  }

  func syncDirectory(_ path: String) -> DiskOperation { begin(.syncDirectory(path)) }
  func replace(_ path: String, with content: Bytes) -> DiskOperation { begin(.replace(path, content)) }

  func rename(_ path: String, to newPath: String) throws(DiskError) {
    try check("rename", path)
    if let file = names.removeValue(forKey: path) {
      names[newPath] = file
      return
    }
    guard directories.remove(path) != nil else { throw .notFound }
    directories.insert(newPath)
    for name in names.keys.sorted() where name.hasPrefix(path + "/") {
      names[newPath + name.dropFirst(path.count)] = names.removeValue(forKey: name)
    }
  }

  func remove(_ path: String) throws(DiskError) {
    try check("remove", path)
    names[path] = nil
    guard directories.contains(path) else { return }
    directories = directories.filter { $0 != path && !$0.hasPrefix(path + "/") }
    for name in names.keys where name.hasPrefix(path + "/") { names[name] = nil }
  }

  func makeDirectory(_ path: String) throws(DiskError) {
    try check("makeDirectory", path)
    var prefix = ""
    for part in path.split(separator: "/") {
      prefix += (prefix.isEmpty ? "" : "/") + part
      directories.insert(prefix)
    }
  }

  func list(_ path: String) throws(DiskError) -> [String] {
    try check("list", path)
    return (Array(names.keys) + Array(directories)).filter { !$0.isEmpty && parent($0) == path }
      .map { path.isEmpty ? $0 : String($0.dropFirst(path.count + 1)) }.sorted()
  }

  func exists(_ path: String) -> Bool { names[path] != nil || directories.contains(path) }
  func modified(_ path: String) -> Timestamp? { names[path]?.modified }

  // MARK: Driving

  /// Carries out the oldest operation under way and says how it ended.
  func finishNext() -> (DiskOperation, DiskError?)? {
    guard !pending.isEmpty else { return nil }
    let (id, operation) = pending.removeFirst()
    switch operation {
    case .sync(let file, let content):
      if let error = failure?("sync", path(of: file)) { return (id, error) }
      file.synced = content
    case .syncDirectory(let path):
      if let error = failure?("syncDirectory", path) { return (id, error) }
      makeNamesDurable(in: path)
    case .replace(let path, let content):
      if let error = failure?("replace", path) { return (id, error) }
      finishReplace(path, content)
    }
    return (id, nil)
  }

  private func finishReplace(_ path: String, _ content: Bytes) {
    let file = File()
    file.content = content.array
    file.synced = content.array
    names[path] = file
    makeNamesDurable(in: parent(path))
  }

  private func makeNamesDurable(in path: String) {
    durableNames = durableNames.filter { parent($0.key) != path || names[$0.key] != nil }
    for (name, file) in names where parent(name) == path { durableNames[name] = file }
    durableDirectories = durableDirectories.filter { $0.isEmpty || parent($0) != path || directories.contains($0) }
    for directory in directories where !directory.isEmpty && parent(directory) == path { durableDirectories.insert(directory) }
  }

  /// The process ends: the page cache stays, operations under way may or may not have happened.
  func kill(_ random: inout RandomStream) {
    for (_, operation) in pending {
      if case .replace(let path, let content) = operation, random.chance(1, in: 2) { finishReplace(path, content) }
    }
    pending = []
    open = [:]
  }

  /// The power goes: of what was not synced, each file and each name keeps anything between nothing and all, the last bytes possibly garbled.
  func losePower(_ random: inout RandomStream) {
    kill(&random)
    var survivors: [String: File] = [:]
    for name in Set(names.keys).union(durableNames.keys).sorted() {
      let now = names[name], durable = durableNames[name]
      if now === durable {
        survivors[name] = now
      } else {
        survivors[name] = random.chance(1, in: 2) ? now : durable
      }
    }
    directories = durableDirectories.union(directories.sorted().filter { _ in random.chance(1, in: 2) })
    survivors = survivors.filter { name, _ in isReachable(name) }
    for name in survivors.keys.sorted() { loseContent(of: survivors[name]!, &random) }
    names = survivors
    durableNames = survivors
    durableDirectories = directories
  }

  private func isReachable(_ name: String) -> Bool {
    var directory = parent(name)
    while !directory.isEmpty {
      guard directories.contains(directory) else { return false }
      directory = parent(directory)
    }
    return true
  }

  private func loseContent(of file: File, _ random: inout RandomStream) {
    guard file.content != file.synced else { return }
    let common = zip(file.content, file.synced).prefix { $0 == $1 }.count
    if common == file.synced.count {
      // Appended only: some of it came to the platter.
      var kept = Array(file.content[..<(common + Int(random.below(Int64(file.content.count - common + 1))))])
      if kept.count > common, random.chance(1, in: 2) { kept[kept.count - 1 - Int(random.below(Int64(kept.count - common)))] ^= 0x55 }
      file.content = kept
    } else if random.chance(1, in: 2) {
      file.content = file.synced
    }
    file.synced = file.content
  }

  // MARK: Tampering

  func content(_ path: String) -> [UInt8] { names[path]?.content ?? [] }

  func overwrite(_ path: String, _ change: (inout [UInt8]) -> Void) {
    let file = names[path] ?? File()
    change(&file.content)
    file.synced = file.content
    names[path] = file
    durableNames[path] = file
  }
}
