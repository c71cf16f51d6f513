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

  @Test func `A command that succeeds is done, and what it said is told`() throws {
    let ending = try run("echo one; echo two >&2")
    #expect(ending.isDone)
    #expect(ending.words.hasPrefix("done in ") && ending.words.hasSuffix(" s: one | two"))
  }

  @Test func `One that fails is told with its exit code`() throws {
    let ending = try run("echo no such host; exit 7")
    #expect(!ending.isDone)
    #expect(ending.words.hasPrefix("failed with exit code 7 after ") && ending.words.hasSuffix(": no such host"))
  }

  @Test func `One that is too late is ended with all that it started`() throws {
    let file = NSTemporaryDirectory() + "/trial-late-\(UUID().uuidString)"
    let ending = try run("(sleep 0.3; touch \(file)) & wait", limit: .milliseconds(40))
    #expect(!ending.isDone && ending.words == "no end within 40ms: ended by SIGKILL")
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func `One that a signal ends is told with it`() throws { #expect(try run("kill -9 $$").words.hasPrefix("ended by signal 9 after ")) }

  @Test func `It reads nothing, and a server that it starts in the background does not hold it up`() throws {
    #expect(try run("cat; sleep 1 >/dev/null 2>&1 & echo $!").isDone)
  }

  @Test func `Of very many lines the first ones are told, without what would do something to a terminal`() throws {
    let words = try run("for n in 1 2 3 4 5 6 7; do printf 'line %s \\033[31m\\n' $n; done").words
    #expect(words.hasSuffix("line 5 ?[31m | ..."))
  }

  @Test func `Who is tied to this process is asked to end by the end of its input`() throws {
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

  @Test func `Ports in a row are free`() throws { #expect(try FreePorts.first(of: 4) >= 20_000) }
}
