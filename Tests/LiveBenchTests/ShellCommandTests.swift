import Foundation
import Primitives
import Testing
import Trials

@testable import LiveBench

/// Commands of the user's, with their exit codes, their words and their time limits.
@Suite struct ShellCommandTests {
  /// Runs a command to its end.
  func run(_ command: String, limit: Duration = .seconds(30)) throws -> TaskEnding {
    let output = NSTemporaryDirectory() + "/trial-command-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: output) }
    let running = try ShellCommand(command, limit: limit, output: output)
    while true {
      if let ending = running.poll() { return ending }
      Thread.sleep(forTimeInterval: 0.002)
    }
  }

  @Test func `A command that succeeds is done, and its output is reported`() throws {
    let ending = try run("echo one; echo two >&2")
    #expect(ending.isDone)
    #expect(ending.words.hasPrefix("done in ") && ending.words.hasSuffix(" s: one | two"))
  }

  @Test func `A command that fails is reported with its exit code`() throws {
    let ending = try run("echo no such host; exit 7")
    #expect(!ending.isDone)
    #expect(ending.words.hasPrefix("failed with exit code 7 after ") && ending.words.hasSuffix(": no such host"))
  }

  @Test func `A command that takes too long is ended with everything it started`() throws {
    let file = NSTemporaryDirectory() + "/trial-late-\(UUID().uuidString)"
    let ending = try run("(sleep 0.3; touch \(file)) & wait", limit: .milliseconds(40))
    #expect(!ending.isDone && ending.words == "no end within 40ms: ended by SIGKILL")
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func `A command that is ended by a signal is reported with the signal`() throws { #expect(try run("kill -9 $$").words.hasPrefix("ended by signal 9 after ")) }

  @Test func `A command has no input, and a server that it starts in the background does not hold it up`() throws {
    #expect(try run("cat; sleep 1 >/dev/null 2>&1 & echo $!").isDone)
  }

  @Test func `Of very long output the first lines are reported, without control characters for a terminal`() throws {
    let words = try run("for n in 1 2 3 4 5 6 7; do printf 'line %s \\033[31m\\n' $n; done").words
    #expect(words.hasSuffix("line 5 ?[31m | ..."))
  }

  @Test func `A process that is tied to this one is asked to end by the end of its input`() throws {
    let output = NSTemporaryDirectory() + "/trial-tied-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: output) }
    var process: SpawnedProcess? = try SpawnedProcess(["/bin/cat"], output: output, isTied: true)
    let id = process!.id
    Thread.sleep(forTimeInterval: 0.02)
    #expect(process!.poll() == nil)
    process = nil
    var status: Int32 = 0
    #expect(waitpid(id, &status, 0) == id && status == 0)
  }

  @Test func `Consecutive ports are free`() throws { #expect(try FreePorts.first(of: 4) >= 20_000) }
}
