import Foundation

/// Removed with the last reference to it.
final class TemporaryDirectory: Sendable {
  let path = NSTemporaryDirectory() + "/trial-tests-\(UUID().uuidString)"

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
