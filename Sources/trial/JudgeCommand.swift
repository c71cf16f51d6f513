import ArgumentParser
import Client
import Foundation
import Report
import Results
import Workloads

struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "judge", abstract: "Judge a history by itself: what clients did and saw, without a run.",
    discussion: """
      Takes what --history of replay and verify wrote, as JSON lines (.jsonl) or EDN (.edn), and histories of Jepsen's Kafka workload or of tools that write \
      such. Of a history of Jepsen nothing is known of groups and of what was deleted.

        trial replay smoke/calm --history calm.edn
        trial judge calm.edn
        trial judge store/latest/history.edn --isolation read_uncommitted

      Exit codes: 0 nothing is violated, 1 a guarantee is violated, 3 nothing could be examined, 64 wrong usage, 65 a file that cannot be read.
      """)

  @Argument(help: "A history: .jsonl or .edn.", completion: .file(extensions: ["edn", "jsonl"]))
  var file: String

  @Option(help: "What the consumers of a history of Jepsen read (isolation.level): read_committed or read_uncommitted.")
  var isolation = IsolationLevel.readCommitted

  @Flag(help: "One JSON object on standard output; everything else on standard error.")
  var json = false

  @Flag(help: "Only what is violated.")
  var quiet = false

  func run() throws {
    guard let syntax = HistorySyntax(ofFile: file) else { throw fail(HistoryOptions.unknownSyntax(of: file), .wrongUsage) }
    let history = try read(syntax)
    let (verdicts, transactions) = history.verdicts()
    let judgement = HistoryJudgement(file: file, operations: history.judged.history.operations.count, transactions: transactions, verdicts: verdicts)
    if json { print(judgement.json.text, terminator: "") }
    let text = quiet ? judgement.violations : judgement.text
    if json { if !quiet { standardError(text) } } else if !text.isEmpty { print(text) }
    throw ArgumentParser.ExitCode(judgement.exitCode)
  }

  private func read(_ syntax: HistorySyntax) throws -> ReadHistory {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fail("\(file) cannot be read: \(String(cString: strerror(errno)))", .badInput) }
    defer { close(descriptor) }
    do {
      return try HistoryReader.read(syntax, isolation: isolation) { try piece(of: descriptor) }
    } catch let error as HistoryFileError {
      throw fail("\(file): \(error)", .badInput)
    } catch let error as SystemError {
      throw fail("\(file) cannot be read: \(String(cString: strerror(error.number)))", .badInput)
    }
  }

  private static let pieceSize = 1 << 18

  private func piece(of descriptor: Int32) throws(SystemError) -> [UInt8] {
    var failure: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      var length = Foundation.read(descriptor, buffer.baseAddress, Self.pieceSize)
      while length < 0, errno == EINTR { length = Foundation.read(descriptor, buffer.baseAddress, Self.pieceSize) }
      if length < 0 { failure = errno }
      count = max(0, length)
    }
    if let failure { throw SystemError(number: failure) }
    return bytes
  }
}

extension IsolationLevel: ExpressibleByArgument {}
