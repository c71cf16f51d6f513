import Foundation

/// The other end of `Worker`: this process, when it takes tasks from standard input and answers on standard output.
public enum WorkerProcess {
  /// The path of this program.
  package static var executable: String { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path }

  /// Ends the process without a word as soon as nobody writes tasks any more: its parent has ended, in whatever way, and nobody wants the answer
  /// to the task under way.
  public static func endWithItsParent() {
    // Of standard input only the hang-up is looked at: its lines belong to whoever reads them.
    let watch = Thread {
      var input = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
      while poll(&input, 1, -1) < 0 && errno == EINTR {}
      _exit(0)
    }
    watch.stackSize = 64 << 10
    watch.start()
  }

  /// Writes an answer, and ends the process without a word where nobody takes it.
  public static func answer(_ line: Data) {
    do {
      try FileHandle.standardOutput.write(contentsOf: line + Data("\n".utf8))
    } catch {
      _exit(0)
    }
  }
}
