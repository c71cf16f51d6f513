import Foundation
import Testing

@testable import Results

/// Results that are kept under names.
@Suite final class BaselinesTests {
  private let folder = NSTemporaryDirectory() + "trial-baselines-" + UUID().uuidString
  private var baselines: Baselines { Baselines(in: folder) }

  init() throws {
    for name in ["main", "nightly/acks", "nightly/batching", "weekly/batching"] {
      let path = baselines.path(of: name)
      try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try "{}".write(toFile: path, atomically: true, encoding: .utf8)
    }
    try "".write(toFile: folder + "/README.md", atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func error(_ name: String) -> ResultFileError? {
    do throws(ResultFileError) {
      _ = try baselines.located(name)
      return nil
    } catch {
      return error
    }
  }

  @Test func `A name stands for its file, its folder, or the only file that ends so`() throws {
    #expect(baselines.names == ["main", "nightly/acks", "nightly/batching", "weekly/batching"])
    #expect(try baselines.located("main") == folder + "/main.json")
    #expect(try baselines.located("nightly/acks") == folder + "/nightly/acks.json")
    #expect(try baselines.located("acks") == folder + "/nightly/acks.json")
    #expect(try baselines.located("nightly") == folder + "/nightly")
    #expect(try baselines.located(folder + "/README.md") == folder + "/README.md")
  }

  @Test func `A name that there is not is told with the nearest, one that several have with all of them`() {
    #expect(error("mian")?.problem == "there is no such file, and no result of this name in \(folder)/")
    #expect(error("mian")?.remedy == "Did you mean 'main'?")
    #expect(error("somethingelse")?.remedy == "trial bench SCENARIO --save NAME keeps one, and trial baselines lists them.")
    #expect(error("batching")?.remedy == "Write nightly/batching or weekly/batching.")
    #expect(Baselines(in: folder + "/none").names == [])
  }

  @Test(arguments: ["", "/etc/passwd", "../up", "a/../b", "a//b", ".hidden", "a b", "a\nb", "main.json", "-x", "a/", String(repeating: "a", count: 201)])
  func `What could lie elsewhere, or reads badly, is no name`(name: String) { #expect(Baselines.objection(to: name) != nil) }

  @Test(arguments: ["main", "nightly/acks-1.2", "v1_0"]) func `Words and slashes are one`(name: String) { #expect(Baselines.objection(to: name) == nil) }
}
