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
    try run({ $0 < tasks.count ? tasks[$0] : nil }, onLine: onLine, onDeath: onDeath)
  }

  /// Runs tasks that are chosen one after the other, each when a worker is free for it, so that a choice may follow from the answers to former ones.
  ///
  /// - Parameter choose: returns the task of a number, counted from 0, as one line; nil where there are no more.
  package func run(_ choose: (Int) throws -> String?, onLine: (Int, Data) throws -> Progress, onDeath: (Int, Int32?) throws -> Void) throws {
    // A worker may die before it reads its input.
    signal(SIGPIPE, SIG_IGN)
    var next = 0
    var workers: [Worker] = []
    defer { for worker in workers { worker.end() } }

    func nextTask() throws -> String? { deadline.map { Date() < $0 } ?? true ? try choose(next) : nil }
    func give(_ task: String, to worker: Worker) {
      worker.give(task, index: next)
      next += 1
    }

    while workers.count < jobs, let task = try nextTask() {
      workers.append(try Worker(arguments: arguments))
      give(task, to: workers[workers.count - 1])
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
        if workers[index].current == nil, let task = try nextTask() { give(task, to: workers[index]) }
      }
    }
  }
}
