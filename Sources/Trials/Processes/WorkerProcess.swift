import Foundation

/// The worker's side of `Worker`: this process reads tasks from standard input and answers on standard output.
public enum WorkerProcess {
  /// The path of this program.
  package static var executable: String { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path }

  /// Ends the process silently as soon as no process writes tasks any more: its parent has ended, however it ended, and the answer to the current task is
  /// not needed.
  public static func endWithItsParent() {
    // Only the hang-up of standard input is watched: its lines are read elsewhere.
    let watch = Thread {
      var input = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
      while poll(&input, 1, -1) < 0 && errno == EINTR {}
      _exit(0)
    }
    watch.stackSize = 64 << 10
    watch.start()
  }

  /// Writes an answer, and ends the process silently if it cannot be written.
  public static func answer(_ line: Data) {
    do {
      try FileHandle.standardOutput.write(contentsOf: line + Data("\n".utf8))
    } catch {
      _exit(0)
    }
  }
}
