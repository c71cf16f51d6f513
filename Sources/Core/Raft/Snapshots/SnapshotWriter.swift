import Host
import Log
import Primitives

/// Writes the file of one snapshot, so that it bears its name only when all of it is on the platter (`FileRawSnapshotWriter`): under another name first,
/// synced, then renamed. A crash leaves a file of that other name at most, which the next life removes.
final class SnapshotWriter {
  let id: SnapshotID
  private let reactor: Reactor
  private let files: DirectoryFiles
  private var name: String
  private let file: FileID
  private(set) var sizeInBytes = 0
  private var isOpen = true
  private var isOver = false

  /// - Parameter number: tells it apart from others of the same snapshot.
  init(_ id: SnapshotID, number: Int, in files: DirectoryFiles, _ reactor: Reactor) throws(DiskFailure) {
    self.id = id
    self.reactor = reactor
    self.files = files
    name = SnapshotFileName(id, .partial(number)).text
    file = try files.write(.empty, to: name)
  }

  func append(_ bytes: Bytes) throws(DiskFailure) {
    try files.append(bytes, to: file, name)
    sizeInBytes += bytes.count
  }

  /// Reads what was written as it would be read later. Throws where it is no snapshot.
  func check() throws(LogError) { _ = try CommittedSnapshot(id, in: files, named: name).check() }

  /// Brings everything to the platter. The completion does not run where the writer is discarded meanwhile.
  func finish(_ completion: @escaping (DiskFailure?) -> Void) {
    wait(for: reactor.disk.sync(file), of: files.path(name), completion) { [self] () throws(DiskFailure) in
      close()
      let whole = id.fileName
      try files.rename(name, to: whole)
      name = whole
      wait(for: reactor.disk.syncDirectory(files.directory), of: files.directory, completion) { [self] in
        isOver = true
        completion(nil)
      }
    }
  }

  private func wait(
    for operation: DiskOperation, of path: String, _ completion: @escaping (DiskFailure?) -> Void, _ next: @escaping () throws(DiskFailure) -> Void
  ) {
    reactor.whenDone(operation) { [self] error in
      guard !isOver else { return }
      if let error { return completion(DiskFailure(path: path, error: error)) }
      do throws(DiskFailure) { try next() } catch { completion(error) }
    }
  }

  /// Takes away what was written, whatever its name; does nothing once it is finished.
  func discard() {
    guard !isOver else { return }
    isOver = true
    close()
    // Where it stays, the next life removes it.
    try? files.remove(name)
  }

  private func close() {
    guard isOpen else { return }
    isOpen = false
    reactor.disk.close(file)
  }
}
