import Host
import Primitives

/// Maintains one checkpoint of a log directory. One write at a time, and none if nothing has changed; a request during a write is completed by the
/// next write.
final class CheckpointWriter {
  let path: String
  private let reactor: Reactor
  private var onDisk: OffsetCheckpoint?
  private var writing: OffsetCheckpoint?
  private var next: OffsetCheckpoint?
  private var waiters: [(DiskError?) -> Void] = []
  private var nextWaiters: [(DiskError?) -> Void] = []

  init(path: String, reactor: Reactor, onDisk: OffsetCheckpoint?) {
    self.path = path
    self.reactor = reactor
    self.onDisk = onDisk
  }

  /// Makes a checkpoint durable. `completion` runs when it is, or when the write failed.
  func write(_ checkpoint: OffsetCheckpoint, _ completion: @escaping (DiskError?) -> Void = { _ in }) {
    if writing != nil {
      mark(.checkpointOvertaken)
      next = checkpoint
      nextWaiters.append(completion)
      return
    }
    guard checkpoint != onDisk else { return completion(nil) }
    writing = checkpoint
    waiters = [completion]
    reactor.whenDone(reactor.disk.replace(path, with: checkpoint.content)) { [weak self] in self?.finished($0) }
  }

  private func finished(_ error: DiskError?) {
    if let error {
      mark(.checkpointFailed)
      reactor.report(.diskFailed(error, path: path))
      onDisk = nil
    } else {
      onDisk = writing
    }
    writing = nil
    let answered = waiters, followers = nextWaiters
    waiters = []
    nextWaiters = []
    for waiter in answered { waiter(error) }
    guard let next else { return }
    self.next = nil
    write(next) { error in for follower in followers { follower(error) } }
  }
}
