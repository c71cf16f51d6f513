import Primitives

/// The result of a call of a transactional producer. It can be awaited more than once: a call that timed out continues
/// (`TransactionalRequestResult`).
final class TransactionalResult {
  private enum Progress {
    case underWay
    case done(TransactionFailure?)
  }

  private var progress = Progress.underWay
  private var waiting: [(number: Int, tell: (TransactionFailure?) -> Void)] = []
  private var nextNumber = 0
  /// Whether the application has received the result.
  private(set) var isTold = false

  var isDone: Bool {
    if case .done = progress { true } else { false }
  }

  /// Sets the result: nil for success. The first result counts.
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

  /// Calls `tell` once, with the result. Returns the number with which `giveUp` cancels that.
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

  /// Stops waiting under a number. Returns whether anyone was.
  func giveUp(_ number: Int) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
    waiting.remove(at: index)
    return true
  }
}
