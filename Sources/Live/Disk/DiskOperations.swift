import CFileSystem
import Glibc
import Host
import NIOCore
import NIOPosix
import Primitives

/// What waits for the device: done by a thread beside the node's, and told on the node's event loop. Used on that loop alone; that is what makes it
/// Sendable.
///
/// Operations run one after another in the order of their beginning: of two replacements of one file the later one stays.
final class DiskOperations: @unchecked Sendable {
  private let openFiles: OpenFiles
  private let loop: any EventLoop
  private let flusher: NIOThreadPool
  private var waiting: DiskWorkQueue
  /// Handed to the other thread and not ended.
  private var underWay: [QueuedDiskWork] = []
  /// Ended, and the node was not told yet.
  private var untold = CircularBuffer<(DiskOperation, DiskError?)>()

  /// Hears the end of each operation, on the loop.
  var whenDone: (DiskOperation, DiskError?) -> Void = { _, _ in }

  /// So many are handed to the other thread at a time, so that it need not wait for this one.
  private static let mostUnderWay = 4

  init(on openFiles: OpenFiles, loop: any EventLoop) {
    self.openFiles = openFiles
    self.loop = loop
    waiting = DiskWorkQueue(maxOpenFiles: openFiles.most)
    flusher = NIOThreadPool(numberOfThreads: 1)
    flusher.start()
  }

  /// Waits for the operation under way, and drops those that wait.
  func shutDown() throws { try flusher.syncShutdownGracefully() }

  func begin(_ work: DiskWork) -> DiskOperation {
    let operation = waiting.append(work)
    startNext()
    return operation
  }

  /// Whether the name of a file will lead to another one when what is under way has ended.
  func replaces(_ file: OpenFile) -> Bool { underWay.contains { $0.work.replaces(file) } }

  /// Replacements that are under way may make files in a directory that was just emptied: so many of them at most.
  var mostReplacedTogether: Int { waiting.mostReplacedTogether }

  // MARK: Beginning

  private func startNext() {
    while underWay.count < Self.mostUnderWay {
      guard let next = waiting.popFirst() else { return }
      underWay.append(next)
      let body = prepared(next.work)
      let operation = next.operation
      let loop = loop
      flusher.submit { [self] state in
        guard case .active = state else { return }
        let failures = body()
        loop.execute { self.ended(operation, failures) }
      }
    }
  }

  /// What the other thread does. Returns how it ended for each part of what was gathered, or for the one operation that it is.
  private func prepared(_ work: DiskWork) -> @Sendable () -> [DiskError?] {
    switch work {
    case .syncAll(let parts):
      return { [root = openFiles.root, count = parts.count] in
        [DiskError?](repeating: failure { () throws(DiskError) in try systemCall { file_system_sync(root.number) } }, count: count)
      }
    case .replaceAll(let parts):
      // Their directories take the place of files.
      openFiles.makeRoom(for: parts.count)
      let replacements = parts.map { part in Result { () throws(DiskError) in try replacement(of: part.work) } }
      return { [root = openFiles.root] in Replacement.runAll(replacements, on: root) }
    case .sync, .syncDirectory, .replace, .fail:
      do throws(DiskError) {
        let body = try preparedAlone(work)
        return { () -> [DiskError?] in [failure(body)] }
      } catch {
        return { [error] in [error] }
      }
    }
  }

  /// Opens what an operation is about, whose turn it is. The rest happens on the other thread.
  private func preparedAlone(_ work: DiskWork) throws(DiskError) -> @Sendable () throws(DiskError) -> Void {
    switch work {
    case .fail(let error):
      throw error
    case .sync(let file):
      let descriptor = try openFiles.descriptor(of: file)
      return { () throws(DiskError) in try systemCall { fdatasync(descriptor.number) } }
    case .syncDirectory(let directory):
      guard !directory.wasRemoved else { return {} }
      let descriptor = try openFiles.openDirectory(directory.names.map { $0[...] })
      return { () throws(DiskError) in try systemCall { fsync(descriptor.number) } }
    case .replace, .replaceAll, .syncAll:
      let replacement = try replacement(of: work)
      return { () throws(DiskError) in try replacement?.run() }
    }
  }

  /// Nil where the directory is no more.
  private func replacement(of work: DiskWork) throws(DiskError) -> Replacement? {
    guard case .replace(let directory, let name, let content) = work, !directory.wasRemoved else { return nil }
    // Whoever has the former file open keeps it, though not its name.
    for file in directory.files[name] ?? [] {
      _ = try openFiles.descriptor(of: file)
      file.isPinned = true
    }
    let descriptor = try openFiles.openDirectory(directory.names.map { $0[...] })
    return Replacement(directory: descriptor, name: name, content: content)
  }

  // MARK: Ending

  private func ended(_ operation: DiskOperation, _ failures: [DiskError?]) {
    guard let index = underWay.firstIndex(where: { $0.operation == operation }) else { return }
    let ended = underWay.remove(at: index)
    let operations = ended.work.parts ?? [ended]
    for (operation, failure) in zip(operations, failures) { untold.append((operation.operation, outcome(of: operation.work, failure))) }
    startNext()
    tellEnds()
  }

  /// So many ends are told without a look at what else waits on the loop. What the node does about one of them may take a while.
  private static let mostToldAtOnce = 64

  /// Tells ends in the order in which they came.
  private func tellEnds() {
    var count = 0
    while count < Self.mostToldAtOnce, let (operation, failure) = untold.popFirst() {
      whenDone(operation, failure)
      count += 1
    }
    if !untold.isEmpty { loop.execute { self.tellEnds() } }
  }

  /// Lets go of what an operation was about, and judges how it ended.
  private func outcome(of work: DiskWork, _ failure: DiskError?) -> DiskError? {
    switch work {
    case .fail, .syncAll, .replaceAll:
      return failure
    case .sync(let file):
      defer { openFiles.letGo(of: file) }
      guard failure == nil, let descriptor = file.descriptor else { return failure }
      do throws(DiskError) { try file.checkName(descriptor) } catch { return error }
      return nil
    case .syncDirectory(let directory):
      directory.letGo()
      return failure
    case .replace(let directory, let name, _):
      if failure == nil { directory.loseNames(of: (directory.files[name] ?? []).filter(\.isPinned)) }
      let isGone = directory.wasRemoved
      directory.letGo()
      // The node removed the directory after this had begun.
      return isGone && failure == .notFound ? nil : failure
    }
  }
}

/// How something ended.
private func failure(_ body: () throws(DiskError) -> Void) -> DiskError? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}
