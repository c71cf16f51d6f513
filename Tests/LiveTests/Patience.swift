import Glibc

/// How long a test waits for what must come: long, since the machine may have much else to do. What must not come is waited for as long as each test says.
enum Patience {
  static let milliseconds: Int32 = 60_000

  /// Holds this thread until something is so, or patience has ended.
  static func wait(until condition: () throws -> Bool) rethrows {
    for _ in 0..<milliseconds {
      guard try !condition() else { return }
      usleep(1_000)
    }
  }
}
