import Foundation
import Primitives
import Report
import Trials

/// Files that users bring: a byte that says which kind, and the text.
@Sendable func fuzzDocuments(_ input: Bytes) -> Int {
  guard !input.isEmpty else { return 0 }
  let text = input[1...]
  switch input[0] % 4 {
  case 0: _ = try? ScenarioLibrary.scenario(at: stored(text, "scenario.yaml"))
  case 1: _ = try? MachineReader.read(text: String(decoding: text.array, as: UTF8.self), file: "machine.yaml")
  case 2: _ = try? BenchPlan(BenchRequest(file: stored(text, "workload.yaml")))
  default:
    guard let contents = try? ResultReader.contents(of: stored(text, "result.json")) else { return 1 }
    for result in contents.results { _ = result.report?.text() }
  }
  return 1
}

@Sendable func prepareDocuments() { _ = folder }

/// Where the readers look for it. Kept in memory where the machine has such a folder.
private func stored(_ content: Bytes, _ name: String) -> String {
  let path = folder + "/" + name
  try! Data(content.array).write(to: URL(fileURLWithPath: path))
  return path
}

private let folder: String = {
  let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
  let folder = "\(parent)/trial-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
  try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  atexit { try? FileManager.default.removeItem(atPath: folderToRemove) }
  folderToRemove = folder
  return folder
}()

private nonisolated(unsafe) var folderToRemove = ""
