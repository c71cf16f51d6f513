import Host
import Primitives

/// A machine's disk during one life of a node: open files and operations under way. After that life nothing here has an effect.
final class DiskSession: Disk {
  private let world: Uncounted<World>
  private let machine: Uncounted<Machine>
  /// The machine's, which outlives its sessions.
  private let storage: Uncounted<DiskStorage>
  private var isAlive = true

  /// A class, because every read and append looks its file up and passes on only a reference.
  private final class OpenFile {
    let path: String
    let inode: Inode

    init(path: String, inode: Inode) {
      self.path = path
      self.inode = inode
    }
  }

  /// Files in the order in which this life opened them, nil once closed. A file's number is its position, counted from one.
  private var files: ContiguousArray<OpenFile?> = []
  private var operations: [UInt32: OperationUnderWay] = [:]
  private var operationsBegun: UInt32 = 0
  private var stalled: [DiskOperation] = []

  init(world: World, machine: Machine) {
    self.world = Uncounted(world)
    self.machine = Uncounted(machine)
    storage = Uncounted(machine.disk)
  }

  func die() {
    isAlive = false
    files = []
    operations = [:]
    stalled = []
  }

  private func file(_ file: FileID) throws(DiskError) -> OpenFile {
    guard let open = openFile(file) else { throw isAlive ? .invalid : .inputOutput }
    return open
  }

  private func openFile(_ file: FileID) -> OpenFile? {
    // Zero wraps around to the largest index, where there is never a file.
    let place = Int(file.value &- 1)
    return place < files.count ? files[place] : nil
  }

  // MARK: Files

  func open(_ path: String, creating: Bool) throws(DiskError) -> FileID {
    guard isAlive else { throw .inputOutput }
    let path = Path(path)
    try storage.object.failIfFaulty(path.text)
    guard !path.isRoot else { throw .invalid }
    let parent = try storage.object.directories.directory(at: path.parent), name = path.name
    let inode: Inode
    switch parent?[name] {
    case .file(let found): inode = found
    case .directory: throw .invalid
    case nil:
      guard creating else { throw .notFound }
      try storage.object.failIfFull(path.text)
      guard let parent else { throw .notFound }
      inode = Inode(modified: wallClock)
      parent.set(name, .file(inode))
    }
    files.append(OpenFile(path: path.text, inode: inode))
    return FileID(UInt32(files.count))
  }

  func close(_ file: FileID) {
    guard openFile(file) != nil else { return }
    files[Int(file.value) - 1] = nil
  }

  func size(of file: FileID) -> Int { openFile(file)?.inode.size ?? 0 }

  func append(_ bytes: Bytes, to file: FileID) throws(DiskError) {
    let open = try self.file(file), now = now, handlerTime = handlerTime
    let wait = try storage.with { (storage) throws(DiskError) in
      try storage.append(bytes, to: open.inode, path: open.path, at: handlerTime, now: now)
    }
    machine.with { $0.waited += wait }
    open.inode.modified = wallClock
    world.with { $0.statistics.diskBytesAppended += UInt64(bytes.count) }
  }

