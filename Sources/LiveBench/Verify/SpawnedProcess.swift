import Foundation
import Glibc
import Live

/// A process that leads its own process group, so that Ctrl-C for this process does not reach it, and everything it starts can be ended together.
///
/// Foundation's `Process` provides neither the group nor the default signal handling.
final class SpawnedProcess {
  enum Ending: Equatable {
    case exited(Int32)
    case signalled(Int32)
  }

  let id: pid_t
  private var ending: Ending?
  /// A pipe through which the process notices that this one has ended, however it ended: nothing is ever written to it.
  private var lifeline: Int32 = -1

  /// - Parameters:
  ///   - words: the program's path, then its arguments.
  ///   - output: the file to which its output is appended.
  ///   - isTied: whether its standard input stays open as long as this process lives; otherwise it has no input.
  init(_ words: [String], output: String, isTied: Bool = false) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var ends: [Int32] = [-1, -1]
    if isTied {
      guard pipe(&ends) == 0 else { throw LiveError.noDescriptors(reason: String(cString: strerror(errno))) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setpgroup(&attributes, 0)
    var usual = sigset_t(), none = sigset_t()
    sigemptyset(&usual)
    sigemptyset(&none)
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&usual, number) }
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }.sorted()
    var arguments = words.map { strdup($0) } + [nil], variables = environment.map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var id: pid_t = 0
    let error = posix_spawn(&id, words[0], &actions, &attributes, &arguments, &variables)
    if ends[0] >= 0 { close(ends[0]) }
    guard error == 0 else {
      if ends[1] >= 0 { close(ends[1]) }
      throw LiveError.unusable(reason: "\(words[0]) cannot be started: \(String(cString: strerror(error)))")
    }
    self.id = id
    lifeline = ends[1]
  }

  deinit { if lifeline >= 0 { close(lifeline) } }

  /// How it ended; nil while it runs. Never waits.
  func poll() -> Ending? {
    if let ending { return ending }
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return nil }
    take(status)
    return ending
  }

  /// Waits until it ends.
  func wait() {
    var status: Int32 = 0
    while ending == nil {
      let ended = waitpid(id, &status, 0)
      if ended == id { take(status) } else if ended < 0, errno != EINTR { ending = .exited(-1) }
    }
  }

  /// The lower seven bits are the signal that ended it, the next eight its exit code.
  private func take(_ status: Int32) { ending = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f) }

  /// Sends a signal to it and to everything in its group.
  func signal(_ number: Int32) {
    guard ending == nil else { return }
    _ = Glibc.kill(-id, number)
  }
}
