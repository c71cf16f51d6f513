import Primitives

/// The end of a call of a transactional producer. It may be waited for more than once: a call that timed out goes on (`TransactionalRequestResult`).
final class TransactionalResult {
  private enum Progress {
    case underWay
    case done(TransactionFailure?)
  }

  private var progress = Progress.underWay
  private var waiting: [(number: Int, tell: (TransactionFailure?) -> Void)] = []
  private var nextNumber = 0
  /// Whether the application has heard of the end.
  private(set) var isTold = false

  var isDone: Bool {
    if case .done = progress { true } else { false }
  }

  /// nil: it went well. The first end counts.
  func finish(_ failure: TransactionFailure? = nil) {
    guard case .underWay = progress else { return }
    progress = .done(failure)
    let waiting = waiting
    self.waiting.removeAll()
    for waiter in waiting {
      isTold = true
      waiter.tell(failure)
    }
  }

  /// Runs `tell` once, at the end. Returns the number by which `giveUp` takes that back.
  func wait(_ tell: @escaping (TransactionFailure?) -> Void) -> Int {
    nextNumber += 1
    if case .done(let failure) = progress {
      isTold = true
      tell(failure)
    } else {
      waiting.append((nextNumber, tell))
    }
    return nextNumber
  }

  /// Whether somebody was waiting by this number, and does not any more.
  func giveUp(_ number: Int) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
    waiting.remove(at: index)
    return true
  }
}
