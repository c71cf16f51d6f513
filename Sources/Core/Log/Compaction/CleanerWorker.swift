import Host
import Primitives

/// One of the cleaners that run in parallel, a thread in Kafka (`LogCleaner.CleanerThread`): finds the dirtiest log, cleans it slice by slice, and
/// rests if there is none.
final class CleanerWorker {
  unowned let cleaner: LogCleaner
  let index: Int
  private let reactor: Reactor
  var timer: ScheduledTimer?
  var pass: CleaningPass?
  /// Grows when the worker drops its log; a completion from an earlier round is ignored.
  private var round = 0

  init(cleaner: LogCleaner, index: Int, reactor: Reactor) {
    self.cleaner = cleaner
    self.index = index
    self.reactor = reactor
  }

  /// The log that is being cleaned.
  var log: PartitionLog?

  /// Starts to look for work if the worker was idle.
  func wake() {
    if timer == nil, log == nil { rest() }
  }

  func stop() {
    reactor.cancel(timer)
    timer = nil
    try? pass?.discard()
    drop()
  }

  /// Drops the log, which is gone or needs no more work.
  func abandon() {
    mark(.compactionAbandoned)
    stop()
    rest()
  }

  private func drop() {
    pass = nil
    log = nil
    round += 1
  }

  private func rest() { schedule(after: max(cleaner.configuration.backoff, .milliseconds(1))) { $0.look() } }

  private func schedule(after delay: Duration, _ body: @escaping (CleanerWorker) -> Void) {
    timer = reactor.after(delay) { [weak self] in
      guard let self else { return }
      timer = nil
      body(self)
    }
  }

  private func look() {
    guard index < Int(cleaner.configuration.threads), cleaner.hasCompactedLogs else { return }
    guard let dirtiest = cleaner.dirtiest() else {
      cleaner.enforceRetention()
      return rest()
    }
    log = dirtiest.log
    let round = round
    cleaner.announce(dirtiest) { [weak self] isKnown in
      guard let self, round == self.round else { return }
      guard isKnown, dirtiest.log.failure == nil, !dirtiest.log.isClosed else {
        drop()
        return rest()
      }
      begin(dirtiest)
    }
  }

  private func begin(_ dirtiest: CleanableLog) {
    let pass = cleaner.pass(over: dirtiest)
    pass.resume = { [weak self, unowned pass] in
      guard let self, self.pass === pass else { return }
      step()
    }
    self.pass = pass
    step()
  }

  private func step() {
    guard let pass else { return }
    switch pass.step(sliceBytes: cleaner.configuration.sliceBytes) {
    case .working(let bytes):
      schedule(after: cleaner.throttle(bytes)) { $0.step() }
    case .waiting:
      break
    case .ended(let ending):
      drop()
      cleaner.ended(pass, ending)
      cleaner.enforceRetention()
      if case .cleaned = ending { schedule(after: .zero) { $0.look() } } else { rest() }
    }
  }
}
