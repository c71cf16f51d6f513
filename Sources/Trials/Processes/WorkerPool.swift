import Foundation

/// Distributes tasks to worker processes, one at a time to each, and passes their answers on.
///
/// A worker that dies loses one task; another worker replaces it.
package struct WorkerPool {
  /// The arguments of the process: a hidden command of this program and its options.
  let arguments: [String]
  let jobs: Int
  /// No task starts after this.
  let deadline: Date?

  package init(arguments: [String], jobs: Int, deadline: Date? = nil) {
    self.arguments = arguments
    self.jobs = jobs
    self.deadline = deadline
  }

  package enum Progress {
    case more
    /// The answer is complete; the worker is free.
    case done
  }

  /// - Parameters:
  ///   - tasks: one line each.
  ///   - onLine: called with the task and a line of its answer; returns whether more will come.
  ///   - onDeath: called with a task that got no complete answer, and the exit code of the process; nil if a signal ended it.
  package func run(_ tasks: [String], onLine: (Int, Data) throws -> Progress, onDeath: (Int, Int32?) throws -> Void) throws {
    // A worker may die before it reads its input.
    signal(SIGPIPE, SIG_IGN)
    var next = 0
    var workers: [Worker] = []
    defer { for worker in workers { worker.end() } }

    func feed(_ worker: Worker) {
      guard next < tasks.count, deadline.map({ Date() < $0 }) ?? true else { return }
      worker.give(tasks[next], index: next)
      next += 1
    }

    for _ in 0..<min(jobs, tasks.count) {
      let worker = try Worker(arguments: arguments)
      workers.append(worker)
      feed(worker)
    }
    while workers.contains(where: { $0.current != nil }) {
      for index in Worker.readable(workers) {
        let worker = workers[index]
        guard let current = worker.current else { continue }
        switch worker.readAnswer() {
        case .lines(let lines):
          for line in lines {
            guard try onLine(current, line) == .done else { continue }
            worker.current = nil
          }
        case .died:
          worker.current = nil
          workers[index] = try Worker(arguments: arguments)
          try onDeath(current, worker.exitCode())
        }
        if workers[index].current == nil { feed(workers[index]) }
      }
    }
  }
}
