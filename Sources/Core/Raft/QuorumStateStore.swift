import Host
import Primitives

/// Stores the quorum state on the disk. One write at a time; states that arrive during a write share the next one, which holds the last of them.
final class QuorumStateStore {
  private let reactor: Reactor
  private let path: String
  private let failed: (DiskError) -> Void
  private var isWriting = false
  private var next: (content: Bytes, completions: [() -> Void])?

  init(directory: String, reactor: Reactor, failed: @escaping (DiskError) -> Void) {
    self.reactor = reactor
    self.failed = failed
    path = "\(directory)/\(QuorumState.fileName)"
  }

  /// The state of an earlier life; nil if there is none, or it cannot be read.
  func load() -> QuorumState? {
    guard let content = (try? reactor.disk.content(of: path)).flatMap({ $0 }) else { return nil }
    let state = QuorumState(decoding: content)
    if state == nil {
      mark(.quorumStateUnreadable)
      reactor.host.report(.warning("\(path) cannot be read: this replica continues from the epochs of its log, and does not know its last vote"))
    }
    return state
  }

  /// Makes a state durable, then runs the completion.
  func write(_ content: Bytes, _ completion: @escaping () -> Void = {}) {
    next = (content, (next?.completions ?? []) + [completion])
    writeNext()
  }

  private func writeNext() {
    guard !isWriting, let (content, completions) = next else { return }
    next = nil
    isWriting = true
    reactor.whenDone(reactor.disk.replace(path, with: content)) { [unowned self] error in
      isWriting = false
      if let error { return failed(error) }
      for completion in completions { completion() }
      writeNext()
    }
  }
}
