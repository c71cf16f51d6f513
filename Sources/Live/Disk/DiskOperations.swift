import CFileSystem
import Glibc
import Host
import NIOCore
import NIOPosix
import Primitives

/// Operations that wait for the device: a second thread runs them, and the node hears of their ends on its event loop. Used on that loop alone, which makes it
/// Sendable.
///
/// Operations run one after another in the order in which they were started: of two replacements of one file, the later one stays.
final class DiskOperations: @unchecked Sendable {
  private let openFiles: OpenFiles
  private let loop: any EventLoop
  private let flusher: NIOThreadPool
  private var waiting: DiskWorkQueue
  /// Passed to the other thread and not ended.
  private var underWay: [QueuedDiskWork] = []
  /// Ended, but not reported to the node yet.
  private var untold = CircularBuffer<(DiskOperation, DiskError?)>()

  /// Called on the loop when an operation ends.
  var whenDone: (DiskOperation, DiskError?) -> Void = { _, _ in }

  /// The number of operations passed to the other thread at a time, so that it does not have to wait for this one.
  private static let mostUnderWay = 4

  init(on openFiles: OpenFiles, loop: any EventLoop) {
    self.openFiles = openFiles
    self.loop = loop
    waiting = DiskWorkQueue(maxOpenFiles: openFiles.most)
    flusher = NIOThreadPool(numberOfThreads: 1)
    flusher.start()
  }

  /// Waits for the running operations, and drops the waiting ones.
  func shutDown() throws { try flusher.syncShutdownGracefully() }

  func begin(_ work: DiskWork) -> DiskOperation {
    let operation = waiting.append(work)
    startNext()
    return operation
  }

  /// Whether the operations under way will give the file's name to another file.
  func replaces(_ file: OpenFile) -> Bool { underWay.contains { $0.work.replaces(file) } }

  /// The number of replacements under way that may still create files in a directory that was just emptied.
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

  /// Prepares the work of the other thread, which returns the outcome of each part of a group, or of the single operation.
  private func prepared(_ work: DiskWork) -> @Sendable () -> [DiskError?] {
    switch work {
    case .syncAll(let parts):
      return { [root = openFiles.root, count = parts.count] in
        [DiskError?](repeating: failure { () throws(DiskError) in try systemCall { file_system_sync(root.number) } }, count: count)
      }
    case .replaceAll(let parts):
      // Their directories need the descriptors of files.
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

  /// Opens what an operation needs when its turn comes. The rest happens on the other thread.
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

  /// nil if the directory no longer exists.
  private func replacement(of work: DiskWork) throws(DiskError) -> Replacement? {
    guard case .replace(let directory, let name, let content) = work, !directory.wasRemoved else { return nil }
    // A process that has the former file open keeps it, but not its name.
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

  /// The number of ends reported before the loop looks at other events. The node may take a while to react to one of them.
  private static let mostToldAtOnce = 64

  /// Reports ends in the order in which they came.
  private func tellEnds() {
    var count = 0
    while count < Self.mostToldAtOnce, let (operation, failure) = untold.popFirst() {
      whenDone(operation, failure)
      count += 1
    }
    if !untold.isEmpty { loop.execute { self.tellEnds() } }
  }

  /// Releases what an operation used, and determines its outcome.
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
      // The node removed the directory after the operation had started.
      return isGone && failure == .notFound ? nil : failure
    }
  }
}

/// The error that `body` throws, if any.
private func failure(_ body: () throws(DiskError) -> Void) -> DiskError? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}
