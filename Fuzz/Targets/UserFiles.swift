import Foundation
import Primitives

/// A folder for files under test, where their readers look for them. In memory, if the machine has such a folder.
enum UserFiles {
  private static let folder: String = {
    let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    let folder = "\(parent)/trial-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: UserFiles.folderToRemove) }
    folderToRemove = folder
    return folder
  }()

  private nonisolated(unsafe) static var folderToRemove = ""

  @Sendable static func prepare() { _ = folder }

  /// Stores this content and returns its path.
  static func stored(_ content: Bytes, _ name: String) -> String {
    let path = folder + "/" + name
    try! Data(content.array).write(to: URL(fileURLWithPath: path))
    return path
  }
}

extension Bytes {
  /// The text, with invalid UTF-8 replaced.
  var anyText: String { String(decoding: array, as: UTF8.self) }
}