  func read(_ file: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes {
    let open = try self.file(file)
    guard position >= 0, count >= 0 else {
      try storage.object.failIfFaulty(open.path)
      throw .invalid
    }
    let now = now, handlerTime = handlerTime
    let (bytes, wait) = try storage.with { (storage) throws(DiskError) in
      try storage.read(open.inode, at: position, count: count, path: open.path, at: handlerTime, now: now)
    }
    if wait > .zero { machine.with { $0.waited += wait } }
    return bytes
  }

  func sharedBytes(of file: FileID, at position: Int) -> Int { openFile(file)?.inode.content.sharedBytes(at: position) ?? 0 }

  func truncate(_ file: FileID, to size: Int) throws(DiskError) {
    let open = try self.file(file)
    try storage.object.failIfFaulty(open.path)
    guard size >= 0 else { throw .invalid }
    let before = open.inode.size, unsyncedBefore = open.inode.unsyncedBytes
    open.inode.truncate(to: size)
    for damage in open.inode.damages { damage.recordTruncation(to: size, at: world.object.now) }
    storage.object.device.discard(unsyncedBefore - open.inode.unsyncedBytes)
    open.inode.modified = wallClock
    storage.object.free(before - open.inode.size)
  }

  // MARK: Names

  func rename(_ path: String, to newPath: String) throws(DiskError) {
    guard isAlive else { throw .inputOutput }
    let path = Path(path), newPath = Path(newPath)
    try storage.object.failIfFaulty(path.text)
    guard let entry = try storage.object.directories.entry(path) else { throw .notFound }
    let parent = try storage.object.directories.parent(of: path), newParent = try storage.object.directories.parent(of: newPath)
    if path.text == newPath.text { return }
    freeFile(newParent[newPath.name])
    if parent === newParent {
      parent.rename(path.name, to: newPath.name, entry)
    } else {
      newParent.set(newPath.name, entry)
      parent.remove(path.name)
    }
  }

  func remove(_ path: String) throws(DiskError) {
    guard isAlive else { throw .inputOutput }
    let path = Path(path)
    try storage.object.failIfFaulty(path.text)
    guard !path.isRoot else { throw .invalid }
    guard let entry = try storage.object.directories.entry(path) else { return }
    freeFile(entry)
    try storage.object.directories.parent(of: path).remove(path.name)
  }

  /// Frees the space of a file that loses its name.
  private func freeFile(_ entry: Directory.Entry?) {
    switch entry {
    case .file(let inode):
      storage.object.free(inode.size)
      storage.object.device.discard(inode.unsyncedBytes)
    case .directory(let directory):
      for file in directory.files() { freeFile(.file(file.inode)) }
    case nil: break
    }
  }

  func makeDirectory(_ path: String) throws(DiskError) {
    guard isAlive else { throw .inputOutput }
    let path = Path(path)
    try storage.object.failIfFaulty(path.text)
    try storage.object.directories.make(path)
  }

  func list(_ path: String) throws(DiskError) -> [String] {
    guard isAlive else { throw .inputOutput }
    let path = Path(path)
    try storage.object.failIfFaulty(path.text)
    return try storage.object.directories.directory(at: path.text[...])?.names ?? []
  }

  func exists(_ path: String) -> Bool { (try? storage.object.directories.entry(Path(path))) != nil }

  func modified(_ path: String) -> Timestamp? {
    guard case .file(let inode) = try? storage.object.directories.entry(Path(path)) else { return nil }
    return inode.modified
  }

  private var wallClock: Timestamp { machine.with { $0.clock.reading(at: now) } }

  /// Where the present handler has got to.
  private var handlerTime: Instant { now + machine.with { $0.elapsed } }

  private var now: Instant { world.with { $0.now } }

  // MARK: Operations

  func sync(_ file: FileID) -> DiskOperation {
    guard let open = openFile(file) else { return fail(.invalid) }
    let bytes = open.inode.unsyncedBytes
    return begin(.sync(open.inode, open.inode.beginSync()), path: open.path, bytes: bytes)
  }

  func syncDirectory(_ path: String) -> DiskOperation {
    do throws(DiskError) {
      let path = Path(path)
      guard let directory = try storage.object.directories.directory(at: path.text[...]) else { throw .notFound }
      return begin(.syncDirectory(directory, changes: directory.changes), path: path.text, bytes: 0)
    } catch {
      return fail(error)
    }
  }

  func replace(_ path: String, with content: Bytes) -> DiskOperation {
    let path = Path(path)
    do throws(DiskError) {
      let parent = try storage.object.directories.parent(of: path)
      let name = path.name, temporaryName = name + Path.temporarySuffix
      if case .directory = parent[name] { throw .invalid }
      try storage.object.failIfFaulty(path.text)
      try storage.object.failIfFull(path.text)
      try storage.object.reserve(content.count)
      let temporary = Inode(modified: wallClock)
      temporary.append(content)
      machine.object.waited += storage.object.append(content.count, to: temporary, at: handlerTime, now: world.object.now)
      freeFile(parent[temporaryName])
      parent.set(temporaryName, .file(temporary))
      world.object.statistics.diskBytesAppended += UInt64(content.count)
      storage.object.divert(content, at: 0, of: temporary, path: path.text, now: world.object.now)
      return begin(.writeReplacement(temporary, temporary.beginSync(), parent, name), path: path.text, bytes: content.count)
    } catch {
      return fail(error)
    }
  }

  private func begin(_ step: OperationStep, path: String, bytes: Int) -> DiskOperation {
    operationsBegun += 1
    let operation = DiskOperation(operationsBegun)
    guard isAlive else { return operation }
    operations[operation.value] = OperationUnderWay(path: path, step: step, origin: world.with { $0.causality?.present ?? .none })
    if let kind = step.kind { report(.begun(kind, path: path, bytes: bytes), of: operation) }
    schedule(operation, path: path, bytes: bytes)
    return operation
  }

  private func fail(_ error: DiskError) -> DiskOperation { begin(.fail(error), path: "", bytes: 0) }

  private func schedule(_ operation: DiskOperation, path: String, bytes: Int) {
    world.object.statistics.diskOperations += 1
    let end = storage.object.flushEnd(of: path, bytes: bytes, at: handlerTime, now: world.object.now)
    world.object.agenda.insert(.disk(node: machine.object.index.value, life: machine.object.life, operation), at: end)
  }

  /// Continues an operation when the device has finished a step of it.
  func step(_ operation: DiskOperation) {
    guard let underWay = operations[operation.value] else { return }
    if storage.object.strike(underWay.path, { $0 == .stalled }) != nil { return stalled.append(operation) }
    let failure = storage.object.strike(underWay.path) { $0 == .inputOutputErrorOnSync || $0 == .inputOutputError }
    switch underWay.step {
    case .fail(let error):
      end(operation, error)
    case .sync(let inode, let number):
      if failure != nil { inode.failSync(number) } else { inode.endSync(number) }
      end(operation, failure == nil ? nil : .inputOutput)
    case .syncDirectory(let directory, let changes):
      if failure == nil { directory.sync(changes: changes) }
      end(operation, failure == nil ? nil : .inputOutput)
    case .writeReplacement(let inode, let number, let parent, let name):
      guard failure == nil else {
        inode.failSync(number)
        return end(operation, .inputOutput)
      }
      inode.endSync(number)
      putInPlace(inode, parent, name)
      operations[operation.value]?.step = .syncDirectory(parent, changes: parent.changes)
      schedule(operation, path: underWay.path, bytes: 0)
    }
  }

  /// Renames the temporary file over the target, unless another replacement has taken its name meanwhile.
  private func putInPlace(_ inode: Inode, _ parent: Directory, _ name: String) {
    freeFile(parent[name])
    let temporaryName = name + Path.temporarySuffix
    if case .file(let named) = parent[temporaryName], named === inode {
      parent.rename(temporaryName, to: name, .file(inode))
    } else {
      parent.set(name, .file(inode))
    }
  }

  private func end(_ operation: DiskOperation, _ error: DiskError?) {
    let underWay = operations.removeValue(forKey: operation.value)
    world.object.causality?.origin = EventOrigin(event: underWay?.origin ?? .none)
    if underWay?.step.kind != nil { report(.ended(error), of: operation) }
    world.object.deliver(.event(.disk(operation, error)), to: machine.object)
  }

  private func report(_ step: DiskNotice.Step, of operation: DiskOperation) {
    guard let onDiskOperation = world.object.onDiskOperation else { return }
    let time = if case .begun = step { handlerTime } else { now }
    onDiskOperation(DiskNotice(step: step, time: time, node: machine.object.index, operation: operation))
  }

  /// Continues the operations that a fault had stalled.
  func resumeStalled() {
    let resumed = stalled
    stalled = []
    for operation in resumed {
      world.object.agenda.insert(.disk(node: machine.object.index.value, life: machine.object.life, operation), at: world.object.now)
    }
  }
}
